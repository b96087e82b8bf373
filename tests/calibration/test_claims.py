"""A stream too short to adapt to is no evidence against the paper; one that is long enough is judged."""

from core.calibration.study.claims import CLAIMS
from core.lab.claims import decide

OVER = next(claim for claim in CLAIMS if claim.id == "over-certain")


def values(fall: float, rise: float) -> dict[str, list[float]]:
    return {"ece_tent": [0.13 + rise + 0.001 * seed for seed in range(5)], "ece_bn": [0.13 - 0.0005 * seed for seed in range(5)],
            "accuracy_clean": [0.89] * 5, "entropy_fall": [fall] * 5}


def test_a_short_stream_tests_nothing():
    assert decide(OVER, values(fall=0.01, rise=0.0)).verdict == "not testable here"


def test_a_long_stream_decides_either_way():
    assert decide(OVER, values(fall=0.3, rise=0.06)).verdict == "holds"
    assert decide(OVER, values(fall=0.3, rise=-0.01)).verdict == "contradicted"
