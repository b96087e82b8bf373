"""What a scorecard reads, and by which hash it is known. Imports no torch."""

from core.calibration.outputs_files import EXAMPLE_FINGERPRINT
from core.data.passages import passages_fingerprint
from core.data.prompts import prompts_fingerprint
from core.data.sources import fingerprint
from core.lab.folders import digest_of
from core.language.choice import TOPICS, check_shape
from core.models.checkpoints import check_norms, checkpoint_fingerprint
from core.scorecard.card.config import ALONE, OWN_PASSAGES, ScorecardConfig
from core.scorecard.subjects import MODELS, OUTPUTS, LanguageKind, kind_of, speaker_of
from core.subjects.asked import asked_fingerprint
from core.subjects.config import SubjectConfig
from core.subjects.outputs import read_outputs


def subjects_of(config: ScorecardConfig) -> tuple[str, ...]:
    """Return the one or two subjects of a config."""
    return tuple(name for name in (config.subject, config.beside) if name != ALONE)


def data_fingerprint(config: ScorecardConfig) -> str:
    """Return the hash of the data; files are read and checked whole, so that a bad one is refused before a run begins.

    Raises:
        InputError: If a file is missing or breaks a rule.
    """
    found = [_fingerprint(name, config) for name in subjects_of(config)]
    return found[0] if len(found) == 1 else digest_of("".join(found))


def _fingerprint(subject: str, config: ScorecardConfig) -> str:
    if kind_of(subject):
        return fingerprint("fashion-mnist")
    if speaker := speaker_of(subject):
        return _of_speaker(speaker, config)
    if subject.startswith(MODELS):
        return asked_fingerprint(SubjectConfig(model=subject, dataset=config.dataset, scale=config.scale, n_rows=config.n_rows))
    return EXAMPLE_FINGERPRINT if subject == OUTPUTS else read_outputs(subject.removeprefix("outputs:")).fingerprint


def _of_speaker(speaker: LanguageKind, config: ScorecardConfig) -> str:
    """Return the hash of a language model, its prompts and its passages."""
    parts = [TOPICS]
    if speaker.model != TOPICS:
        check_shape(speaker.model)
        check_norms(speaker.model)
        parts = [checkpoint_fingerprint(speaker.model), prompts_fingerprint(config.prompts)]
    if config.passages != OWN_PASSAGES:
        parts.append(passages_fingerprint(config.passages))
    return digest_of("\n".join(parts))
