"""What is asked of outputs that somebody brings. Imports no torch."""

from core.lab.claims import Claim

_HOUSE, _SINCE = "Asked by the house", "2026-11-29"
_ONE = "Over disjoint parts of one file: it speaks of this classifier and this shift alone"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="too-sure", kind="question", statement="Away from home it is surer than right", source=_HOUSE, effect="over_shifted",
        effect_words="too sure, shifted", control="over_home", control_words="too sure at home", expected="above", margin=0.0,
        margin_date=_SINCE, unit="pt", note=_ONE),
    Claim(
        id="home", kind="question", statement="One temperature fitted at home calibrates it away", source=_HOUSE,
        effect="ece_home_temperature", effect_words="ECE, home temperature", control="ece_shifted", control_words="ECE as it comes",
        expected="below", margin=0.0, margin_date=_SINCE, unit="%", note=_ONE),
    Claim(
        id="stream", kind="question", statement="A label-free temperature of the shifted data does better than the one from home",
        source=_HOUSE, effect="ece_stream", effect_words="ECE, stream temperature", control="ece_home_temperature",
        control_words="ECE, home temperature", expected="below", margin=0.0, margin_date=_SINCE, unit="%", note=_ONE),
    Claim(
        id="sample", kind="paper", statement="A temperature for each row does better than one for all",
        source="Amin and Kim, arXiv 2404.16168, the certainty rule", effect="ece_sample", effect_words="ECE, a temperature each",
        control="ece_stream", control_words="ECE, stream temperature", expected="below", margin=0.01,
        margin_reason="less than half of what finitely many rows alone show", margin_date=_SINCE, unit="%", note=_ONE),
    Claim(
        id="sets", kind="question", statement="Sets that hold the truth nine times in ten at home fail it away", source=_HOUSE,
        effect="coverage_shifted", effect_words="coverage, shifted", control="coverage_home", control_words="coverage at home",
        expected="below", margin=0.05, margin_reason="half as many errors again as promised", margin_date=_SINCE, unit="%", note=_ONE),
    Claim(
        id="unequal", kind="question", statement="Some group is over-trusted by ten points more than another", source=_HOUSE,
        effect="over_worst", effect_words="too sure, worst group", control="over_best", control_words="too sure, best group",
        expected="above", margin=0.1, margin_reason="a largest minus a smallest is never below zero, so that a bar must be high",
        margin_date=_SINCE, unit="pt", note="Worst and best are chosen within each part; without groups there is no verdict"),
    Claim(
        id="decisions", kind="self-check", statement="A temperature changes no decision", source="Guo et al. 2017, section 4",
        effect="accuracy_repaired", effect_words="accuracy after", control="accuracy_shifted", control_words="accuracy before",
        expected="within", margin=0.001, margin_reason="one row in a thousand", margin_date=_SINCE, unit="%", resolution=1e-4),
)
