"""What is claimed of certainty under shift, as effects with a control each. Imports no torch."""

from core.lab.claims import Claim, Precondition

_PAPER = "Amin and Kim, Over-Certainty Phenomenon in Modern Test-Time Adaptation Algorithms, TMLR 2025, arXiv 2404.16168"
_HOUSE = "Asked by the house"
_SINCE = "2026-11-29"
_SEEN = "half of the smallest difference that five pilot seeds below 100 showed"
_FINE = 1 / 2048  # images of a stream
LEARNED = Precondition(metric="accuracy_clean", at_least=0.75, words="the network is right on three of four clean images",
                       remedy="train longer or on more images")
ADAPTS = Precondition(metric="adapting_pays", at_least=0.05, words="batch statistics win five points of accuracy over the source",
                      remedy="take a shift that changes the images' statistics")
MOVED = Precondition(metric="entropy_fall", at_least=0.05, words="the stream is long enough for TENT to lower its entropy by a twentieth "
                     "of a bit", remedy="take a longer stream, smaller batches or a higher adaptation rate")

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="over-certain", kind="paper", statement="Entropy minimisation makes the network over-certain", source=f"{_PAPER}, abstract",
        effect="ece_tent", effect_words="ECE, TENT", control="ece_bn", control_words="batch statistics, nothing trained", expected="above",
        margin=0.025, margin_reason=_SEEN, margin_date=_SINCE, unit="%", published="ECE 0.23 without and 0.33 with T3A (one summary)",
        preconditions=(LEARNED, MOVED), note="The paper's figures are of larger networks and of T3A; its table for TENT was not found"),
    Claim(
        id="grows", kind="paper", statement="The harm grows with the shift", source=f"{_PAPER}, abstract",
        effect="rise_far", effect_words="ECE added, last level", control="rise_near", control_words="the same at the first level",
        expected="above", margin=0.0, margin_date=_SINCE, unit="pt", preconditions=(LEARNED, MOVED)),
    Claim(
        id="restores", kind="paper", statement="Certainty distillation restores calibration", source=f"{_PAPER}, abstract",
        effect="ece_dec", effect_words="ECE, distillation", control="ece_tent", control_words="TENT", expected="below", margin=0.04,
        margin_reason=_SEEN, margin_date=_SINCE, unit="%", published="ECE 0.018 to 0.080, from 0.439 (one summary)",
        preconditions=(LEARNED, MOVED)),
    Claim(
        id="accuracy", kind="paper", statement="It augments accuracy", source=f"{_PAPER}, abstract",
        effect="accuracy_dec", effect_words="accuracy, distillation", control="accuracy_bn",
        control_words="batch statistics, nothing trained", expected="above", margin=0.0, margin_date=_SINCE, unit="%",
        published="0.49 against 0.41 without any adaptation (Tiny-ImageNet-C, tier 1)", preconditions=(LEARNED, ADAPTS, MOVED),
        note="The paper compares with no adaptation at all; batch statistics alone explain most of that gain here"),
    Claim(
        id="accuracy-source", kind="paper", statement="It augments accuracy over the network as it was trained",
        source=f"{_PAPER}, appendix", effect="accuracy_dec", effect_words="accuracy, distillation", control="accuracy_source",
        control_words="source", expected="above", margin=0.08, margin_reason="what the paper reports at tier 1", margin_date=_SINCE,
        unit="%", published="0.49 against 0.41 (Tiny-ImageNet-C, tier 1), 0.29 against 0.19 at tier 5", published_value=0.08,
        preconditions=(LEARNED,)),
    Claim(
        id="per-sample", kind="paper", statement="A temperature for each image does better than one for all",
        source=f"{_PAPER}, the certainty rule", effect="ece_dec", effect_words="ECE, a temperature each", control="ece_fixed",
        control_words="the same training with their mean", expected="below", margin=0.01,
        margin_reason="less than half of what finitely many images alone show", margin_date=_SINCE, unit="%",
        preconditions=(LEARNED, MOVED)),
    Claim(
        id="norm", kind="paper", statement="The logit norm shrinks with the shift", source=f"{_PAPER}, the certainty rule",
        effect="norm_far", effect_words="logit norm, last level", control="norm_clean", control_words="at home", expected="below",
        margin=0.0, margin_date=_SINCE, preconditions=(LEARNED,), note="From level to level it need not fall: the figure shows each"),
    Claim(
        id="t3a", kind="paper", statement="T3A is worse calibrated than what it starts from", source=f"{_PAPER}, one summary",
        effect="ece_t3a", effect_words="ECE, T3A", control="ece_bn", control_words="batch statistics, nothing trained", expected="above",
        margin=0.0, margin_date=_SINCE, unit="%", published="0.302 without, 0.439 with T3A", published_value=0.137,
        preconditions=(LEARNED,)),
    Claim(
        id="temperature", kind="question", statement="Distillation calibrates better than one temperature fitted at home", source=_HOUSE,
        effect="ece_dec", effect_words="ECE, distillation", control="ece_bn_home", control_words="batch statistics, home temperature",
        expected="below", margin=0.0, margin_date=_SINCE, unit="%", preconditions=(LEARNED,)),
    Claim(
        id="stream", kind="question", statement="It calibrates better than one label-free temperature for the stream", source=_HOUSE,
        effect="ece_dec", effect_words="ECE, distillation", control="ece_bn_stream",
        control_words="batch statistics, stream temperature", expected="below", margin=0.0, margin_date=_SINCE, unit="%",
        preconditions=(LEARNED,)),
    Claim(
        id="under-certain", kind="question", statement="Kept up, distillation passes the calibrated point and ends under-certain",
        source=_HOUSE, effect="over_dec_end", effect_words="too sure, last stretch of six passes", control_words="as sure as right",
        expected="below", margin=0.0, margin_date=_SINCE, unit="pt", preconditions=(LEARNED,),
        note="Asked after the curves of a first run had been seen"),
    Claim(
        id="edge", kind="question", statement="It costs at most half a forward pass more than TENT",
        source="Asked by the house: the method is offered for resource-limited settings", effect="cost_dec",
        effect_words="time, distillation", control="cost_tent", control_words="time, TENT", expected="below", margin=-0.5,
        margin_reason="half a forward pass", margin_date=_SINCE,
        note="Seconds a batch as multiples of a plain forward pass, measured in the run"),
    Claim(
        id="conformal", kind="question", statement="Sets that hold the truth nine times in ten at home fail it away", source=_HOUSE,
        effect="coverage_bn", effect_words="coverage, last level", control="coverage_clean", control_words="at home", expected="below",
        margin=0.1, margin_reason="twice the errors promised", margin_date=_SINCE, unit="%", preconditions=(LEARNED,)),
    Claim(
        id="decisions", kind="self-check", statement="A temperature changes no decision", source="Guo et al. 2017, section 4",
        effect="accuracy_bn_home", effect_words="accuracy after", control="accuracy_bn", control_words="accuracy before",
        expected="within", margin=0.001, margin_reason="two images of a stream", margin_date=_SINCE, unit="%", resolution=_FINE),
)
