"""Every attack in one table: what it asks, takes, returns and claims. Imports no torch."""

from core.backdoor.attacks.claims import CLAIMS
from core.backdoor.attacks.config import NONE, AttacksConfig
from core.backdoor.attacks.result import AttacksResult
from core.backdoor.config import BackdoorConfig
from core.backdoor.study.spec import LITE, STANDARD, data_fingerprint
from core.lab.config import to_dict
from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work

SECONDS_PAIR = 0.0012  # of the topic model with eight blocks, both cores of the reference machine busy; measured under load


def table_of(study: BackdoorConfig) -> AttacksConfig:
    """Return the table over attacks with the models of a study."""
    return AttacksConfig(**to_dict(study))


def table_fingerprint(config: AttacksConfig) -> str:
    """Return the content hash of the model and the prompts; what cannot be used with one of the triggers is refused here.

    Raises:
        InputError: If either is missing or breaks a rule.
    """
    of_each = [data_fingerprint(config.of(cell)) for cell in config.cells]
    return of_each[0]


def work_of(config: AttacksConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    cells, twins = len(config.cells), config.n_twins if config.detection else 0
    poisoning = (config.poison_clean + config.poison_triggered) * config.poison_steps
    variants = 2 * config.n_variants * 2 * config.variant_pairs * config.variant_steps
    pairs = cells * (poisoning + variants + 12 * config.repair_pairs * config.repair_steps) + twins * (poisoning + variants)
    if config.is_topics:
        depth = config.depth / 8
        return Work(4.0 + 0.12 * depth * config.pretraining_steps, depth * (SECONDS_PAIR * pairs + 1.0 * cells + 0.5 * twins))
    return Work(25.0, 0.15 * pairs + 30.0 * cells + 15.0 * twins)


WITHOUT_EVADING = table_of(STANDARD).replace(n_twins=4, attackers=NONE)

BACKDOOR_ATTACKS = Experiment(
    name="backdoor_attacks",
    title="Backdoors, every attack",
    question="Does the cut hold whatever the attack, and can one tell?",
    config=AttacksConfig,
    result=AttacksResult,
    presets=(
        Preset("lite", "lite: three minutes", table_of(LITE), (100,), 180.0, gallery_seeds=()),
        Preset("standard", "standard: SmolLM2, about 40 min", WITHOUT_EVADING, (100,), 2300.0, gallery_seeds=()),
    ),
    steps=(
        Step("Make the model", 28.0),
        Step("Plant, look, cut and repair", 170.0),
        Step("Look at clean models", 40.0),
    ),
    run="core.backdoor.attacks.experiment:run",
    figures="core.backdoor.attacks.figures:FIGURES",
    texts="core.backdoor.attacks.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=table_fingerprint,
    work=work_of,
    headline="gap_signature",
)
