"""The rooms of the house, as a literal table: navigation and Home are drawn from it."""

from dataclasses import dataclass

from core.compression.groups.spec import COMPRESSION
from core.compression.repair.spec import COMPRESSION_REPAIR
from core.compression.setting.spec import COMPRESSION_SETTING
from core.lab.experiment import Experiment
from core.layernorm.gauge_spec import LAYERNORM_GAUGE
from core.layernorm.spec import LAYERNORM
from core.privacy.defence_spec import PRIVACY_DEFENCE, PRIVACY_MAP
from core.privacy.spec import PRIVACY
from core.safety.ask_spec import SAFETY_ASK
from core.safety.spec import SAFETY
from core.spurious.retrain_spec import SPURIOUS_RETRAIN
from core.spurious.spec import SPURIOUS


@dataclass(frozen=True)
class Room:
    """One room: its experiment, its page, its icon, and the names of the four metrics that carry the answer."""

    experiment: Experiment
    page: str
    icon: str
    numbers: tuple[str, ...]


ROOMS: tuple[Room, ...] = (
    Room(PRIVACY, "pages/privacy.py", ":material/visibility:", ("auc", "tpr_at_01_percent", "test_accuracy", "accuracy_gap")),
    Room(PRIVACY_MAP, "pages/privacy_map.py", ":material/shield:", ("auc_plain", "auc_best", "accuracy_plain", "gap_correlation")),
    Room(PRIVACY_DEFENCE, "pages/privacy_defence.py", ":material/healing:", ("auc_plain", "auc", "tpr_at_1_percent", "accuracy_cost")),
    Room(SPURIOUS, "pages/spurious.py", ":material/link:", ("reliance", "reliance_clean", "reliance_pruned", "accuracy_cost")),
    Room(SPURIOUS_RETRAIN, "pages/spurious_retrain.py", ":material/content_cut:",
         ("reliance_before", "reliance", "reliance_random", "accuracy_cost")),
    Room(LAYERNORM, "pages/layernorm.py", ":material/layers:",
         ("memorised_post", "memorised_stripped_post", "memorised_drop_matched_post", "learning_late_pre")),
    Room(LAYERNORM_GAUGE, "pages/layernorm_gauge.py", ":material/tune:", ("cost_none", "cost_learnt", "cost", "accuracy")),
    Room(COMPRESSION, "pages/compression.py", ":material/compress:", ("did_qat", "did_prune", "did_ptq", "did_sham")),
    Room(COMPRESSION_REPAIR, "pages/compression_repair.py", ":material/balance:",
         ("qat_gap", "repaired_gap", "repair_float", "accuracy_repaired")),
    Room(COMPRESSION_SETTING, "pages/compression_setting.py", ":material/looks_one:", ("did", "tail_drop", "head_drop", "accuracy")),
    Room(SAFETY, "pages/safety.py", ":material/policy:", ("refusal_aligned", "refusal_scu", "refusal_random", "perplexity_ratio_scu")),
    Room(SAFETY_ASK, "pages/safety_ask.py", ":material/forum:", ("refused_before", "refused_after", "refused_random", "perplexity_ratio")),
)
HOME, RUNS = "pages/home.py", "pages/runs.py"
COMING_QUESTION = "What does it cost to retrain, to clean, to distil?"
COMING = "Retraining cost, back doors and distillation."


def room_of(experiment: Experiment) -> Room:
    """Return the room of an experiment."""
    return next(room for room in ROOMS if room.experiment.name == experiment.name)
