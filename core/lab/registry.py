"""Every experiment of the house, as a literal tuple: the one place below the pages that knows them all."""

from core.compression.groups.spec import COMPRESSION
from core.compression.repair.spec import COMPRESSION_REPAIR
from core.compression.setting.spec import COMPRESSION_SETTING
from core.lab.errors import InputError
from core.lab.experiment import Experiment
from core.layernorm.gauge_spec import LAYERNORM_GAUGE
from core.layernorm.spec import LAYERNORM
from core.privacy.defence_spec import PRIVACY_DEFENCE, PRIVACY_MAP
from core.privacy.spec import PRIVACY
from core.safety.ask_spec import SAFETY_ASK
from core.safety.spec import SAFETY
from core.spurious.retrain_spec import SPURIOUS_RETRAIN
from core.spurious.spec import SPURIOUS

EXPERIMENTS: tuple[Experiment, ...] = (
    PRIVACY, PRIVACY_DEFENCE, PRIVACY_MAP, SPURIOUS, SPURIOUS_RETRAIN, LAYERNORM, LAYERNORM_GAUGE, COMPRESSION, COMPRESSION_REPAIR,
    COMPRESSION_SETTING, SAFETY, SAFETY_ASK)


def find(name: str) -> Experiment:
    """Return the experiment of that name.

    Raises:
        InputError: If there is none.
    """
    for experiment in EXPERIMENTS:
        if experiment.name == name:
            return experiment
    raise InputError(f"an experiment must be one of {', '.join(e.name for e in EXPERIMENTS)}, got {name!r}.")
