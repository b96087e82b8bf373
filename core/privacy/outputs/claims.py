"""What is asked of outputs that somebody brings. Imports no torch."""

from core.lab.claims import Claim, Precondition

_HOUSE, _SINCE = "Asked by the house", "2026-11-29"
_ONE = "Over disjoint parts of one file: it speaks of this model alone"
_REFERENCES = Precondition(
    metric="n_references", at_least=1.0, words="the file tells of reference models",
    remedy="add reference_logits and reference_members of models that were trained by the same recipe on other rows")

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="leaks", kind="question", statement="Its answers tell members from others", source=_HOUSE, effect="auc",
        effect_words="AUC of the attack", control="auc_shuffled", control_words="shuffled membership", expected="above",
        margin=0.01, margin_reason="less than what two trainings differ by", margin_date=_SINCE, note=_ONE),
    Claim(
        id="more-than-gap", kind="question", statement="It gives away more than that it is better on what it was trained on", source=_HOUSE,
        effect="auc", effect_words="AUC of the attack", control="auc_gap", control_words="correct or not", expected="above", margin=0.0,
        margin_date=_SINCE, note=_ONE),
    Claim(
        id="calibration", kind="paper", statement="Calibrating to each row beats one loss threshold",
        source="Carlini et al. 2022, Membership Inference Attacks From First Principles, section V", effect="auc",
        effect_words="AUC, LiRA", control="auc_loss", control_words="one loss threshold", expected="above", margin=0.0,
        margin_date=_SINCE, published="+0.09 (0.686 against 0.592): CIFAR-10, 16 models, the authors' code", published_value=0.09,
        note=_ONE, preconditions=(_REFERENCES,)),
    Claim(
        id="few-alarms", kind="question", statement="At one false alarm in a hundred it finds more members than guessing does",
        source=_HOUSE, effect="tpr_at_1_percent", effect_words="members found", reference=0.01, control_words="guessing",
        expected="above", margin=0.0, margin_date=_SINCE, unit="%", note=_ONE),
    Claim(
        id="unequal", kind="question", statement="Some group is exposed by a twentieth of AUC more than another", source=_HOUSE,
        effect="auc_worst", effect_words="AUC, worst group", control="auc_best", control_words="AUC, best group", expected="above",
        margin=0.05, margin_reason="a largest minus a smallest is never below zero, so that a bar must be high", margin_date=_SINCE,
        note="Worst and best are chosen within each part; without groups there is no verdict"),
    Claim(
        id="leak-free", kind="self-check", statement="Shuffled membership leaves nothing to find", source="Leak check of this audit",
        effect="auc_shuffled", effect_words="AUC, shuffled", reference=0.5, control_words="guessing", expected="within", margin=0.03,
        margin_reason="parts of some hundred rows vary by hundredths", margin_date=_SINCE, published="no paper; 0.50 by construction"),
    Claim(
        id="design", kind="self-check", statement="How many references hold a row does not tell members", source="Leak check of the file",
        effect="auc_count", effect_words="AUC of counts", reference=0.5, control_words="guessing", expected="within", margin=0.03,
        margin_reason="as for shuffled membership", margin_date=_SINCE, published="no paper; 0.50 where coins were independent",
        note="Where it fails, LiRA takes equally many references for each row", preconditions=(_REFERENCES,)),
)
