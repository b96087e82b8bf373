"""From the text that names a subject to its material."""

from core.calibration.outputs_files import EXAMPLE_FILE
from core.lab.experiment import Context
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.given import of_outputs
from core.scorecard.material import Material
from core.scorecard.subjects import MODELS, OUTPUTS, kind_of, speaker_of, title_of
from core.subjects.outputs import read_outputs, read_outputs_file


def open_subject(subject: str, config: ScorecardConfig, seed: int, context: Context) -> Material:
    """Return what a subject brings.

    Raises:
        InputError: If a file is missing or breaks a rule.
        RunFailed: If a network of the house diverges.
    """
    if kind := kind_of(subject):
        from core.scorecard.house import HouseSubject  # torch, which outputs alone need not wait for

        return HouseSubject(kind, config, seed, context).material()
    if speaker := speaker_of(subject):
        from core.scorecard.language.subject import open_language

        return open_language(speaker, config, seed, context)
    if subject.startswith(MODELS):
        from core.scorecard.brought import of_model

        return of_model(subject, config, seed, context)
    given = read_outputs_file(EXAMPLE_FILE) if subject == OUTPUTS else read_outputs(subject.removeprefix("outputs:"))
    return of_outputs(given, title_of(subject), seed, context)
