"""Every experiment of the house by name, with the place of its spec as text: nothing is imported before it is asked for.

The names stand in the order in which lists show them. A spec is imported at its first use, and only that one; Python keeps it.
"""

from core.lab.errors import InputError
from core.lab.experiment import Experiment, load_object

SPECS: dict[str, str] = {
    "privacy": "core.privacy.audit.spec:PRIVACY",
    "privacy_defence": "core.privacy.defence.spec:PRIVACY_DEFENCE",
    "privacy_map": "core.privacy.map.spec:PRIVACY_MAP",
    "privacy_outputs": "core.privacy.outputs.spec:PRIVACY_OUTPUTS",
    "spurious": "core.spurious.study.spec:SPURIOUS",
    "spurious_retrain": "core.spurious.retrain.spec:SPURIOUS_RETRAIN",
    "layernorm": "core.layernorm.study.spec:LAYERNORM",
    "layernorm_gauge": "core.layernorm.gauge.spec:LAYERNORM_GAUGE",
    "compression": "core.compression.groups.spec:COMPRESSION",
    "compression_repair": "core.compression.repair.spec:COMPRESSION_REPAIR",
    "compression_setting": "core.compression.setting.spec:COMPRESSION_SETTING",
    "calibration": "core.calibration.study.spec:CALIBRATION",
    "calibration_outputs": "core.calibration.outputs.spec:CALIBRATION_OUTPUTS",
    "retraining": "core.retraining.shifts.spec:RETRAINING",
    "retraining_tasks": "core.retraining.tasks.spec:RETRAINING_TASKS",
    "retraining_index": "core.retraining.calculator.spec:RETRAINING_INDEX",
    "safety": "core.safety.units.spec:SAFETY",
    "safety_ask": "core.safety.ask.spec:SAFETY_ASK",
    "backdoor": "core.backdoor.study.spec:BACKDOOR",
    "backdoor_attacks": "core.backdoor.attacks.spec:BACKDOOR_ATTACKS",
    "backdoor_ask": "core.backdoor.ask.spec:BACKDOOR_ASK",
    "distillation": "core.distillation.soft_labels.spec:DISTILLATION",
    "distillation_depth": "core.distillation.depth.spec:DISTILLATION_DEPTH",
    "scorecard": "core.scorecard.card.spec:SCORECARD",
}


def find(name: str) -> Experiment:
    """Return the experiment of that name; imports its spec and no other.

    Raises:
        InputError: If there is none.
    """
    if name not in SPECS:
        raise InputError(f"an experiment must be one of {', '.join(SPECS)}, got {name!r}.")
    return load_object(SPECS[name])


def experiments() -> tuple[Experiment, ...]:
    """Return every experiment, in the order of the table."""
    return tuple(find(name) for name in SPECS)
