"""What was published about compression and groups, each statement with its control. Imports no torch."""

import math

from core.compression.sources import PRUNE, QUANTISE, UNFAIR
from core.lab.claims import PAIRED, Claim, Precondition, after_looking

RIVAL = "Control of this study: the float network's training loss as the simpler explanation"
SINCE, NOW = "2026-11-20", "2026-11-29"
BY_CHANCE = "groups shuffled: 0 by construction"


def _ranks(id: str, statement: str, source: str, effect: str, control: str, words: str) -> Claim:
    """Return the claim that something ranks groups as they lose; its control is the mean over 200 shuffles of the groups."""
    return Claim(
        id=id, kind="paper", statement=statement, source=source, effect=effect, effect_words=words, control=control,
        control_words="groups shuffled", expected="above", margin_date=SINCE, changes=(PAIRED,))


def _ranks_accuracy(id: str, statement: str, effect: str, published: str = "of excess loss; accuracy not reported") -> Claim:
    """Return the same claim judged by accuracy, which is what the disparity is named after."""
    return Claim(
        id=id, kind="question", statement=statement, source=f"{PRUNE}, Theorem 1, carried from loss to accuracy", effect=effect,
        effect_words="rank correlation with accuracy lost, 80% pruned", control_words=BY_CHANCE, expected="above", margin_date=NOW,
        published=published)


def _over_loss(id: str, statement: str, effect: str) -> Claim:
    """Return the question whether a cause ranks groups better than the float network's loss does."""
    return Claim(
        id=id, kind="question", statement=statement, source=RIVAL, effect=effect, effect_words="rank correlation with excess loss",
        control="loss_rank", control_words="that of the float loss", expected="above", margin_date=SINCE, changes=(PAIRED,))


