"""The scorecard as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Shipped, Step
from core.lab.work import Work
from core.language.choice import TOPICS
from core.privacy.config import PrivacyConfig
from core.privacy.cost import work_of
from core.scorecard.card.claims import CLAIMS
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.card.data import data_fingerprint, subjects_of
from core.scorecard.card.result import ScorecardResult
from core.scorecard.subjects import kind_of, speaker_of
from core.scorecard.table import STEPS

HOUSE_SECONDS, FILE_SECONDS = 14.0, 1.0  # of everything but training
TOPIC_WORK, SPEAKER_WORK = Work(20.0, 20.0), Work(60.0, 200.0)  # of a topic model, of one that speaks English; twins trained


def work(config: ScorecardConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    alone, shared = 0.0, 0.0
    for subject in subjects_of(config):
        kind, speaker = kind_of(subject), speaker_of(subject)
        if speaker is not None:
            mine = TOPIC_WORK if speaker.model == TOPICS else SPEAKER_WORK
            alone, shared = alone + mine.alone, shared + mine.shared
            continue
        if kind is None:
            alone += FILE_SECONDS
            continue
        training = work_of(PrivacyConfig(n_reference_models=config.n_references, **kind.changes))
        alone, shared = alone + HOUSE_SECONDS, shared + training.shared
    return Work(alone, shared)


WEIGHTS = (6.0, 3.0, 5.0, 2.0, 25.0, 1.0)
SCORECARD = Experiment(
    name="scorecard",
    title="Scorecard",
    question="What is known about this model, and what is not?",
    config=ScorecardConfig,
    result=ScorecardResult,
    presets=(Preset("lite", "lite: a minute", ScorecardConfig(), (100,), 45.0, gallery_seeds=(100, 101, 102)),),
    shipped=tuple(Shipped(kind, f"The {kind} network of the house", ScorecardConfig(subject=f"house:{kind}"), seeds)
                  for kind, seeds in (("careful", (100, 101, 102)), ("leaky", ()))),
    steps=tuple(Step(title, weight) for title, weight in zip(STEPS, WEIGHTS, strict=True)),
    run="core.scorecard.card.experiment:run",
    figures="core.scorecard.card.figures:FIGURES",
    texts="core.scorecard.card.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work,
    headline="measured",
    reports="core.scorecard.report.forms:REPORTS",
    limits="core.scorecard.reading:judged",
)
