"""Everything that may change the numbers of an audit of outputs alone. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import takes
from core.lab.config import Knob
from core.lab.errors import InputError
from core.subjects.config import SubjectConfig
from core.subjects.outputs import EXAMPLE, check_outputs_source


@dataclass(frozen=True, kw_only=True)
class PrivacyOutputsConfig(SubjectConfig):
    """Which outputs are audited, and how."""

    outputs: Annotated[str, Knob(
        "Outputs", "Logits or probabilities with labels and membership, of references too if you have any: npz:PATH or csv:PATH.",
        main=True, labels=MappingProxyType({EXAMPLE: "Example: small CNN on Fashion-MNIST"}), suggestions=(EXAMPLE,),
        check=check_outputs_source, takes=takes("outputs"))] = EXAMPLE
    parts: Annotated[int, Knob(
        "Parts", "Disjoint random parts of the rows; seed 0 judges the first, and so on. Five give intervals, 1 takes all rows at once.",
        low=1, high=50, main=True)] = 5
    lira_variance: Annotated[Literal["fixed", "per_sample"], Knob(
        "LiRA variance", "One spread for all rows, better below 64 references, or one for each row.",
        labels=MappingProxyType({"fixed": "Shared, centred", "per_sample": "Per row"}))] = "fixed"
    with_learned: Annotated[bool, Knob(
        "Attack network", "Also train a small network on the references that reads membership off the answers; takes seconds.")] = False
    n_references: Annotated[int, Knob(
        "References to train", "Networks of the model's kind, each trained on a random half of the images asked about; 0 trains none.",
        low=0, high=256)] = 0
    epochs: Annotated[int, Knob("Epochs", "Passes of each reference over its images: as many as the model had.", low=1, high=400)] = 16

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if 0 < self.n_references < 4:
            raise InputError(f"n_references must be 0 or at least 4, since each image needs two with and two without it, got "
                             f"{self.n_references}.")
        if self.n_references and self.has_model and not self.model.startswith("weights:"):
            raise InputError(f"n_references must be 0 for a model whose recipe is not known, as ONNX and folders of transformers, got "
                             f"{self.n_references}: give weights of a known network, or outputs of your own references.")

    def idle(self) -> frozenset[str]:
        """Return what does nothing beside the other settings."""
        unused = super().idle()
        return unused | frozenset(() if self.has_model else {"n_references"}) | (
            frozenset() if self.has_model and self.n_references else frozenset({"epochs"}))
