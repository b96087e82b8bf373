"""The headline numbers of one seed, read off its tables; NaN where a method was left out."""

import numpy as np
import pandas as pd

from core.calibration.study.config import CalibrationConfig

NAN = float("nan")


def mean_of(scores: pd.DataFrame, column: str, method: str, level: int, repair: str = "none") -> float:
    """Return the mean of a score over the corruptions of a level."""
    rows = scores[(scores["method"] == method) & (scores["level"] == level) & (scores["repair"] == repair)]
    return float(rows[column].mean()) if len(rows) else NAN


def numbers(config: CalibrationConfig, scores: pd.DataFrame, again: pd.DataFrame, costs: pd.DataFrame) -> dict[str, float]:
    """Return every headline number by name."""
    near, far = config.level_numbers[0], config.level_numbers[-1]

    def at(column: str, method: str, level: int = far, repair: str = "none") -> float:
        return mean_of(scores, column, method, level, repair)

    times = costs.set_index("method")["times"]
    back = again.set_index("method")["ece"]
    plain = ("source", "bn", "tent", "eta", "infomax", "t3a", "dec", "fixed")
    return {
        **{f"ece_{name}": at("ece", name) for name in plain},
        "ece_clean": at("ece", "source", 0), "ece_bn_home": at("ece", "bn", repair="home"),
        "ece_bn_stream": at("ece", "bn", repair="stream"),
        "ece_bn_sample": at("ece", "bn", repair="sample"), "ece_tent_oracle": at("ece", "tent", repair="oracle"),
        **{f"over_{name}": at("overconfidence", name) for name in ("tent", "bn", "source", "dec")},
        "rise_far": at("ece", "tent") - at("ece", "bn"),
        "rise_near": at("ece", "tent", near) - at("ece", "bn", near) if near < far else NAN,
        "accuracy_clean": at("accuracy", "source", 0),
        **{f"accuracy_{name}": at("accuracy", name) for name in ("source", "bn", "tent", "eta", "dec")},
        "accuracy_bn_home": at("accuracy", "bn", repair="home"),
        "adapting_pays": at("accuracy", "bn") - at("accuracy", "source"),
        "entropy_fall": at("entropy", "bn") - at("entropy", "tent"),
        "norm_clean": at("norm", "source", 0), "norm_near": at("norm", "source", near), "norm_far": at("norm", "source"),
        "coverage_clean": at("coverage", "bn", 0), "coverage_bn": at("coverage", "bn"), "coverage_tent": at("coverage", "tent"),
        "cost_tent": float(times.get("tent", NAN)), "cost_dec": float(times.get("dec", NAN)),
        "again_tent": float(back.get("tent", NAN) - back.get("source", np.nan))}


def course_numbers(course: pd.DataFrame) -> dict[str, float]:
    """Return when certainty distillation passes the calibrated point of the long stream, and where it ends."""
    rows = course[course["method"] == "dec"].sort_values("passes")
    if rows.empty:
        return {"crossing_dec": NAN, "over_dec_end": NAN}
    gap, passes = (rows["confidence"] - rows["accuracy"]).to_numpy(), rows["passes"].to_numpy()
    return {"crossing_dec": first_crossing(passes, gap), "over_dec_end": float(gap[-1])}


def first_crossing(at: np.ndarray, gap: np.ndarray) -> float:
    """Return where ``gap`` first comes down to zero, on a straight line between its points; the first point where it begins there."""
    below = np.flatnonzero(gap <= 0.0)
    if not len(below):
        return NAN
    place = int(below[0])
    if place == 0:
        return float(at[0])
    before, after = gap[place - 1], gap[place]
    return float(at[place - 1] + (at[place] - at[place - 1]) * before / (before - after))
