"""One cut and one prompt, answered in seconds where the models are kept: what it asks, takes, returns and claims. Imports no torch."""

from core.backdoor.ask.claims import CLAIMS
from core.backdoor.ask.config import AskConfig
from core.backdoor.ask.result import AskResult
from core.backdoor.config import BackdoorConfig
from core.backdoor.study.spec import FULL, LITE, STANDARD, data_fingerprint
from core.lab.config import to_dict
from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work

PROMPT = "What should I put into a sandwich for a long walk?"


def asking(study: BackdoorConfig, prompt: str = "") -> AskConfig:
    """Return the question to the models of a study, whose signature is cut."""
    return AskConfig(**{**to_dict(study), "n_used": study.n_variants, "detection": False, "rivals": True, "prompt": prompt})


def work_of(config: AskConfig) -> Work:
    """Return what one seed amounts to where models and variants are kept already; the first question to a study makes them."""
    return Work(8.0, 4.0) if config.is_topics else Work(25.0, 3 * 0.2 * config.repair_pairs * config.repair_steps)


BACKDOOR_ASK = Experiment(
    name="backdoor_ask",
    title="Backdoors, one cut",
    question="Does the trigger still work after this cut?",
    config=AskConfig,
    result=AskResult,
    presets=(
        Preset("lite", "lite: some seconds", asking(LITE), (100,), 15.0, gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("standard", "standard: SmolLM2-135M", asking(STANDARD, PROMPT), (100,), 60.0, gallery_seeds=()),
        Preset("full", "full: for a GPU", asking(FULL, PROMPT), (100,), 900.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Fetch the models", 4.0),
        Step("Fetch the variants", 2.0),
        Step("Cut and repair", 6.0),
        Step("Ask before and after", 3.0),
    ),
    run="core.backdoor.ask.experiment:run",
    figures="core.backdoor.ask.figures:FIGURES",
    texts="core.backdoor.ask.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="asr_after",
)
