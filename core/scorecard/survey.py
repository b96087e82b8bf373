"""The map of what the line of research says: each claim under safety, bias, privacy or cost, with its verdict and the way to its run."""

from types import MappingProxyType
from typing import Any

import pandas as pd

from core.lab.statements import NO_RUN

THEMES = MappingProxyType({
    "Privacy": ("privacy", "layernorm"), "Bias": ("spurious", "compression"), "Safety": ("safety", "backdoor"),
    "Cost": ("retraining", "calibration", "distillation")})
COLUMNS = ("theme", "concern", "claim", "paper", "verdict", "found", "against", "seeds", "experiment", "run", "word")


def theme_of(experiment: str) -> str:
    """Return under which word of the survey an experiment stands."""
    concern = experiment.partition("_")[0]
    return next((theme for theme, concerns in THEMES.items() if concern in concerns), "Cost")


def survey(records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the papers' claims as a table, each once, by the run that its room shows first; see ``core.lab.statements.statements``.

    Columns: theme, concern, claim, paper, verdict (as its badge says it), found (effect minus control, with interval and seeds), against
    (what was subtracted), seeds, experiment, run (its id, empty where none ships), word (the verdict).
    """
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for one in records:
        if one["kind"] == "paper":
            first.setdefault((one["experiment"], one["id"]), one)
    rows = [{"theme": theme_of(one["experiment"]), "concern": one["experiment"].partition("_")[0], "claim": one["statement"],
             "paper": one["source"], "verdict": one.get("badge", NO_RUN.capitalize()), "found": one.get("shown_difference", ""),
             "against": one["control_words"], "seeds": len(one.get("seeds", ())), "experiment": one["experiment"], "run": one["run"] or "",
             "word": one["verdict"] or NO_RUN} for one in first.values()]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {theme: place for place, theme in enumerate(THEMES)}
    return table.sort_values(["theme"], key=lambda column: column.map(order), kind="stable", ignore_index=True)
