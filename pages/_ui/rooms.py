"""The concerns of the house and their rooms, as literal tables: navigation, Home and every page are drawn from them.

A concern is one entry of the navigation with one page; its rooms are the views of that page, one experiment each. What a room draws
of its own lies in ``pages/_rooms/CONCERN/EXPERIMENT.py`` as ``PARTS``, imported when that view is opened and not before.
"""

from dataclasses import dataclass, field
from functools import cached_property

from core.lab import registry
from core.lab.experiment import ROOT, Experiment, load_object

START = "Start"
REVEALS, HARMS, BREAKS, COSTS = "What it reveals", "Who is harmed", "What can be broken", "What it costs"


@dataclass(frozen=True)
class Room:
    """One experiment, a view of its concern's page.

    Attributes:
        name: Of the experiment.
        view: What the view is called in the address, as the experiment's folder is.
        label: What its tab says.
        numbers: The four metrics that carry the answer.
        icon: In front of links to it.
    """

    name: str
    view: str
    label: str
    numbers: tuple[str, ...]
    icon: str = ""

    @property
    def experiment(self) -> Experiment:
        """The experiment, imported at the first look."""
        return registry.find(self.name)

    @cached_property
    def concern(self) -> "Concern":
        """The concern that it is a view of."""
        return next(concern for concern in CONCERNS if self in concern.rooms)

    @property
    def page(self) -> str:
        """The script that draws it."""
        return self.concern.page

    @property
    def address(self) -> dict[str, str]:
        """The parameters with which its concern's page opens it."""
        return {"view": self.view}

    @property
    def parts(self) -> object:
        """What the room draws of its own, a ``pages._ui.parts.Parts``; imported at the first look."""
        return load_object(f"pages._rooms.{self.concern.name}.{self.view}:PARTS")


@dataclass(frozen=True)
class Concern:
    """One entry of the navigation.

    Attributes:
        name: Slug of page and address; the same word names its folder under ``core`` and under ``tests``.
        title: What the line of research calls it.
        icon: In the navigation.
        section: Heading of the navigation under which it stands.
        rooms: Its views; the first is shown when the address names none.
    """

    name: str
    title: str
    icon: str
    section: str
    rooms: tuple[Room, ...] = field(repr=False)

    @property
    def page(self) -> str:
        """The script that draws it."""
        return f"pages/{self.name}.py"

    def room(self, view: str | None) -> Room:
        """Return the room of that view, the first one where there is none."""
        return next((room for room in self.rooms if room.view == view), self.rooms[0])


