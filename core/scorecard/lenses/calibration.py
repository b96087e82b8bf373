"""Whether a model is as sure as it is right: the room that judges outputs alone, on the subject's."""

import numpy as np

from core.calibration.model_outputs import FEWEST, Outputs
from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.experiment import judged
from core.calibration.outputs.result import HOME, SHIFTED, OutputsResult
from core.scorecard.material import Labelled, Material
from core.scorecard.row import Found, Missing, Slice

INTERVAL = "bootstrap, 95%"
WHOLE = OutputsConfig(parts=1)


def at_home(material: Material) -> Found | Missing:
    """Return the calibration error at home, on the half that nothing was fitted on."""
    if len(material.home.y) < FEWEST:
        return Missing("needs more rows", f"bring at least {FEWEST}")
    found = judged_once(material)
    classes = found.classes[found.classes["place"] == HOME]
    names = material.class_names
    slices = [Slice(f"said {names[int(row.cls)]}", row.confidence - row.accuracy, int(row.n), kind="confidence minus accuracy")
              for row in classes.rename(columns={"class": "cls"}).itertuples()]
    return _found(found, HOME, slices, "where nothing has drifted")


def shifted(material: Material) -> Found | Missing:
    """Return the calibration error on data that have drifted."""
    found = judged_once(material)
    rows = found.scores[(found.scores["place"] == SHIFTED) & (found.scores["repair"] == "none") & (found.scores["group"] != "all")]
    slices = [Slice(str(row.group), float(row.overconfidence), int(row.n), kind="confidence minus accuracy") for row in rows.itertuples()]
    return _found(found, SHIFTED, slices, "on data that have drifted")


def judged_once(material: Material) -> OutputsResult:
    """Return what the room says of the subject's outputs; data that have not drifted stand in where no others are there."""
    return material.once("judged", lambda: judged(WHOLE, outputs_of(material.home, material.shifted or material.home), 0))


def outputs_of(home: Labelled, shifted: Labelled) -> Outputs:
    """Return the subject's outputs as the room takes them."""
    return Outputs(home.logits, home.y, shifted.logits, shifted.y, shifted.group, shifted.group_names, "logits", "")


def _found(found: OutputsResult, place: str, slices: list[Slice], where: str) -> Found:
    row = found.scores[(found.scores["place"] == place) & (found.scores["group"] == "all") & (found.scores["repair"] == "none")].iloc[0]
    worst = max(slices, key=lambda one: abs(one.value), default=None)
    sure, right, over = row["accuracy"] + row["overconfidence"], row["accuracy"], row["overconfidence"]
    manner = "surer than it is right" if over > 0 else "less sure than it is right"
    sentence = (f"Its answers sound {100 * sure:.0f}% sure and are {100 * right:.0f}% right {where}: {manner} "
                f"by {100 * abs(over):.1f} points on average.")
    note = f"A perfect predictor would show {100 * row['floor']:.1f}% with as many rows: the error is never zero."
    told = "" if worst is None else f"{worst.name}: {'too sure' if worst.value > 0 else 'too unsure'} by {100 * abs(worst.value):.1f} pt"
    repaired = found.scores[(found.scores["place"] == place) & (found.scores["group"] == "all")]
    extra = [Slice(f"error after repair: {row.repair}", float(row.ece), int(row.n), kind="calibration error")
             for row in repaired.itertuples() if row.repair in ("home", "stream") and np.isfinite(row.ece)]
    value, low, high = (float(row[name]) for name in ("ece", "ece_low", "ece_high"))
    return Found(value, min(low, value), max(high, value), int(row["n"]), f"{int(row['n']):,} rows, {round(right * row['n']):,} right",
                 sentence, INTERVAL, told, (*slices, *extra), note)
