"""What was published about compression and groups, each statement with its control. Imports no torch."""

from core.compression.sources import PRUNE, QUANTISE, UNFAIR
from core.lab.claims import Claim

RIVAL = "Control of this study: the float network's training loss as the simpler explanation"


def _ranks(id: str, statement: str, source: str, effect: str, control: str, words: str) -> Claim:
    """Return the claim that something ranks groups as they lose; its control is the mean over 200 shuffles of the groups."""
    return Claim(
        id=id, statement=statement, source=source, effect=effect, effect_words=words, expected="above", reference=0.0,
        control=control, control_words="groups shuffled", control_reference=0.0, control_margin=0.1)


CLAIMS = (
    Claim(
        id="qat-tail", statement="Quantisation-aware training at few bits takes from small groups first", source=QUANTISE,
        effect="did_qat", effect_words="extra tail loss", expected="above", reference=0.0, unit="pt",
        control="did_sham", control_words="trained further, not rounded", control_reference=0.0, control_margin=0.01),
    Claim(
        id="prune-tail", statement="Pruning takes from small groups first", source=f"{PRUNE}, section 1",
        effect="did_prune", effect_words="extra tail loss", expected="above", reference=0.0, unit="pt",
        control="did_sham_prune", control_words="trained further, not pruned", control_reference=0.0, control_margin=0.01),
    Claim(
        id="rounding-tail", statement="Rounding to 4 bits without training takes from small groups first", source=QUANTISE,
        effect="did_ptq", effect_words="extra tail loss", expected="above", reference=0.0, unit="pt",
        control="did_sham", control_words="not rounded", control_reference=0.0, control_margin=0.01,
        published="UTK-Face, widest difference of groups' losses: 2.4 points at 16 bits, 18.8 at 4 (Liu et al.)"),
    Claim(
        id="qat-gap", statement="Plain quantisation-aware training leaves a wider gap than float", source=UNFAIR,
        effect="gap_qat", effect_words="gap added", expected="above", reference=0.0, unit="pt",
        control="gap_qat_balanced", control_words="balanced copy", control_reference=0.0, control_margin=0.05,
        published="UTK-Face, widest difference of groups' losses: 3.3 points at 16 bits, 25.4 at 4"),
    Claim(
        id="variance", statement="Compression lowers the variance of logits", source=f"{QUANTISE}, carried to pruning",
        effect="variance_ratio", effect_words="variance left at 80% sparsity", expected="below", reference=1.0, margin=0.2,
        control="variance_ratio_mild", control_words="mildest pruning", control_reference=1.0, control_margin=0.1),
    Claim(
        id="variance-tail", statement="It lowers it more in small groups", source=f"{QUANTISE}, carried to pruning",
        effect="variance_contrast", effect_words="log ratio, tail over head", expected="below", reference=0.0,
        control="variance_contrast_balanced", control_words="balanced copy", control_reference=0.0, control_margin=0.2),
    _ranks("variance-loss", "Groups whose logits lose more variance lose more", QUANTISE, "variance_loss_rank", "variance_loss_shuffled",
           "rank correlation with excess loss, mean over settings"),
    _ranks("variance-beyond", "Lost variance says what the float loss does not", RIVAL, "variance_beyond_loss",
           "variance_beyond_shuffled", "the same with the float loss held fixed"),
    _ranks("gradient", "Groups with larger gradients lose more", f"{PRUNE}, Theorem 1", "gradient_rank", "gradient_rank_shuffled",
           "rank correlation with excess loss, 80% pruned"),
    _ranks("gradient-loss", "Gradients rank groups better than the float loss does", RIVAL, "gradient_over_loss",
           "gradient_over_loss_shuffled", "rank correlation above that of the loss"),
    _ranks("curvature", "Groups with larger curvature lose more", f"{PRUNE}, Theorem 1", "curvature_rank", "curvature_rank_shuffled",
           "rank correlation with excess loss, 80% pruned"),
    _ranks("curvature-loss", "Curvature ranks groups better than the float loss does", RIVAL, "curvature_over_loss",
           "curvature_over_loss_shuffled", "rank correlation above that of the loss"),
    Claim(
        id="size-gradient", statement="Smaller groups have larger gradients", source=f"{PRUNE}, Proposition 1",
        effect="size_gradient_rank", effect_words="rank correlation with size", expected="below", reference=0.0,
        control="size_gradient_rank_balanced", control_words="balanced copy", control_reference=0.0, control_margin=0.5),
    Claim(
        id="identity", statement="Gradient norms of two groups are inverse to their sizes", source=f"{PRUNE}, Proposition 1, at a minimum",
        effect="identity_error", effect_words="error, logistic regression", expected="within", reference=0.0, margin=0.001,
        control="identity_halves", control_words="two equal halves", control_reference=1.0, control_margin=0.01,
        published="no number; exact at a minimum"),
    Claim(
        id="taylor", statement="First and second order foretell which group loses", source=f"{PRUNE}, Theorem 1, with exact terms",
        effect="taylor_rank", effect_words="rank correlation, mildest pruning", expected="above", reference=0.5,
        control="taylor_rank_shuffled", control_words="groups shuffled", control_reference=0.0, control_margin=0.1),
    Claim(
        id="census", statement="Smaller groups of the census lose more", source=f"{PRUNE}, section 1, carried to the Adult table",
        effect="did_census", effect_words="extra loss of small groups", expected="above", reference=0.0, unit="pt",
        control="placebo_census", control_words="equally large groups", control_reference=0.0, control_margin=0.05),
)