CLAIMS = after_looking(
    Claim(
        id="qat-tail", kind="paper", statement="Quantisation-aware training at few bits takes from small groups first", source=UNFAIR,
        effect="did_qat", effect_words="extra tail loss", control="did_sham", control_words="trained further, not rounded",
        expected="above", margin_date=SINCE, unit="pt", changes=(
            PAIRED, ("2026-11-29", "The source is Liu et al.; the paper named before proposes this training as a cure"))),
    Claim(
        id="prune-tail", kind="paper", statement="Pruning takes from small groups first", source=f"{PRUNE}, section 1",
        effect="did_prune", effect_words="extra tail loss", control="did_sham_prune", control_words="trained further, not pruned",
        expected="above", margin_date=SINCE, unit="pt", changes=(PAIRED,)),
    Claim(
        id="rounding-tail", kind="paper", statement="Rounding to 4 bits without training takes from small groups first",
        source=QUANTISE, effect="did_ptq", effect_words="extra tail loss", control="did_sham", control_words="not rounded",
        expected="above", margin_date=SINCE, unit="pt",
        published="UTK-Face, widest difference of groups' losses: 2.4 points at 16 bits, 18.8 at 4 (Liu et al.)", changes=(PAIRED,)),
    Claim(
        id="qat-gap", kind="paper", statement="Plain quantisation-aware training leaves a wider gap than float", source=UNFAIR,
        effect="gap_qat", effect_words="gap added", control="gap_qat_balanced", control_words="balanced copy", expected="above",
        margin_date=SINCE, unit="pt", published="UTK-Face, widest difference of groups' losses: 3.3 points at 16 bits, 25.4 at 4",
        changes=(PAIRED,)),
    Claim(
        id="variance", kind="question", statement="Pruning lowers the variance of logits", source=f"{QUANTISE}, carried to pruning",
        effect="variance_ratio", effect_words="variance left at 80% sparsity", control="variance_ratio_mild",
        control_words="mildest pruning", expected="below", margin=-math.log(0.8), margin_reason="less than a fifth is no collapse",
        margin_date=SINCE, ratio=True, changes=(PAIRED, ("2026-11-29", "A question, since the paper is on quantisation"))),
    Claim(
        id="variance-qat", kind="paper", statement="Quantisation lowers the variance of logits", source=QUANTISE,
        effect="variance_ratio_qat", effect_words="variance left, trained at few bits", control="variance_ratio_sham",
        control_words="trained further, not rounded", expected="below", margin=-math.log(0.8),
        margin_reason="less than a fifth is no collapse", margin_date=NOW, ratio=True),
    Claim(
        id="variance-tail", kind="question", statement="Pruning lowers it more in small groups", source=f"{QUANTISE}, carried to pruning",
        effect="variance_contrast", effect_words="log ratio, tail over head", control="variance_contrast_balanced",
        control_words="balanced copy", expected="below", margin_date=SINCE, changes=(
            PAIRED, ("2026-11-29", "A question, since the paper is on quantisation"))),
    Claim(
        id="variance-tail-qat", kind="paper", statement="Quantisation lowers it more in small groups", source=QUANTISE,
        effect="variance_contrast_qat", effect_words="log ratio, tail over head", control="variance_contrast_qat_balanced",
        control_words="balanced copy", expected="below", margin_date=NOW),
    Claim(
        id="gradient-growth", kind="paper", statement="Quantisation raises the gradient norms of groups", source=QUANTISE,
        effect="gradient_growth", effect_words="times the float network's", reference=1.0, control_words="the float network",
        expected="above", margin_date=NOW, ratio=True),
    Claim(
        id="eigenvalue-growth", kind="paper", statement="Quantisation raises the largest eigenvalues of groups", source=QUANTISE,
        effect="eigenvalue_growth", effect_words="times the float network's", reference=1.0, control_words="the float network",
        expected="above", margin_date=NOW, ratio=True),
    _ranks("variance-loss", "Groups whose logits lose more variance lose more", QUANTISE, "variance_loss_rank", "variance_loss_shuffled",
           "rank correlation with excess loss, mean over settings"),
    Claim(
        id="variance-beyond", kind="question", statement="Lost variance says what the float loss does not", source=RIVAL,
        effect="variance_beyond_loss", effect_words="the same with the float loss held fixed", control="variance_beyond_shuffled",
        control_words="groups shuffled", expected="above", margin_date=SINCE, changes=(PAIRED,)),
    _ranks("gradient", "Groups with larger gradients gain more loss", f"{PRUNE}, Theorem 1", "gradient_rank", "gradient_rank_shuffled",
           "rank correlation with excess loss, 80% pruned"),
    _ranks_accuracy("gradient-accuracy", "Groups with larger gradients lose more accuracy", "gradient_rank_drop"),
    _over_loss("gradient-loss", "Gradients rank groups better than the float loss does", "gradient_rank"),
    _ranks("curvature", "Groups with larger curvature gain more loss", f"{PRUNE}, Theorem 1", "curvature_rank",
           "curvature_rank_shuffled", "rank correlation with excess loss, 80% pruned"),
    _ranks_accuracy("curvature-accuracy", "Groups with larger curvature lose more accuracy", "curvature_rank_drop"),
    _over_loss("curvature-loss", "Curvature ranks groups better than the float loss does", "curvature_rank"),
    Claim(
        id="closeness", kind="paper", statement="Groups closer to the decision boundary gain more loss",
        source=f"{PRUNE}, distance to the decision boundary", effect="closeness_rank",
        effect_words="rank correlation with excess loss, 80% pruned", control_words=BY_CHANCE, expected="above", margin_date=NOW),
    _ranks_accuracy("closeness-accuracy", "Groups closer to the decision boundary lose more accuracy", "closeness_rank_drop"),
    Claim(
        id="size-gradient", kind="paper", statement="Smaller groups have larger gradients", source=f"{PRUNE}, Proposition 1",
        effect="size_gradient_rank", effect_words="rank correlation with size", control="size_gradient_rank_balanced",
        control_words="balanced copy, same ranks", expected="below", margin_date=SINCE, changes=(PAIRED,)),
    Claim(
        id="identity", kind="self-check", statement="Gradient norms of two groups are inverse to their sizes",
        source=f"{PRUNE}, Proposition 1, at a minimum", effect="identity_error", effect_words="error, logistic regression",
        control_words="no error", expected="within", margin=0.001, margin_reason="what the solver leaves", margin_date=SINCE,
        published="no number; exact at a minimum", resolution=1e-6, preconditions=(Precondition(
            metric="identity_halves", at_least=0.99, at_most=1.01, words="two equal halves have equal gradients",
            remedy="solve to a smaller tolerance"),), changes=(PAIRED,)),
    Claim(
        id="taylor", kind="paper", statement="First and second order foretell which group loses",
        source=f"{PRUNE}, Theorem 1, with exact terms", effect="taylor_rank", effect_words="rank correlation, mildest pruning",
        control="taylor_rank_shuffled", control_words="groups shuffled", expected="above", margin=0.5,
        margin_reason="a weaker rank correlation foretells little", margin_date=SINCE, changes=(PAIRED,)),
    Claim(
        id="census", kind="paper", statement="Smaller groups of the census lose more",
        source=f"{PRUNE}, section 1, carried to the Adult table", effect="did_census", effect_words="extra loss of small groups",
        control_words="the balanced copy, subtracted already", expected="above", margin_date=SINCE, unit="pt", changes=(
            PAIRED, ("2026-11-29", "The balanced copy, part of the effect, is not also a gate"))),
)
