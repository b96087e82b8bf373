"""What the papers on these defences claim, as effects of the map with a control each. Imports no torch."""

from core.lab.claims import Claim

_SRCM = "SRCM, Representation Magnitude has a Liability to Privacy Vulnerability, arXiv 2407.16164"
_CRL = "CRL, Center-Based Relaxed Learning Against Membership Inference Attacks, arXiv 2404.17674"
_REWINDING = "Learnability and Privacy Vulnerability are Entangled in a Few Critical Weights, arXiv 2603.13186"
_PPTP = "Decoupling Generalizability and Membership Privacy Risks in Neural Networks, arXiv 2602.02296"
LEAST_PUBLISHED = 0.8
"""Between 0.81 and 0.94 are published for weight layers. Size alone must stay below: both scores are gradient times weight."""

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="gap", statement="Across defences, leakage follows the gap between training and test",
        source="Trustworthy AI: Safety, Bias, and Privacy, a survey, arXiv 2502.10450",
        effect="gap_correlation", effect_words="rank correlation over points", expected="above", reference=0.0, margin=0.3,
        control="gap_correlation_shuffled", control_words="shuffled membership", control_reference=0.0, control_margin=0.5),
    Claim(
        id="s1", statement="Members have longer representations", source=f"{_SRCM}, abstract",
        effect="norm_auc", effect_words="AUC of length", expected="above", reference=0.5,
        control="norm_auc_shuffled", control_words="shuffled membership", control_reference=0.5, control_margin=0.01),
    Claim(
        id="s2", statement="A thin ring hides the length of representations", source=f"{_SRCM}, abstract; true by construction",
        effect="thin_ring_norm_auc", effect_words="AUC of length, ring of thickness 1", expected="within", reference=0.5,
        margin=0.02, control="norm_auc", control_words="plain models, whose length must tell something to begin with",
        control_reference=0.6, control_margin=0.08),
    Claim(
        id="s3", statement="SRCM lowers what an attacker finds", source=f"{_SRCM}, abstract; the module is reconstructed",
        effect="srcm_drop", effect_words="AUC removed", expected="above", reference=0.0,
        control="no_ring_drop", control_words="the module without its ring", control_reference=0.0, control_margin=0.02),
    Claim(
        id="c1", statement="A higher loss level lowers leakage", source=f"{_CRL}, abstract",
        effect="crl_fall", effect_words="AUC fall, loss threshold", expected="above", reference=0.0,
        control="crl_fall_shuffled", control_words="shuffled membership", control_reference=0.0, control_margin=0.01),
    Claim(
        id="c2", statement="CRL closes the gap in length between members and others", source=f"{_CRL}, abstract",
        effect="crl_norm_fall", effect_words="length gap closed", expected="above", reference=0.0,
        control="crl_norm_fall_shuffled", control_words="shuffled membership", control_reference=0.0, control_margin=0.1),
    Claim(
        id="c3", statement="CRL keeps more accuracy than RelaxLoss at equal leakage", source=f"{_CRL}, abstract",
        effect="crl_advantage", effect_words="accuracy at equal AUC", expected="above", reference=0.0, unit="pt",
        control="relaxloss_itself", control_words="two halves of RelaxLoss's targets", control_reference=0.0, control_margin=0.02),
    Claim(
        id="w1", statement="The convolution weights that leak are those that learn",
        source=f"{_REWINDING}, as quoted by third parties", effect="entanglement_conv", effect_words="Pearson correlation",
        expected="above", reference=LEAST_PUBLISHED, control="magnitude_conv",
        control_words="vulnerability against the weight's size alone, which both share", control_reference=0.0,
        control_margin=LEAST_PUBLISHED, published="0.94 (ResNet-18); linear layers 0.81"),
    Claim(
        id="w2", statement="Rewinding critical weights keeps accuracy that zeroing them destroys",
        source=f"{_REWINDING}, as quoted by third parties", effect="rewind_over_zero", effect_words="accuracy, rewound minus zeroed",
        expected="above", reference=0.0, unit="pt", control="tuning_cost",
        control_words="accuracy lost by the same fine-tuning without rewinding", control_reference=0.0, control_margin=0.05,
        published="zeroing 0.1 to 5% is not recoverable"),
    Claim(
        id="w3", statement="Rewinding with a relaxing loss lowers leakage", source=f"{_REWINDING}, as quoted by third parties",
        effect="rewinding_drop", effect_words="AUC removed", expected="above", reference=0.0,
        control="tuning_drop", control_words="the same fine-tuning without rewinding", control_reference=0.0, control_margin=0.01,
        published="LiRA AUC 0.850 to 0.683; RelaxLoss alone 0.705 (ResNet-18, CIFAR-10)"),
    Claim(
        id="p1", statement="Regions differ in how much leakage they hold", source=f"{_PPTP}, abstract; our reading",
        effect="region_spread", effect_words="spread of AUC removed", expected="above", reference=0.0, margin=0.01,
        control="random_spread", control_words="random weights, as many", control_reference=0.0, control_margin=0.01),
    Claim(
        id="p2", statement="Protecting one region beats protecting the whole network", source=f"{_PPTP}, abstract; our reading",
        effect="region_advantage", effect_words="AUC removed less accuracy lost, best region against all", expected="above",
        reference=0.0, control="random_advantage", control_words="random weights, as many", control_reference=0.0,
        control_margin=0.01),
)
