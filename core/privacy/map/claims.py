"""What the papers on these defences claim, as effects of the map with a control each. Imports no torch."""

from core.lab.claims import PAIRED, Claim, Precondition, after_looking

_SRCM = "SRCM, Representation Magnitude has a Liability to Privacy Vulnerability, arXiv 2407.16164"
_CRL = "CRL, Center-Based Relaxed Learning Against Membership Inference Attacks, arXiv 2404.17674"
_REWINDING = "Learnability and Privacy Vulnerability are Entangled in a Few Critical Weights, arXiv 2603.13186"
_PPTP = "Decoupling Generalizability and Membership Privacy Risks in Neural Networks, arXiv 2602.02296"
_SINCE, _NOW = "2026-11-20", "2026-11-29"
_SUBTRACTED = ("2026-11-29", "The rival is subtracted; until then a rival that moved made the verdict inconclusive")

CLAIMS: tuple[Claim, ...] = after_looking(
    Claim(
        id="gap", kind="paper", statement="Across defences, leakage follows the gap between training and test",
        source="Yeom et al. 2018, Privacy Risk in Machine Learning, section III; carried from epochs to defences",
        effect="gap_correlation", effect_words="rank correlation over points", control="gap_correlation_shuffled",
        control_words="shuffled membership", expected="above", margin=0.3,
        margin_reason="a weaker rank correlation is of no use to predict leakage", margin_date=_SINCE,
        changes=(PAIRED, ("2026-11-29", "The source is Yeom et al.; a survey was named before"))),
    Claim(
        id="s1", kind="paper", statement="Members have longer representations", source=f"{_SRCM}, abstract",
        effect="norm_auc", effect_words="AUC of length", control="norm_auc_shuffled", control_words="shuffled membership",
        expected="above", margin_date=_SINCE, changes=(PAIRED,)),
    Claim(
        id="s2", kind="paper", statement="A thin ring hides the length of representations",
        source=f"{_SRCM}, abstract; true by construction", effect="thin_ring_norm_auc", effect_words="AUC of length, ring of thickness 1",
        control="thin_ring_norm_auc_shuffled", control_words="shuffled membership", expected="within", margin=0.02,
        margin_reason="an attacker gains next to nothing from it", margin_date=_SINCE,
        preconditions=(Precondition(
            metric="norm_auc", at_least=0.52, words="the length tells something about membership without the ring",
            remedy="train longer, or a network whose lengths differ more"),), changes=(PAIRED,)),
    Claim(
        id="s3", kind="paper", statement="SRCM lowers what an attacker finds", source=f"{_SRCM}, abstract; the module is reconstructed",
        effect="srcm_drop", effect_words="AUC removed", control="no_ring_drop", control_words="the module without its ring",
        expected="above", margin_date=_SINCE, changes=(PAIRED,)),
    Claim(
        id="s-cost", kind="paper", statement="SRCM keeps generalisability", source=f"{_SRCM}, abstract",
        effect="srcm_accuracy", effect_words="test accuracy under SRCM", control="accuracy_plain", control_words="plain models",
        expected="above", margin=-0.02, margin_reason="the two points that the map tolerates", margin_date="2026-11-29", unit="%"),
    Claim(
        id="s-follows", kind="paper", statement="The more the length tells, the more the network leaks", source=f"{_SRCM}, abstract",
        effect="norm_correlation", effect_words="rank correlation over points", reference=0.0, control_words="no relation: 0",
        expected="above", margin=0.3, margin_reason="a weaker rank correlation is of no use to predict leakage", margin_date=_NOW,
        note="The points are defended versions of one network, so their number is not that of independent networks"),
    Claim(
        id="s-follows-gap", kind="question", statement="The length follows leakage better than the gap in loss does",
        source="Question of this room: the gap is the older predictor", effect="norm_correlation",
        effect_words="rank correlation, length", control="gap_correlation_same", control_words="rank correlation, gap in loss",
        expected="above", margin_date=_NOW),
    Claim(
        id="c1", kind="paper", statement="A higher loss level lowers leakage", source=f"{_CRL}, abstract",
        effect="crl_fall", effect_words="AUC fall, loss threshold", control="crl_fall_shuffled", control_words="shuffled membership",
        expected="above", margin_date=_SINCE, changes=(PAIRED,)),
    Claim(
        id="c2", kind="paper", statement="CRL closes the gap in length between members and others", source=f"{_CRL}, abstract",
        effect="crl_norm_fall", effect_words="length gap closed", control="crl_norm_fall_shuffled", control_words="shuffled membership",
        expected="above", margin_date=_SINCE, changes=(PAIRED,)),
    Claim(
        id="c3", kind="question", statement="CRL and RelaxLoss keep comparable accuracy at equal leakage",
        source="Question of this room: the CRL paper says comparable and names no rival",
        effect="crl_advantage", effect_words="accuracy at equal AUC, CRL minus RelaxLoss", control="relaxloss_itself",
        control_words="two halves of RelaxLoss's targets", expected="within", margin=0.02,
        margin_reason="the two points that the map tolerates", margin_date="2026-11-29", unit="pt",
        changes=(
            PAIRED, ("2026-11-29", "Comparable within two points; it said that CRL keeps more, and the abstract does not"))),
    Claim(
        id="c-cost", kind="paper", statement="CRL lowers leakage with no loss of accuracy", source=f"{_CRL}, abstract",
        effect="crl_accuracy", effect_words="test accuracy, CRL at its middle level", control="accuracy_plain",
        control_words="plain models", expected="above", margin=-0.005, margin_reason="no loss, up to half a point",
        margin_date="2026-11-29", unit="%"),
    Claim(
        id="w1", kind="paper", statement="The convolution weights that leak are those that learn",
        source=f"{_REWINDING}, as quoted by third parties", effect="entanglement_conv", effect_words="Pearson correlation",
        control="magnitude_conv", control_words="vulnerability against the weight's size alone, which both scores share",
        expected="above", margin_date=_SINCE, published="0.94 (ResNet-18); linear layers 0.81; size alone not reported", changes=(
            PAIRED, ("2026-11-20", "The bar of 0.8 and the bound on size were set after the first seeds had been seen"), _SUBTRACTED)),
    Claim(
        id="w2", kind="paper", statement="Rewinding critical weights keeps accuracy that zeroing them destroys",
        source=f"{_REWINDING}, as quoted by third parties", effect="rewind_over_zero", effect_words="accuracy, rewound minus zeroed",
        control_words="the same weights zeroed, subtracted already", expected="above", unit="pt", margin_date=_SINCE,
        published="zeroing 0.1 to 5% is not recoverable", changes=(PAIRED,)),
    Claim(
        id="w3", kind="paper", statement="Rewinding with a relaxing loss lowers leakage",
        source=f"{_REWINDING}, as quoted by third parties", effect="rewinding_drop", effect_words="AUC removed", control="tuning_drop",
        control_words="the same fine-tuning without rewinding", expected="above", margin_date=_SINCE,
        published="LiRA AUC 0.850 to 0.683; RelaxLoss alone 0.705 (ResNet-18, CIFAR-10)", published_value=0.022,
        changes=(PAIRED, _SUBTRACTED)),
    Claim(
        id="w-small", kind="paper", statement="Rewinding one weight in a hundred lowers leakage",
        source=f"{_REWINDING}, abstract: vulnerability sits in a very small fraction of the weights", effect="auc_loss_rewound_few",
        effect_words="loss AUC, 1% rewound", control="auc_loss_tuned", control_words="the same fine-tuning without rewinding",
        expected="below", margin_date=_NOW,
        note="On three targets; how much more a larger share removes is drawn beside it"),
    Claim(
        id="w-cost", kind="paper", statement="Rewinding keeps utility", source=f"{_REWINDING}, abstract", effect="rewinding_accuracy",
        effect_words="test accuracy, rewound and tuned", control="accuracy_plain", control_words="plain models", expected="above",
        margin=-0.02, margin_reason="the two points that the map tolerates", margin_date=_NOW, unit="%"),
    Claim(
        id="p1", kind="paper", statement="Regions differ in how much leakage they hold", source=f"{_PPTP}, abstract; our reading",
        effect="region_spread", effect_words="spread of AUC removed", control="random_spread", control_words="random weights, as many",
        expected="above", margin=0.01, margin_reason="smaller than what separates two trainings", margin_date=_SINCE,
        note="The sets hold 176 to 73,856 weights, so size differs between regions as much as place does", changes=(PAIRED, _SUBTRACTED)),
    Claim(
        id="p2", kind="paper", statement="Protecting one region beats protecting the whole network",
        source=f"{_PPTP}, abstract; our reading", effect="region_advantage",
        effect_words="AUC removed less accuracy lost, best region against all", control="random_advantage",
        control_words="random weights, as many", expected="above", margin_date=_SINCE, changes=(PAIRED, _SUBTRACTED)),
)
