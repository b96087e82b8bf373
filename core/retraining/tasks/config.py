"""What may be set in the study of new tasks. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import takes
from core.data.sources import check_source
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.models.names import check_model
from core.retraining.tasks.catalogue import PAIRS, TASKS, Task

NONE = "none"
SHARES = (80, 90, 95)  # per cent of the way at which targets are tabulated


def check_own(text: str) -> None:
    """Refuse own data that are neither ``none`` nor a data set.

    Raises:
        InputError: If they are not.
    """
    if text != NONE:
        try:
            check_source(text)
        except InputError as error:
            raise InputError(f"own data must be none or a data set: {error}") from None


@dataclass(frozen=True, kw_only=True)
class TasksConfig(Config):
    """Everything that may change the numbers of the study of new tasks."""

    own_task: Annotated[str, Knob(
        "Your task", "A further task: npz:PATH or folder:PATH, images of the sources' shape.", main=True,
        labels=MappingProxyType({NONE: "None"}), suggestions=(NONE,), check=check_own, takes=takes("images"))] = NONE
    own_source: Annotated[str, Knob(
        "Your old data", "A further source: npz:PATH or folder:PATH, on which a network is trained first.",
        labels=MappingProxyType({NONE: "None"}), suggestions=(NONE,), check=check_own, takes=takes("images"))] = NONE
    tasks: Annotated[Literal["eight", "ten"], Knob(
        "Tasks", "Eight tasks, or two pairs of classes beside them.", main=True,
        labels=MappingProxyType({"eight": "Eight", "ten": "Ten, with pairs"}))] = "eight"
    model: Annotated[str, Knob("Family", "Architecture of every network.", check=check_model)] = "cnn"
    width: Annotated[int, Knob("Width", "Channels of the first stage.", low=2, high=512)] = 16
    n_source: Annotated[int, Knob("Source images", "That each source is trained on.", low=100, high=50_000, unit="images")] = 4000
    n_task: Annotated[int, Knob(
        "Task images", "Of each task, none of them seen by a source; fewer where there are not so many.", low=60, high=50_000,
        unit="images")] = 1500
    n_test: Annotated[int, Knob("Test images", "Read at every point of a curve.", low=50, high=10_000, unit="images")] = 800
    n_index: Annotated[int, Knob(
        "Index images", "Of each task, that every index is computed from.", low=40, high=5000, unit="images")] = 600
    epochs: Annotated[int, Knob("Epochs", "Passes with which the sources are trained.", low=1, high=500)] = 5
    cap: Annotated[int, Knob("Cap", "Images after which retraining ends.", low=64, high=65_536, unit="images")] = 6144
    share: Annotated[int, Knob(
        "Share of the way", "Retraining must go so much of the way from chance to the best that any source reaches.", low=10, high=100,
        unit="%", main=True)] = 90
    learning_rate: Annotated[float, Knob("Retraining rate", "Learning rate of Adam in retraining.", low=1e-5, high=0.1)] = 1e-3
    batch_size: Annotated[int, Knob("Retraining batch", "Images per step of retraining.", low=2, high=1024)] = 32

    def check(self) -> None:
        """Refuse index images that a task does not have."""
        if self.n_index > self.n_task:
            raise InputError(f"n_index must be at most n_task = {self.n_task}, got {self.n_index}: lower it.")

    @property
    def plan(self) -> tuple[Task, ...]:
        """The house's tasks in this run."""
        return TASKS if self.tasks == "eight" else (*TASKS, *PAIRS)
