"""What is claimed of pruning against spurious correlations, as effects with a control each. Imports no torch."""

from core.lab.claims import PAIRED, Claim, Precondition, after_looking

_PAPER = "Mulchandani and Kim, Severing Spurious Correlations with Data Pruning, ICLR 2025, arXiv 2503.18258"

_SINCE, _NOW = "2026-11-20", "2026-11-29"
_STEP = 1 / 500  # harmed test images: the smallest step of a share
_STRONGER = "take a stronger mark, more carriers or a closer pair of classes"
_WIDENED = ("2026-11-20", "The bounds of its control were widened after seeds 0 to 2 had been seen; the control is subtracted now, or is "
            "a claim of its own")
_BAR = "fewer images misled would not be noticed in use"


def _learned(metric: str, words: str = "the network learned the cue") -> Precondition:
    """Return that a network is misled a good deal more often than one that never saw the cue."""
    return Precondition(metric=metric, at_least=0.1, words=f"{words}: ten points above one that never saw it", remedy=_STRONGER)


LEARNED = _learned("cue_learned")
TAUGHT = _learned("hard_over_clean", "hard carriers teach the cue")

CLAIMS: tuple[Claim, ...] = after_looking(
    Claim(
        id="hard-carriers", kind="paper", statement="Hard carriers teach the cue, equally many easy ones do not",
        source=f"{_PAPER}, abstract", effect="hard_over_easy", effect_words="misled, hard minus easy", control="hard_over_easy_unmarked",
        control_words="the same on test images without the cue", expected="above", margin=0.1, margin_reason=_BAR, margin_date=_SINCE,
        unit="pt", resolution=_STEP, preconditions=(LEARNED,), changes=(PAIRED,)),
    Claim(
        id="easy-carriers", kind="paper", statement="Easy carriers leave the network as if nothing were marked",
        source=f"{_PAPER}, abstract", effect="reliance_easiest", effect_words="misled, easy carriers", control="reliance_clean",
        control_words="nothing marked", expected="within", margin=0.15, margin_reason="a fifth of what hard carriers do",
        margin_date=_SINCE, unit="%", resolution=_STEP, preconditions=(TAUGHT,), changes=(PAIRED,)),
    Claim(
        id="difficulty", kind="paper", statement="Being misled grows with the difficulty of the carriers",
        source=f"{_PAPER}, public reviews", effect="difficulty_slope", effect_words="rise, easiest to hardest",
        control="difficulty_slope_unmarked", control_words="the same on test images without the cue", expected="above", margin=0.1,
        margin_reason=_BAR, margin_date=_SINCE, unit="pt", resolution=_STEP, preconditions=(LEARNED,), changes=(PAIRED,)),
    Claim(
        id="hard-half", kind="paper", statement="The harder half of the carriers holds the effect, the easier half may stay",
        source=f"{_PAPER}, released code (oracle pruning)", effect="oracle_drop", effect_words="fall, hard half gone",
        control="oracle_easy_drop", control_words="fall, easy half gone", expected="above", margin=0.1, margin_reason=_BAR,
        margin_date=_SINCE, unit="pt", resolution=_STEP, preconditions=(LEARNED,), changes=(PAIRED,)),
    Claim(
        id="severs", kind="paper", statement="Pruning the hardest of every class severs the cue, random pruning of equal size does not",
        source=f"{_PAPER}, abstract", effect="reliance_pruned", effect_words="misled, hardest pruned", control="reliance_random",
        control_words="as many pruned at random", expected="below", margin=0.05, margin_reason=_BAR, margin_date=_SINCE, unit="%",
        resolution=_STEP, preconditions=(LEARNED,), changes=(PAIRED, _WIDENED)),
    Claim(
        id="severs-carriers", kind="question", statement="It is the hard carriers among the pruned that matter",
        source="Control of this room: the same pruning that keeps every carrier", effect="pruning_drop",
        effect_words="fall, hardest pruned", control="others_drop", control_words="fall, hardest pruned but carriers kept",
        expected="above", margin=0.05, margin_reason=_BAR, margin_date=_NOW, unit="pt", resolution=_STEP, preconditions=(LEARNED,)),
    Claim(
        id="label-free", kind="question", statement="The share that validation images choose severs the cue without group labels",
        source="The rule of this room for choosing how much to prune; the paper leaves the choice open", effect="reliance_chosen",
        effect_words="misled, chosen share", control="reliance", control_words="nothing pruned", expected="below", margin=0.05,
        margin_reason=_BAR, margin_date=_NOW, unit="%", resolution=_STEP, preconditions=(LEARNED,),
        note="A rule that chooses to prune nothing changes nothing"),
    Claim(
        id="hidden", kind="paper", statement="It also does where carriers cannot be told from the rest", source=f"{_PAPER}, abstract",
        effect="hidden_hardest_over_random", effect_words="misled, random minus hardest pruned",
        control_words="random pruning, subtracted already", expected="above", margin_date=_SINCE, unit="pt", resolution=_STEP,
        preconditions=(_learned("hidden_learned", "the network learned the weak mark"),), changes=(PAIRED, _WIDENED)),
    Claim(
        id="price", kind="question", statement="Pruning the hardest of every class costs at most two points of average accuracy",
        source="Asked for in the paper's public reviews; the bound is this room's", effect="average_accuracy_pruned",
        effect_words="average accuracy, pruned", control="average_accuracy", control_words="nothing pruned", expected="above",
        margin=-0.02, margin_reason="the bound of this room", margin_date=_SINCE, unit="%", resolution=1 / 3000, changes=(PAIRED,)),
    Claim(
        id="identifiable", kind="paper",
        statement="Where carriers stand out and are known, dropping the hardest 3/4 of them competes with rivals",
        source=f"{_PAPER}, abstract; read as at most five points below the best rival's worst group", effect="identifiable_over_rival",
        effect_words="worst group, pruning minus best rival", control_words="the best rival, subtracted already", expected="above",
        margin=-0.05, margin_reason="competes: no more than five points worse", margin_date=_SINCE, unit="pt", resolution=_STEP,
        preconditions=(_learned("identifiable_learned", "the network learned the cue of many carriers"),), changes=(PAIRED,),
        note="GroupDRO and JTT protect a group that training must hold: set a minority of 1 to 5% for them to have one"),
    Claim(
        id="inferred", kind="question", statement="Where carriers stand out, inferring them is enough to protect the worst group",
        source="Our reading of the paper's identifiable setting: how it infers carriers is not public",
        effect="identifiable_inferred_gain", effect_words="worst group, inferred pruning minus none", control="identifiable_over_random",
        control_words="random pruning minus none", expected="above", margin=0.05, margin_reason=_BAR, margin_date=_SINCE, unit="pt",
        resolution=_STEP, preconditions=(_learned("identifiable_learned", "the network learned the cue of many carriers"),),
        changes=(PAIRED,)),
    Claim(
        id="noisy", kind="question", statement="With wrong labels pruning the hardest still severs the cue",
        source="Confounder named by the data-pruning literature (Paul et al. 2021): wrong labels are the hardest images",
        effect="noisy_hardest_over_random", effect_words="misled, random minus hardest pruned",
        control_words="random pruning, subtracted already", expected="above", margin=0.05, margin_reason=_BAR, margin_date=_SINCE,
        unit="pt", resolution=_STEP, preconditions=(LEARNED,), changes=(PAIRED, _WIDENED)),
    Claim(
        id="attribution", kind="question", statement="Attribution leaves the mark when the hard half of its carriers is gone",
        source="Check of this room; integrated gradients by Sundararajan et al. 2017", effect="attribution_fall",
        effect_words="attribution on the mark, fall", control="attribution_fall_easy", control_words="easy half gone", expected="above",
        margin_date=_SINCE, unit="pt", preconditions=(LEARNED,), changes=(PAIRED,)),
    Claim(
        id="maps", kind="question", statement="Attribution ranks informative pixels high",
        source="The assumption that Shah et al. 2021 test, Do Input Gradients Highlight Discriminative Features?, arXiv 2102.12781",
        effect="diffroar", effect_words="DiffROAR", control="diffroar_random", control_words="random ranking", expected="above",
        margin_date=_SINCE, unit="pt", published="violated by plain input gradients of standard networks", changes=(PAIRED,)),
    Claim(
        id="simplicity", kind="paper", statement="Of two blocks that tell the class a network reads the simple one alone",
        source="Shah et al. 2020, The Pitfalls of Simplicity Bias in Neural Networks, arXiv 2006.07710",
        effect="simplicity_auc", effect_words="AUC, simple block shuffled", reference=0.5, control_words="blind: 0.50", expected="within",
        margin=0.1, margin_reason="a quarter of what the complex block alone gives above guessing", margin_date=_SINCE,
        published="0.494: MNIST above CIFAR-10, the authors' code", published_value=-0.006, preconditions=(Precondition(
            metric="simplicity_auc_complex", at_least=0.85, words="the complex block alone tells the class",
            remedy="take classes that the network can tell apart, or train longer"),), changes=(PAIRED,)),
)