ALL: tuple[Concern, ...] = (
    Concern("privacy", "Privacy leakage", ":material/visibility:", REVEALS, (
        Room("privacy", "audit", "Audit", ("auc", "tpr_at_01_percent", "test_accuracy", "accuracy_gap"), ":material/visibility:"),
        Room("privacy_map", "map", "Trade-offs", ("auc_plain", "srcm_drop", "accuracy_plain", "gap_correlation"), ":material/shield:"),
        Room("privacy_defence", "defence", "One defence", ("auc_plain", "auc", "tpr_at_1_percent", "accuracy_cost"),
             ":material/healing:"),
        Room("privacy_outputs", "outputs", "Your outputs", ("auc", "tpr_at_1_percent", "accuracy_members", "accuracy_others"),
             ":material/table_chart:"))),
    Concern("layernorm", "LayerNorm memorization", ":material/layers:", REVEALS, (
        Room("layernorm", "study", "Study", ("memorised_post", "memorised_stripped_post", "memorised_drop_matched_post",
                                             "learning_late_pre"), ":material/layers:"),
        Room("layernorm_gauge", "gauge", "Gauge", ("cost_none", "cost_learnt", "cost", "accuracy"), ":material/tune:"))),
    Concern("spurious", "Spurious correlations", ":material/link:", HARMS, (
        Room("spurious", "study", "Study", ("reliance", "reliance_clean", "reliance_pruned", "accuracy_cost"), ":material/link:"),
        Room("spurious_retrain", "retrain", "One pruning", ("reliance_before", "reliance", "reliance_random", "accuracy_cost"),
             ":material/content_cut:"))),
    Concern("compression", "Compression disparity", ":material/compress:", HARMS, (
        Room("compression", "groups", "Who pays", ("did_qat", "did_prune", "did_ptq", "did_sham"), ":material/compress:"),
        Room("compression_repair", "repair", "Repairs", ("qat_gap", "repaired_gap", "repair_float", "accuracy_repaired"),
             ":material/balance:"),
        Room("compression_setting", "setting", "One setting", ("did", "tail_drop", "head_drop", "accuracy"), ":material/looks_one:"))),
    Concern("safety", "Safety units", ":material/policy:", BREAKS, (
        Room("safety", "units", "Study", ("refusal_aligned", "refusal_scu", "refusal_random", "perplexity_ratio_scu"),
             ":material/policy:"),
        Room("safety_ask", "ask", "Ask it", ("refused_before", "refused_after", "refused_random", "perplexity_ratio"),
             ":material/forum:"))),
    Concern("backdoor", "Backdoors", ":material/key_vertical:", BREAKS, (
        Room("backdoor", "study", "Study", ("asr_poisoned", "asr_signature", "asr_random", "gap_signature"),
             ":material/key_vertical:"),
        Room("backdoor_attacks", "attacks", "Every attack", ("asr_signature_refusal", "asr_random_refusal", "auc_search", "gap_signature"),
             ":material/table_rows:"),
        Room("backdoor_ask", "ask", "Ask it", ("asr_before", "asr_after", "asr_random", "gap_after"), ":material/forum:"))),
    Concern("retraining", "Retraining cost", ":material/autorenew:", COSTS, (
        Room("retraining", "shifts", "Shifted data", ("rank_resque", "rank_raw", "partial_resque", "right_resque"),
             ":material/autorenew:"),
        Room("retraining_tasks", "tasks", "New tasks", ("rank_task", "rank_probe", "ratio_own", "ratio_other"),
             ":material/alt_route:"),
        Room("retraining_index", "calculator", "Your shift", ("resque", "resque_clean", "raw_error", "clean_accuracy"),
             ":material/calculate:"))),
    Concern("distillation", "Distillation and depth", ":material/filter_alt:", COSTS, (
        Room("distillation", "soft_labels", "Soft labels", ("accuracy_encoder", "accuracy_uniform", "accuracy_kd", "own_class"),
             ":material/filter_alt:"),
        Room("distillation_depth", "depth", "Many depths", ("package_mean", "separate_mean", "sandwich_long_mean", "truncated_mean"),
             ":material/stacks:"))),
    Concern("calibration", "Calibration", ":material/speed:", COSTS, (
        Room("calibration", "study", "Under shift", ("over_tent", "over_bn", "ece_bn_home", "accuracy_tent"), ":material/speed:"),
        Room("calibration_outputs", "outputs", "Your outputs", ("over_shifted", "ece_shifted", "ece_home_temperature",
                                                                "coverage_shifted"), ":material/table_chart:"))),
    Concern("scorecard", "Scorecard", ":material/rule:", START, (
        Room("scorecard", "card", "Card", ("measured", "leak", "worst_group", "sure_home"), ":material/rule:"),)),
)
CONCERNS = tuple(concern for concern in ALL if (ROOT / concern.page).is_file())
ROOMS = tuple(room for concern in CONCERNS for room in concern.rooms)
HOME, RUNS, CLAIMS, SCORECARD, LESSONS = (f"pages/{name}.py" for name in ("home", "runs", "claims", "scorecard", "lessons"))


def concern_of(name: str) -> Concern:
    """Return the concern of that name."""
    return next(concern for concern in CONCERNS if concern.name == name)


def room_of(experiment: Experiment) -> Room:
    """Return the room of an experiment."""
    return room_named(experiment.name)


def room_named(name: str) -> Room:
    """Return the room of the experiment of that name."""
    return next(room for room in ROOMS if room.name == name)


def is_there(page: str) -> bool:
    """Return whether a page of the navigation is part of this house."""
    return (ROOT / page).is_file()
