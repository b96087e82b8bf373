"""What is claimed of pruning against spurious correlations, as effects with a control each. Imports no torch."""

from core.lab.claims import Claim

_PAPER = "Mulchandani and Kim, Severing Spurious Correlations with Data Pruning, ICLR 2025, arXiv 2503.18258"

# Where carriers are kept, pruning must not help: a fall of at most a tenth. It may well harm, since what is left is easy without the cue
# but for the carriers; so sound controls reach far down.
CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="hard-carriers", statement="Hard carriers teach the cue, equally many easy ones do not", source=f"{_PAPER}, abstract",
        effect="hard_over_easy", effect_words="misled, hard minus easy", expected="above", reference=0.0, margin=0.1, unit="pt",
        control="hard_over_easy_unmarked", control_words="test images without the cue", control_reference=0.0, control_margin=0.1),
    Claim(
        id="easy-carriers", statement="Easy carriers leave the network as if nothing were marked", source=f"{_PAPER}, abstract",
        effect="easy_over_clean", effect_words="misled, easy minus clean", expected="within", reference=0.0, margin=0.15, unit="pt",
        control="hard_over_clean", control_words="hard carriers", control_reference=0.7, control_margin=0.3),
    Claim(
        id="difficulty", statement="Being misled grows with the difficulty of the carriers", source=f"{_PAPER}, public reviews",
        effect="difficulty_slope", effect_words="rise, easiest to hardest", expected="above", reference=0.0, margin=0.1, unit="pt",
        control="difficulty_slope_unmarked", control_words="test images without the cue", control_reference=0.0, control_margin=0.1),
    Claim(
        id="hard-half", statement="The harder half of the carriers holds the effect, the easier half may stay",
        source=f"{_PAPER}, released code (oracle pruning)",
        effect="oracle_hard_over_easy", effect_words="misled, easy half gone minus hard half gone", expected="above", reference=0.0,
        margin=0.1, unit="pt", control="oracle_easy_drop", control_words="easy half gone", control_reference=0.0, control_margin=0.2),
    Claim(
        id="severs", statement="Pruning the hardest of every class severs the cue, random pruning of equal size does not",
        source=f"{_PAPER}, abstract",
        effect="hardest_over_random", effect_words="misled, random minus hardest", expected="above", reference=0.0, margin=0.05,
        unit="pt", control="others_drop", control_words="hardest pruned, carriers kept", control_reference=-0.25, control_margin=0.35),
    Claim(
        id="hidden", statement="It also does where carriers cannot be told from the rest", source=f"{_PAPER}, abstract",
        effect="hidden_hardest_over_random", effect_words="misled, random minus hardest", expected="above", reference=0.0, unit="pt",
        control="hidden_others_drop", control_words="hardest pruned, carriers kept", control_reference=-0.25, control_margin=0.35),
    Claim(
        id="price", statement="Pruning the hardest of every class costs at most two points of average accuracy",
        source="Asked for in the paper's public reviews; the bound is this room's",
        effect="accuracy_cost", effect_words="average accuracy lost", expected="below", reference=0.02, unit="pt",
        control="accuracy_cost_oracle", control_words="oracle pruning", control_reference=0.0, control_margin=0.02),
    Claim(
        id="identifiable", statement="Where carriers stand out and are known, dropping the hardest 3/4 of them competes with rivals",
        source=f"{_PAPER}, abstract; read as at most five points below the best rival's worst group",
        effect="identifiable_over_rival", effect_words="worst group, pruning minus best rival", expected="above", reference=-0.05,
        unit="pt", control="identifiable_over_random", control_words="random pruning", control_reference=0.0, control_margin=0.1),
    Claim(
        id="inferred", statement="Where carriers stand out, inferring them is enough to protect the worst group",
        source="Our reading of the paper's identifiable setting: how it infers carriers is not public",
        effect="identifiable_inferred_gain", effect_words="worst group, inferred pruning minus none", expected="above", reference=0.0,
        margin=0.05, unit="pt", control="identifiable_over_random", control_words="random pruning", control_reference=0.0,
        control_margin=0.1),
    Claim(
        id="noisy", statement="With wrong labels pruning the hardest still severs the cue",
        source="Confounder named by the data-pruning literature (Paul et al. 2021): wrong labels are the hardest images",
        effect="noisy_hardest_over_random", effect_words="misled, random minus hardest", expected="above", reference=0.0, margin=0.05,
        unit="pt", control="noisy_others_drop", control_words="hardest pruned, carriers kept",
        control_reference=-0.25, control_margin=0.35),
    Claim(
        id="attribution", statement="Attribution leaves the mark when the hard half of its carriers is gone",
        source="Check of this room; integrated gradients by Sundararajan et al. 2017",
        effect="attribution_fall", effect_words="attribution on the mark, fall", expected="above", reference=0.0, unit="pt",
        control="attribution_fall_easy", control_words="easy half gone", control_reference=0.0, control_margin=0.03),
    Claim(
        id="maps", statement="Attribution ranks informative pixels high",
        source="The assumption that Shah et al. 2021 test, Do Input Gradients Highlight Discriminative Features?, arXiv 2102.12781",
        effect="diffroar", effect_words="DiffROAR", expected="above", reference=0.0, unit="pt",
        control="diffroar_random", control_words="random ranking", control_reference=0.0, control_margin=0.03,
        published="violated by plain input gradients of standard networks"),
    Claim(
        id="simplicity", statement="Of two blocks that tell the class a network reads the simple one alone",
        source="Shah et al. 2020, The Pitfalls of Simplicity Bias in Neural Networks, arXiv 2006.07710",
        effect="simplicity_auc", effect_words="AUC, simple block shuffled", expected="within", reference=0.5, margin=0.1,
        control="simplicity_auc_complex", control_words="trained on the complex block alone", control_reference=0.95, control_margin=0.1,
        published="0.494: MNIST above CIFAR-10, the authors' code"),
)
