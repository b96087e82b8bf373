"""One question to a model without some of its units, answered in seconds: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.safety.ask.claims import CLAIMS
from core.safety.ask.config import PROMPT, AskConfig
from core.safety.ask.result import AskResult
from core.safety.config import FULL, SMOLLM2, STANDARD, TOPICS, data_fingerprint


def work_of(config: AskConfig) -> Work:
    """Return what one seed amounts to where the twin is kept already; the first question to a model trains it."""
    return Work(8.0, 0.0) if config.model == TOPICS else Work(20.0, 0.033 * (2 * config.n_asked + 1) * config.new_tokens)


SAFETY_ASK = Experiment(
    name="safety_ask",
    title="Safety units, one question",
    question="Does it still refuse without these units?",
    config=AskConfig,
    result=AskResult,
    presets=(
        Preset("lite", "lite: some seconds", AskConfig(), (100,), 8.0, gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("standard", "standard: SmolLM2-135M", AskConfig(
            model=SMOLLM2, prompt=PROMPT, scu_percent=STANDARD.scu_percent, new_tokens=STANDARD.new_tokens), (0,), 40.0),
        Preset("full", "full: for a GPU", AskConfig(
            model=FULL.model, prompt=PROMPT, scu_percent=FULL.scu_percent, n_asked=40, new_tokens=FULL.new_tokens),
               (100, 101, 102, 103, 104), 300.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Fetch the twin", 6.0),
        Step("Rank its units", 1.0),
        Step("Ask before and after", 5.0),
    ),
    run="core.safety.ask.experiment:run",
    figures="core.safety.ask.figures:FIGURES",
    texts="core.safety.ask.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=lambda config: data_fingerprint(config.study),
    work=work_of,
    headline="refusal_drop",
    shown="standard",
)
