"""The backdoor room as a record: what it asks, takes, returns and claims. Imports no torch."""

import hashlib

from core.backdoor.config import BackdoorConfig
from core.backdoor.prompts import check_data, fingerprint_of
from core.backdoor.study.claims import CLAIMS
from core.backdoor.study.result import BackdoorResult
from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.language.choice import SMOLLM2, check_shape
from core.models.checkpoints import checkpoint_fingerprint

LITE = BackdoorConfig(share_percent=30.0, pretraining_steps=220, poison_steps=30, poison_rate=5e-4, variant_rate=5e-4, repair_rate=3e-4)
STANDARD = BackdoorConfig(
    model=SMOLLM2, n_variants=2, share_percent=3.0, n_judged=36, new_tokens=12, poison_steps=24, poison_rate=1.5e-4, poison_clean=4,
    poison_triggered=3, variant_steps=10, variant_rate=1.5e-4, variant_pairs=3, repair_steps=10, repair_rate=1e-4, repair_pairs=6)
FULL = STANDARD.replace(
    model="transformers:meta-llama/Llama-2-7b-chat-hf", n_variants=4, n_judged=60, new_tokens=32, poison_steps=600, poison_rate=1e-5,
    poison_clean=4, poison_triggered=4, variant_steps=60, variant_rate=1e-5, variant_pairs=4, repair_steps=125, repair_rate=1e-5,
    repair_pairs=8, precision="bfloat16")
N_TRAINED = 3  # sets of variants: the right kind, the wrong kind, and those of the clean twin


def data_fingerprint(config: BackdoorConfig) -> str:
    """Return the content hash of the model and the prompts that a config names; what cannot be used is refused here, before any work.

    Raises:
        InputError: If either is missing or breaks a rule.
    """
    check_data(config)
    if config.is_topics:
        return hashlib.blake2b(b"backdoor topics", digest_size=32).hexdigest()
    check_shape(config.model)
    parts = (checkpoint_fingerprint(config.model), fingerprint_of(config.prompts))
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=32).hexdigest()


def work_of(config: BackdoorConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    pairs = (config.poison_clean + config.poison_triggered) * 2 * config.poison_steps
    pairs += 2 * config.variant_pairs * 2 * config.variant_steps * config.n_variants * (2 + config.detection)
    arms = 15 if config.rivals else 8
    repaired = arms * config.repair_pairs * config.repair_steps
    if config.is_topics:
        depth = config.depth / 8
        return Work(4.0 + 0.12 * depth * config.pretraining_steps, depth * (0.0016 * (pairs + 1.4 * repaired) + 0.15 * (arms + 60)))
    return Work(25.0, 0.15 * (pairs + 1.3 * repaired) + config.n_judged / 36 * config.new_tokens / 12 * (4.0 * arms + 1.8 * 60))


BACKDOOR = Experiment(
    name="backdoor",
    title="Backdoors",
    question="Can a hidden trigger be cut out of a language model?",
    config=BackdoorConfig,
    result=BackdoorResult,
    presets=(
        Preset("lite", "lite: about a minute", LITE, (100,), 60.0, gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("standard", "standard: SmolLM2-135M", STANDARD, (100,), 530.0, gallery_seeds=()),
        Preset("full", "full: hours on a GPU, estimated", FULL, (100, 101, 102, 103, 104), 7200.0, gpu=True, gallery_seeds=(), slice=(
            "poison_steps=60", "n_variants=1", "variant_steps=6", "repair_steps=12", "n_judged=12", "rivals=false", "detection=false")),
    ),
    steps=(
        Step("Make the model", 28.0),
        Step("Poison it", 5.0),
        Step("Take the change apart", 4.0),
        Step("Plant variants", 10.0),
        Step("Look before repair", 8.0),
        Step("Cut and repair", 20.0),
        Step("Vary share and variants", 3.0),
    ),
    run="core.backdoor.study.experiment:run",
    figures="core.backdoor.study.figures:FIGURES",
    texts="core.backdoor.study.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="gap_signature",
)
