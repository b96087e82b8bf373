"""The words of every number that both placements have, said once: ``MEMORISED.post`` and ``MEMORISED.pre`` describe its two fields."""

from dataclasses import dataclass
from typing import Literal

from core.lab.experiment import Metric
from core.layernorm.plan import PLACEMENT_TITLES, Placement

FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)
RATIO, SPREAD, EPOCHS_LATER = (0.0, 1e9), (0.0, 100.0), (-1000.0, 1000.0)


@dataclass(frozen=True)
class Number:
    """A number that each placement has; attributes as those of ``Metric``, a difference of fractions unless said otherwise."""

    label: str
    help: str
    unit: Literal["", "%", "pt"] = "pt"
    bounds: tuple[float, float] = DIFFERENCE

    @property
    def post(self) -> Metric:
        """Its words for Post-LN."""
        return self._at("post")

    @property
    def pre(self) -> Metric:
        """Its words for Pre-LN."""
        return self._at("pre")

    def _at(self, placement: Placement) -> Metric:
        return Metric(f"{self.label}, {PLACEMENT_TITLES[placement]}", self.help, self.unit, self.bounds)


MEMORISED = Number("Memorised", "Wrong labels that the intact model gives back after the last epoch.", "%", FRACTION)
MEMORISED_STRIPPED = Number("Left if stripped", "Wrong labels that the stripped model gives back after the last epoch.", "%", FRACTION)
MEMORISED_DROP = Number("Memorised less", "Wrong labels given back, intact minus stripped, after the last epoch.")
MEMORISED_DROP_ELSEWHERE = Number(
    "Less elsewhere", "Wrong labels given back, intact minus displaced elsewhere, after the last epoch.")
MEMORISED_DROP_MATCHED = Number("Less, matched", "Intact minus stripped when 95% of the rightly labelled samples are fitted.")
MEMORISED_DROP_MATCHED_ELSEWHERE = Number(
    "Control, matched", "Displaced elsewhere instead, when 95% of the right labels are fitted.")
RECOVERED_GAIN = Number("Recovered more", "Wrongly labelled samples given their true class, stripped minus intact.")
RECOVERED_GAIN_ELSEWHERE = Number("Control, regained", "Given their true class, displaced elsewhere minus intact.")
LEARNING = Number("Test accuracy", "Of the intact model after the last epoch.", "%", FRACTION)
LEARNING_CHANGE = Number("Test change", "Test accuracy, stripped minus intact, after the last epoch.")
LEARNING_LATE = Number("Test change, late", "Test accuracy, stripped minus intact, mean over the second half of training.")
LEARNING_LATE_ELSEWHERE = Number("Control, test", "Test accuracy, displaced elsewhere minus intact, second half of training.")
LEARNING_LATE_FOLDED = Number(
    "Folded, test", "Folded into the next layer and then stripped, minus intact, second half of training.")
LEARNING_CHANGE_MATCHED = Number("Test, matched", "Stripped minus intact when 95% of the rightly labelled samples are fitted.")
DELAY = Number("Delay in epochs", "Epochs by which stripping delays giving back half of the wrong labels.", "", EPOCHS_LATER)
OVERFIT_GAP = Number("Overfit gap", "Training accuracy, on the labels given, minus test accuracy, intact.")
OVERFIT_GAP_STRIPPED = Number("Gap if stripped", "Training accuracy, on the labels given, minus test accuracy, stripped.")
MOVED_SCALE = Number("Scale moved", "Root mean square distance of the pretrained scales from 1.", "", SPREAD)
MOVED_BIAS = Number("Bias moved", "Root mean square distance of the pretrained biases from 0.", "", SPREAD)
DAMAGE = Number("Step-zero damage", "Test accuracy of the pretrained model lost by stripping, before fine-tuning.")
DAMAGE_ELSEWHERE = Number("Damage elsewhere", "Test accuracy lost by equally large displacements of biases elsewhere.")
MEMORISED_DROP_SCRATCH = Number("Less, scratch", "Intact minus stripped, both trained from random weights.")
LEARNING_LATE_SCRATCH = Number("Scratch, test", "Stripped minus intact from random weights, second half of training.")
MEMORISED_DROP_DROPOUT = Number("Less, dropout", "Intact minus stripped, both trained with dropout.")
LEARNING_LATE_DROPOUT = Number("Dropout, test", "Stripped minus intact with dropout, second half of training.")
MEMORISED_DROP_ELR = Number("Less by ELR", "Plain minus early-learning regularisation, both intact.")
MEMORISED_DROP_MATCHED_ELR = Number(
    "ELR, matched", "Plain minus early-learning regularisation when 95% of the rightly labelled samples are fitted.")
LEARNING_CHANGE_ELR = Number("Test by ELR", "Early-learning regularisation minus plain training, both intact.")
