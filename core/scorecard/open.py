"""From the text that names a subject to its material."""

from core.calibration.model_outputs import Outputs
from core.calibration.outputs_files import load_outputs
from core.lab.experiment import Context
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.material import Labelled, Material
from core.scorecard.subjects import kind_of, title_of


def open_subject(subject: str, config: ScorecardConfig, seed: int, context: Context) -> Material:
    """Return what a subject brings.

    Raises:
        InputError: If a file is missing or breaks a rule.
        RunFailed: If a network of the house diverges.
    """
    if kind := kind_of(subject):
        from core.scorecard.house import HouseSubject  # torch, which outputs alone need not wait for

        return HouseSubject(kind, config, seed, context).material()
    return of_outputs(load_outputs(subject.removeprefix("outputs:")), title_of(subject), seed, context)


def of_outputs(outputs: Outputs, title: str, seed: int, context: Context) -> Material:
    """Return what outputs in a file bring: calibration, and groups where there are some; classes are the groups at home."""
    names = tuple(f"class {number}" for number in range(outputs.home.shape[1]))
    home = Labelled(outputs.home, outputs.y, outputs.y, names, "class")
    shifted = Labelled(outputs.shifted, outputs.shifted_y, outputs.group, outputs.group_names, "group")
    return Material(title=title, seed=seed, context=context, class_names=names, home=home, shifted=shifted, everything=home)
