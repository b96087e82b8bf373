"""What was published about membership attacks, each statement with its control. Imports no torch."""

from core.lab.claims import PAIRED, Claim, Precondition, after_looking

SINCE = "2026-11-20"
FINDS = Precondition(
    metric="auc", at_least=0.55, words="the attack finds something where membership is true",
    remedy="train longer or on fewer images, so that there is something to find")
CLAIMS = after_looking(
    Claim(
        id="calibration", kind="paper", statement="Calibrating to each image beats one loss threshold",
        source="Carlini et al. 2022, Membership Inference Attacks From First Principles, section V",
        effect="auc", effect_words="AUC, LiRA online", control="auc_loss", control_words="one loss threshold, same models",
        expected="above", margin_date=SINCE, published="+0.09 (0.686 against 0.592): CIFAR-10, 16 models, the authors' code",
        published_value=0.09, changes=(PAIRED,)),
    Claim(
        id="gap", kind="paper", statement="Leakage rises with the gap between training and test",
        source="Yeom et al. 2018, Privacy Risk in Machine Learning, section III",
        effect="gap_correlation", effect_words="rank correlation over epochs", control="gap_correlation_shuffled",
        control_words="shuffled membership", expected="above", margin=0.3,
        margin_reason="a weaker rank correlation is of no use to predict leakage", margin_date=SINCE, changes=(PAIRED,),
        note="Within one training both rise with the epoch, so a high correlation is easily had"),
    Claim(
        id="magnitude", kind="paper", statement="Members have longer representations",
        source="SRCM, Representation Magnitude has a Liability to Privacy Vulnerability, arXiv 2407.16164, abstract",
        effect="feature_norm_auc", effect_words="AUC of magnitude", control="feature_norm_auc_shuffled",
        control_words="shuffled membership", expected="above", margin_date=SINCE, changes=(PAIRED,)),
    Claim(
        id="leak-free", kind="self-check", statement="Shuffled membership leaves nothing to find", source="Leak check of this audit",
        effect="auc_shuffled", effect_words="AUC, shuffled", reference=0.5, control_words="guessing", expected="within", margin=0.01,
        margin_reason="a tenth of the smallest effect that is reported", margin_date=SINCE, published="no paper; 0.50 by construction",
        preconditions=(FINDS,), changes=(PAIRED,)),
    Claim(
        id="clean", kind="self-check", statement="A model that never saw the images gives nothing away",
        source="Leak check of this audit's half-and-half design", effect="auc_clean", effect_words="AUC, clean target", reference=0.5,
        control_words="guessing", expected="within", margin=0.05, margin_reason="one target alone: its AUC varies by some hundredths",
        margin_date=SINCE, published="no paper; 0.50 by construction", preconditions=(FINDS,), changes=(PAIRED,)),
)
