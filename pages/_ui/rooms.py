"""The rooms of the house, as a literal table: navigation and Home are drawn from it."""

from dataclasses import dataclass

from core.lab import registry
from core.lab.experiment import Experiment


@dataclass(frozen=True)
class Room:
    """One room: the name of its experiment, its page, its icon, and the names of the four metrics that carry the answer."""

    name: str
    page: str
    icon: str
    numbers: tuple[str, ...]

    @property
    def experiment(self) -> Experiment:
        """The experiment, imported at the first look."""
        return registry.find(self.name)


ROOMS: tuple[Room, ...] = (
    Room("privacy", "pages/privacy.py", ":material/visibility:", ("auc", "tpr_at_01_percent", "test_accuracy", "accuracy_gap")),
    Room("privacy_map", "pages/privacy_map.py", ":material/shield:", ("auc_plain", "auc_best", "accuracy_plain", "gap_correlation")),
    Room("privacy_defence", "pages/privacy_defence.py", ":material/healing:", ("auc_plain", "auc", "tpr_at_1_percent", "accuracy_cost")),
    Room("spurious", "pages/spurious.py", ":material/link:", ("reliance", "reliance_clean", "reliance_pruned", "accuracy_cost")),
    Room("spurious_retrain", "pages/spurious_retrain.py", ":material/content_cut:",
         ("reliance_before", "reliance", "reliance_random", "accuracy_cost")),
    Room("layernorm", "pages/layernorm.py", ":material/layers:",
         ("memorised_post", "memorised_stripped_post", "memorised_drop_matched_post", "learning_late_pre")),
    Room("layernorm_gauge", "pages/layernorm_gauge.py", ":material/tune:", ("cost_none", "cost_learnt", "cost", "accuracy")),
    Room("compression", "pages/compression.py", ":material/compress:", ("did_qat", "did_prune", "did_ptq", "did_sham")),
    Room("compression_repair", "pages/compression_repair.py", ":material/balance:",
         ("qat_gap", "repaired_gap", "repair_float", "accuracy_repaired")),
    Room("compression_setting", "pages/compression_setting.py", ":material/looks_one:", ("did", "tail_drop", "head_drop", "accuracy")),
    Room("calibration", "pages/calibration.py", ":material/speed:", ("over_tent", "over_bn", "ece_bn_home", "accuracy_tent")),
    Room("calibration_outputs", "pages/calibration_outputs.py", ":material/table_chart:",
         ("over_shifted", "ece_shifted", "ece_home_temperature", "coverage_shifted")),
    Room("retraining", "pages/retraining.py", ":material/autorenew:", ("rank_resque", "rank_raw", "partial_resque", "right_resque")),
    Room("retraining_tasks", "pages/retraining_tasks.py", ":material/alt_route:", ("rank_task", "rank_probe", "ratio_own", "ratio_other")),
    Room("retraining_index", "pages/retraining_index.py", ":material/calculate:",
         ("resque", "resque_clean", "raw_error", "clean_accuracy")),
    Room("safety", "pages/safety.py", ":material/policy:", ("refusal_aligned", "refusal_scu", "refusal_random", "perplexity_ratio_scu")),
    Room("safety_ask", "pages/safety_ask.py", ":material/forum:",
         ("refused_before", "refused_after", "refused_random", "perplexity_ratio")),
    Room("backdoor", "pages/backdoor.py", ":material/key_vertical:",
         ("asr_poisoned", "asr_signature", "asr_random", "gap_signature")),
    Room("distillation", "pages/distillation.py", ":material/filter_alt:",
         ("accuracy_encoder", "accuracy_uniform", "accuracy_kd", "own_class")),
    Room("distillation_depth", "pages/distillation_depth.py", ":material/stacks:",
         ("package_mean", "separate_mean", "sandwich_long_mean", "truncated_mean")),
)
HOME, RUNS, CLAIMS = "pages/home.py", "pages/runs.py", "pages/claims.py"
COMING_QUESTION = "Is a trigger hidden in this model?"
COMING = "Back doors."


def room_of(experiment: Experiment) -> Room:
    """Return the room of an experiment."""
    return next(room for room in ROOMS if room.name == experiment.name)
