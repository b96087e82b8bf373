"""Indices beside what stored retrainings say of each."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.retraining.calculator import guide
from core.retraining.calculator.config import NONE, IndexConfig
from core.retraining.calculator.result import IndexResult
from core.retraining.preindex import reconstructed
from core.retraining.shifts.columns import COLUMNS

NAN = float("nan")
STORED = ["seed", "model", "kind", "level", "shift", *guide.COUNTED, "images"]


@dataclass(frozen=True, eq=False)
class Measured:
    """Indices by the names of their columns, RESQUE of two old samples, the angles of classes, clean accuracy, time of one pass."""

    indices: dict[str, float]
    clean: float
    angles: pd.DataFrame
    clean_accuracy: float
    pass_seconds: float


def result(config: IndexConfig, measured: Measured) -> IndexResult:
    """Return the numbers and tables of one seed; what stored curves would tell is empty where none are here."""
    run = guide.stored_run()
    is_alike = not config.is_features and config.weights == NONE and config.model == "cnn"
    cases = None if run is None else guide.stored_cases(run, config.margin, config.which if is_alike else None)
    values = dict(measured.indices)
    middle = values["p_spread"] if cases is None else float(cases["p_spread"].mean())
    values["preindex"] = reconstructed(values["p_jensen_shannon"], values["lost_own"], values["p_spread"], middle)
    rows = []
    for column in COLUMNS:
        value = values.get(column.name, NAN)
        told = {"place": NAN, "images": NAN, "low": NAN, "high": NAN, "coverage": NAN}
        if cases is not None and np.isfinite(value):
            found = guide.predict(cases, column.name, value)
            told = {"place": found.place, "images": found.images, "low": found.low, "high": found.high, "coverage": found.coverage}
        rows.append({"index": column.name, "title": column.title, "needs_labels": float(column.needs_labels), "value": value, **told})
    table = pd.DataFrame(rows)
    cap = float(run.request.config.cap) if run is not None else NAN
    by_resque = table.set_index("index").loc["resque_features" if config.is_features else "resque"]
    pace = NAN if run is None else _pace(run, config.which)
    images = min(by_resque["images"], cap) if np.isfinite(cap) else NAN
    return IndexResult(
        resque=values["resque"], resque_clean=measured.clean, images=images, images_low=min(by_resque["low"], cap),
        images_high=min(by_resque["high"], cap), coverage=by_resque["coverage"], raw_error=values.get("raw_error", NAN),
        clean_accuracy=measured.clean_accuracy, index_milliseconds=1000 * values["index_seconds"],
        pass_milliseconds=1000 * measured.pass_seconds, retraining_seconds=images * pace,
        indices=table.assign(**{name: table[name].clip(upper=cap) for name in ("images", "low", "high")}), angles=measured.angles,
        stored=pd.DataFrame(columns=STORED) if cases is None else cases[STORED].assign(
            images=cases["images"].where(np.isfinite(cases["images"]))))


def _pace(run, which: str) -> float:
    """Return the stored CPU seconds an image of retraining."""
    curves = run.table("curves")
    last = curves[(curves["model"] == which) & (curves["images"] == curves["images"].max())]
    return float((last["cpu_seconds"] / last["images"]).mean())
