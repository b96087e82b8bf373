"""The published claims about LayerNorm and memorising, each with the control that a sceptic would ask for. Imports no torch."""

from core.lab.claims import Claim

PAPER = "Singhal and Kim 2025, Impact of Layer Norm on Memorization and Generalization in Transformers, arXiv 2511.10566"
ELR = "Liu et al. 2020, Early-Learning Regularization Prevents Memorization of Noisy Labels, arXiv 2007.00151, abstract"
ELSEWHERE = "equally many biases displaced elsewhere"
ABSORBED = "Absorption: W(wn + b) + c = (W diag(w))n + (Wb + c)"

PREVENTION = 0.1  # fewer points are no prevention: one bar for stripping and for the rival that is known to work
BAR_NOTE = "The bar of 10 points was set after the first seeds had been seen"

CLAIMS = (
    Claim(
        id="post-prevents", statement="Without its LayerNorm values, a Post-LN model stops memorising wrong labels",
        source=f"{PAPER}, abstract and result tables", effect="memorised_drop_post", effect_words="memorised less", expected="above",
        reference=0.0, margin=PREVENTION, control="memorised_drop_elsewhere_post", control_words=ELSEWHERE, control_reference=0.0,
        control_margin=0.1, published="+73 pt (100% to 27%): BERT, Emotions, 5% wrong labels; DistilBERT only delays", unit="pt",
        note=BAR_NOTE),
    Claim(
        id="post-matched", statement="It memorises less also when it has fitted the right labels equally well",
        source="Matched-accuracy control of this room: delay and prevention told apart", effect="memorised_drop_matched_post",
        effect_words="memorised less, matched", expected="above", reference=0.0, margin=PREVENTION,
        control="memorised_drop_matched_elsewhere_post", control_words=ELSEWHERE, control_reference=0.0, control_margin=0.15, unit="pt",
        note=BAR_NOTE),
    Claim(
        id="post-recovers", statement="A stripped Post-LN model recovers the genuine labels",
        source=f"{PAPER}, result tables", effect="recovered_gain_post", effect_words="recovered more", expected="above",
        reference=0.0, margin=PREVENTION, control="recovered_gain_elsewhere_post", control_words=ELSEWHERE, control_reference=0.0,
        control_margin=0.1, published="+67 pt (0% to 67%): BERT, Emotions, 5% wrong labels", unit="pt", note=BAR_NOTE),
    Claim(
        id="post-learns", statement="Stripping a Post-LN model leaves its test accuracy as it is",
        source=f"{PAPER}, result tables", effect="learning_late_post", effect_words="test accuracy, stripped minus intact",
        expected="within", reference=0.0, margin=0.01, control="damage_post", control_words="lost before fine-tuning",
        control_reference=0.25, control_margin=0.24, published="+0.9 pt (90.35% to 91.25%): BERT, Emotions, 5% wrong labels", unit="pt"),
    Claim(
        id="pre-loses", statement="A stripped Pre-LN model loses learning instead",
        source=f"{PAPER}, result tables", effect="learning_late_pre", effect_words="test accuracy, stripped minus intact",
        expected="below", reference=0.0, control="learning_late_elsewhere_pre", control_words=ELSEWHERE, control_reference=0.0,
        control_margin=0.01, published="−7.8 pt (90.35% to 82.60%): GPT-Neo, Emotions, 5% wrong labels", unit="pt"),
    Claim(
        id="pre-absorbed", statement="Folded into the next layer first, the same values can be removed from Pre-LN at no cost",
        source=ABSORBED, effect="learning_late_folded_pre", effect_words="test accuracy, folded then stripped", expected="within",
        reference=0.0, margin=0.01, control="learning_late_pre", control_words="stripped without folding", control_reference=-0.5,
        control_margin=0.495, published="no paper; no change by construction of the start", unit="pt"),
    Claim(
        id="scratch", statement="From random weights, stripping Pre-LN changes little", source=ABSORBED, effect="learning_late_scratch_pre",
        effect_words="test accuracy, stripped minus intact", expected="within", reference=0.0, margin=0.01, control="learning_late_pre",
        control_words="the same from pretrained weights", control_reference=-0.5, control_margin=0.495,
        published="no paper; elementary", unit="pt"),
    Claim(
        id="early", statement="Early layers matter more than later ones", source=f"{PAPER}, early, middle and later layers; theorem 3",
        effect="early_over_later", effect_words="step-zero damage, early minus later", expected="above", reference=0.0,
        control="early_over_later_elsewhere", control_words="biases of the same layers displaced as far", control_reference=0.0,
        control_margin=0.02, published="figures only; no number available", unit="pt"),
    Claim(
        id="early-middle", statement="Early layers matter more than middle ones",
        source=f"{PAPER}, early, middle and later layers; theorem 3", effect="early_over_middle",
        effect_words="step-zero damage, early minus middle", expected="above", reference=0.0, control="early_over_middle_elsewhere",
        control_words="biases of the same layers displaced as far", control_reference=0.0, control_margin=0.02,
        published="figures only; no number available", unit="pt"),
    Claim(
        id="gradient", statement="Once labels are memorised, learning gradients are at least as large in every layer",
        source=f"{PAPER}, theorem 1", effect="gradient_ratio", effect_words="smallest ratio over layers", expected="above", reference=1.0,
        control="gradient_ratio_before", control_words="largest ratio before memorising: reversed", control_reference=0.5,
        control_margin=0.5, published="at least 1 by theorem; figures only"),
    Claim(
        id="elr", statement="Early-learning regularisation prevents what stripping is said to prevent", source=ELR,
        effect="memorised_drop_elr_post", effect_words="memorised less, ELR", expected="above", reference=0.0, margin=PREVENTION,
        control="learning_change_elr_post", control_words="test accuracy kept", control_reference=0.0, control_margin=0.05,
        unit="pt", note=BAR_NOTE),
    Claim(
        id="elr-matched", statement="It does so also when it has fitted the right labels equally well",
        source="Matched-accuracy control of this room: early prevention and late prevention told apart",
        effect="memorised_drop_matched_elr_post", effect_words="memorised less, ELR, matched", expected="above", reference=0.0,
        margin=PREVENTION, control="learning_change_elr_post", control_words="test accuracy kept", control_reference=0.0,
        control_margin=0.05, published="no paper; ours", unit="pt", note=BAR_NOTE),
)
