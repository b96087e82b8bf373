"""The published claims about LayerNorm and memorising, each with the control that a sceptic would ask for. Imports no torch."""

from core.lab.claims import PAIRED, Claim, Precondition, after_looking

PAPER = "Singhal and Kim 2025, Impact of Layer Norm on Memorization and Generalization in Transformers, arXiv 2511.10566"
ELR = "Liu et al. 2020, Early-Learning Regularization Prevents Memorization of Noisy Labels, arXiv 2007.00151, abstract"
ELSEWHERE = "equally many biases displaced elsewhere"
ABSORBED = "Absorption: W(wn + b) + c = (W diag(w))n + (Wb + c)"

SINCE, NOW = "2026-11-20", "2026-11-29"
PREVENTION = 0.1
BAR = "fewer points are no prevention: one bar for stripping and for the rival that is known to work"
BAR_CHANGE = ("2026-11-20", "The bar of 10 points was set after the first seeds had been seen")
ITEM = 1 / 30  # wrongly labelled samples: the smallest step of a share
CHECKPOINT = "Seeds are of fine-tuning: a pretrained checkpoint is one draw"
AT_END = "Read after the last epoch, when what is only delayed has had its time"
POINT = ("2026-11-29", "Read when the intact model first fits every training label, as in the paper; it was read after the last epoch")
AT_POINT = "A model that only learns more slowly has fitted less at that point: the claims at equal fit tell delay and prevention apart"
EQUAL = 0.2
EQUAL_REASON = "the spread that a pilot on seeds 100 to 102 left between the two at equal fit, stated before seeds 103 to 107"

MEMORISED_POST = Precondition(
    metric="memorised_post", at_least=0.5, words="the intact Post-LN model memorises half of the wrong labels",
    remedy="train for more epochs or with fewer samples")
MEMORISED_PRE = Precondition(
    metric="memorised_pre", at_least=0.5, words="the intact Pre-LN model memorises half of the wrong labels",
    remedy="train for more epochs or with fewer samples")
FITS_POST = Precondition(
    metric="fitted_post", at_least=0.9999, words="the intact Post-LN model fits every training label, which is where the paper reads",
    remedy="train for more epochs, or on fewer samples")
COSTS = Precondition(
    metric="learning_late_pre", at_most=-0.01, words="stripping without folding costs a point of test accuracy",
    remedy="take a pretrained model whose norms have moved farther")
KEPT = Precondition(
    metric="learning_change_elr_post", at_least=-0.05, words="the regularised model keeps its test accuracy within five points",
    remedy="weaken the regularisation")


def _early(placement: str, title: str, other: str) -> Claim:
    """Return the claim that early layers matter more than others, for one placement."""
    effect = f"early_over_{other}_{placement}"
    return Claim(
        id=f"early-{other}-{placement}", kind="paper", statement=f"Early layers matter more than {other} ones, {title}",
        source=f"{PAPER}, early, middle and later layers; theorem 3", effect=effect, effect_words=f"step-zero damage, early minus {other}",
        control=effect.replace(f"_{placement}", f"_elsewhere_{placement}"), control_words="biases of the same layers displaced as far",
        expected="above", margin_date=SINCE, published="figures only; no number available", unit="pt", resolution=0.001, note=CHECKPOINT,
        changes=(PAIRED, ("2026-11-29", "Post-LN and Pre-LN are apart; they were averaged")))


CLAIMS = after_looking(
    Claim(
        id="post-point", kind="paper", statement="Where the intact Post-LN model fits every label, the stripped one has memorised less",
        source=f"{PAPER}, abstract and result tables", effect="memorised_drop_point_post", effect_words="memorised less, paper's point",
        control="memorised_drop_point_elsewhere_post", control_words=ELSEWHERE, expected="above", margin=PREVENTION, margin_reason=BAR,
        margin_date=NOW, published="+73 pt (100% to 27%): BERT, Emotions, 5% wrong labels; DistilBERT only delays", published_value=0.73,
        unit="pt", resolution=ITEM, note=f"{AT_POINT}. {CHECKPOINT}", preconditions=(FITS_POST,)),
    Claim(
        id="post-prevents", kind="paper", statement="Without its LayerNorm values, a Post-LN model stops memorising wrong labels",
        source=f"{PAPER}, abstract", effect="memorised_drop_post", effect_words="memorised less, last epoch",
        control="memorised_drop_elsewhere_post", control_words=ELSEWHERE, expected="above", margin=PREVENTION, margin_reason=BAR,
        margin_date=SINCE, unit="pt", resolution=ITEM, note=AT_END, preconditions=(MEMORISED_POST,), changes=(PAIRED, BAR_CHANGE, (
            "2026-11-29", "Prevented by the end and lower at the paper's point are two claims; what is published belongs to the latter"))),
    Claim(
        id="post-equal", kind="question", statement="At equal fit of the right labels a stripped Post-LN model memorises as much",
        source="Control of this room: the rival is an intact model that fits as little", effect="memorised_drop_equal_post",
        effect_words="memorised less, equal fit", control_words="the intact model at equal loss on right labels, subtracted already",
        expected="within", margin=EQUAL, margin_reason=EQUAL_REASON, margin_date=NOW, unit="pt", resolution=ITEM, note=CHECKPOINT,
        preconditions=(MEMORISED_POST,), changes=(
            ("2026-11-29", "It took the place of: less is memorised when 95% of the right labels are fitted, where accuracy saturates"),)),
    Claim(
        id="post-recovers", kind="paper", statement="A stripped Post-LN model recovers the genuine labels",
        source=f"{PAPER}, result tables", effect="recovered_gain_point_post", effect_words="recovered more, paper's point",
        control="recovered_gain_point_elsewhere_post", control_words=ELSEWHERE, expected="above", margin=PREVENTION, margin_reason=BAR,
        margin_date=SINCE, published="+67 pt (0% to 67%): BERT, Emotions, 5% wrong labels", published_value=0.67, unit="pt",
        resolution=ITEM, note=AT_POINT, preconditions=(FITS_POST,), changes=(PAIRED, BAR_CHANGE, POINT)),
    Claim(
        id="post-stopped", kind="question", statement="An intact Post-LN model stopped at equal fit recovers as many genuine labels",
        source="Control of this room: early stopping as the rival of stripping", effect="recovered_point_post",
        effect_words="recovered if stripped, paper's point", control="recovered_stopped_post",
        control_words="intact, stopped where it fits right labels as little", expected="within", margin=EQUAL, margin_reason=EQUAL_REASON,
        margin_date=NOW, unit="%", resolution=ITEM, note=CHECKPOINT, preconditions=(FITS_POST,)),
    Claim(
        id="post-learns", kind="paper", statement="Stripping a Post-LN model leaves its test accuracy as it is",
        source=f"{PAPER}, result tables", effect="learning_change_point_post", effect_words="test accuracy, stripped minus intact",
        control_words="the intact model at the paper's point, subtracted already", expected="within", margin=0.01,
        margin_reason="the size of the change that was published", margin_date=SINCE,
        published="+0.9 pt (90.35% to 91.25%): BERT, Emotions, 5% wrong labels", published_value=0.009, unit="pt", resolution=0.001,
        note=CHECKPOINT, preconditions=(FITS_POST, Precondition(
            metric="damage_post", at_least=0.01, words="stripping costs the pretrained model a point of accuracy before fine-tuning",
            remedy="take a pretrained model whose norms have moved farther")), changes=(PAIRED, POINT)),
    Claim(
        id="pre-loses", kind="paper", statement="A stripped Pre-LN model loses learning instead", source=f"{PAPER}, result tables",
        effect="learning_late_pre", effect_words="test accuracy, stripped minus intact", control="learning_late_elsewhere_pre",
        control_words=ELSEWHERE, expected="below", margin_date=SINCE,
        published="−7.8 pt (90.35% to 82.60%): GPT-Neo, Emotions, 5% wrong labels", published_value=-0.078, unit="pt", resolution=0.001,
        note=CHECKPOINT, changes=(PAIRED,)),
    Claim(
        id="pre-exacerbates", kind="paper", statement="Stripping a Pre-LN model exacerbates memorisation", source=f"{PAPER}, abstract",
        effect="memorised_drop_matched_pre", effect_words="memorised less, matched", control="memorised_drop_matched_elsewhere_pre",
        control_words=ELSEWHERE, expected="below", margin_date=NOW, unit="pt", resolution=ITEM,
        note=f"Read at equal fit of the right labels, since all is memorised in the end. {CHECKPOINT}", preconditions=(MEMORISED_PRE,)),
    Claim(
        id="pre-absorbed", kind="question",
        statement="Folded into the next layer first, the same values can be removed from Pre-LN at no cost", source=ABSORBED,
        effect="learning_late_folded_pre", effect_words="test accuracy, folded then stripped, minus intact",
        control_words="the intact model, subtracted already", expected="within", margin=0.01, margin_reason="as for Post-LN",
        margin_date=SINCE, published="no paper; no change by construction of the start", unit="pt", resolution=0.001,
        preconditions=(COSTS,), changes=(PAIRED,)),
    Claim(
        id="scratch", kind="question", statement="From random weights, stripping Pre-LN changes little", source=ABSORBED,
        effect="learning_late_scratch_pre", effect_words="test accuracy, stripped minus intact",
        control_words="the intact model, subtracted already", expected="within", margin=0.01, margin_reason="as for Post-LN",
        margin_date=SINCE, published="no paper; elementary", unit="pt", resolution=0.001, preconditions=(COSTS,), changes=(PAIRED,)),
    _early("post", "Post-LN", "later"), _early("pre", "Pre-LN", "later"), _early("post", "Post-LN", "middle"),
    _early("pre", "Pre-LN", "middle"),
    Claim(
        id="gradient", kind="paper", statement="Once labels are memorised, learning gradients are at least as large in every layer",
        source=f"{PAPER}, theorem 1", effect="gradient_ratio", effect_words="smallest ratio over layers",
        reference=1.0, control_words="equal gradients: 1, the theorem's bound", expected="above", margin_date=SINCE,
        published="at least 1 by theorem; figures only", changes=(PAIRED,)),
    Claim(
        id="gradient-turns", kind="question", statement="Before labels are memorised it is the other way round in every layer",
        source="Control of this room: a ratio that was above 1 all along would say nothing about memorising",
        effect="gradient_ratio_before", effect_words="largest ratio over layers", reference=1.0, control_words="equal gradients: 1",
        expected="below", margin_date=SINCE),
    Claim(
        id="elr", kind="paper", statement="Early-learning regularisation prevents what stripping is said to prevent", source=ELR,
        effect="memorised_drop_elr_post", effect_words="memorised less, ELR", control_words="plain training, subtracted already",
        expected="above", margin=PREVENTION, margin_reason=BAR, margin_date=SINCE, unit="pt", resolution=ITEM, preconditions=(KEPT,),
        changes=(PAIRED, BAR_CHANGE)),
    Claim(
        id="elr-matched", kind="question", statement="It does so also when it has fitted the right labels equally well",
        source="Matched-accuracy control of this room: early prevention and late prevention told apart",
        effect="memorised_drop_matched_elr_post", effect_words="memorised less, ELR, matched",
        control_words="plain training, subtracted already", expected="above", margin=PREVENTION, margin_reason=BAR, margin_date=SINCE,
        published="no paper; ours", unit="pt", resolution=ITEM, preconditions=(KEPT,), changes=(PAIRED, BAR_CHANGE)),
)
