"""A finished scorecard as a reader meets it: every row with its lens, its limit, its verdict, its band. Imports no torch."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.runs import Run
from core.scorecard.bands import Band, bands
from core.scorecard.card.config import ALONE
from core.scorecard.limits import PROFILES, parse
from core.scorecard.row import Lens
from core.scorecard.subjects import family_of, title_of
from core.scorecard.table import LENSES, TRADE_OFFS

MARKS = {"within": "Within", "beyond": "Beyond", "not decided": "Not decided", "no limit": "No limit set", "not measured": "Not measured"}


@dataclass(frozen=True)
class Line:
    """One row of a card.

    Attributes:
        lens: Its question.
        row: What was found, by the names of ``card.result.ROWS``.
        slices: What stands behind it, with the columns of ``card.result.SLICES``.
        bands: The house's models of known quality.
        pair: Second subject minus first, where two stand side by side; None otherwise.
        beside: The second subject's row; None where there is none.
    """

    lens: Lens
    row: dict[str, Any]
    slices: pd.DataFrame
    bands: tuple[Band, ...]
    pair: dict[str, Any] | None = None
    beside: dict[str, Any] | None = None

    @property
    def is_measured(self) -> bool:
        """Whether there is a number."""
        return not math.isnan(self.row["value"])

    @property
    def estimate(self) -> Estimate:
        """The number with its interval and how many samples it stands on."""
        return estimate_of(self.row)

    @property
    def value(self) -> str:
        """The number in words; empty where there is none."""
        return shown(self.row["value"], self.lens) if self.is_measured else ""

    @property
    def interval(self) -> str:
        """Its interval in words; empty where there is none."""
        if not self.is_measured or math.isnan(self.row["low"]):
            return ""
        return f"{shown(self.row['low'], self.lens)} to {shown(self.row['high'], self.lens)}"

    @property
    def verdict(self) -> str:
        """What the interval says of the limit."""
        return self.row["verdict"]

    @property
    def band_words(self) -> str:
        """The bands in one line."""
        return "; ".join(f"{one.kind} {shown(one.low, self.lens)} to {shown(one.high, self.lens)}" for one in self.bands)


def estimate_of(row: dict[str, Any]) -> Estimate:
    """Return a row's number with its interval."""
    low, high = (None if math.isnan(row[end]) else float(row[end]) for end in ("low", "high"))
    return Estimate(float(row["value"]), low, high, int(row["n"]))


def shown(value: float, lens: Lens, *, signed: bool = False) -> str:
    """Return a number of a lens in words; counts without decimals."""
    return f"{value:,.0f}" if lens.unit == "" and not math.isnan(value) else words.number(value, lens.unit, signed=signed)


def card(run: Run, place: int = 0) -> list[Line]:
    """Return the rows of one seed of a finished run, in the order of the table.

    Questions to another family of subjects are left out, unless a limit was set for them.
    """
    result, config = run.results[place], run.request.config
    family, limited = family_of(config.subject), parse(config.limits)
    rows = {(int(row["subject"]), row["row"]): row for row in result.rows.to_dict("records")}
    pairs = {row["row"]: row for row in result.pairs.to_dict("records")}
    slices = result.slices[result.slices["subject"] == 0]
    return [Line(lens, rows[0, lens.id], slices[slices["row"] == lens.id], bands(lens.id), pairs.get(lens.id), rows.get((1, lens.id)))
            for lens in LENSES if (0, lens.id) in rows and (lens.family == family or lens.id in limited)]


def others(run: Run) -> str:
    """Return what is asked of other subjects alone, in one sentence."""
    family = family_of(run.request.config.subject)
    n = sum(lens.family != family for lens in LENSES)
    whom = "language models: choose one, such as language:smollm2" if family == "classifier" else (
        "what sorts things into classes: choose one, such as house:plain")
    return f"{n} further questions are for {whom}."


def counted(lines: list[Line]) -> dict[str, int]:
    """Return how many rows have each verdict."""
    return {verdict: sum(line.verdict == verdict for line in lines) for verdict in MARKS}


def answer(run: Run, place: int = 0) -> str:
    """Return what a card comes to, in one sentence; no score."""
    lines = card(run, place)
    own = [line for line in lines if line.lens.family == family_of(run.request.config.subject)]
    n, there = counted(lines), sum(line.is_measured for line in own)
    unseen = sum(bool(line.row["limit_words"]) and not line.is_measured for line in lines)
    asked = n["within"] + n["beyond"] + n["not decided"] + unseen
    seen = f"{there} of {len(own)} questions are answered for this subject"
    if not asked:
        return f"No limit was set: {seen}, and each number stands beside models of known quality."
    first = "Beyond" if n["beyond"] else "Not decided" if n["not decided"] or unseen else "Within"
    parts = [f"{count} {words}" for count, words in (
        (n["within"], "kept"), (n["beyond"], "exceeded"), (n["not decided"], "not decided by the interval"),
        (unseen, "not measured for this subject")) if count]
    return f"{first}: of {asked} limits {', '.join(parts)}; {seen}."


def subject_title(run: Run) -> str:
    """Return what was put under the lenses."""
    config = run.request.config
    return title_of(config.subject) + (f", and beside it {title_of(config.beside)}" if config.beside != ALONE else "")


def limits_told(run: Run) -> tuple[str, str]:
    """Return which limits were set, and when, in words."""
    config = run.request.config
    if config.limits == "none":
        return "none", ""
    names = [PROFILES[part].title if part in PROFILES else part for part in config.limits.split("+")]
    dates = {PROFILES[part].date for part in config.limits.split("+") if part in PROFILES}
    has_own = any(part not in PROFILES for part in config.limits.split("+"))
    own = f"{config.limits_date or run.manifests[0]['created'][:10]}, the reader's own"
    when = [f"{date}, profile" for date in sorted(dates)] + ([own] if has_own else [])
    return ", ".join(names), " and ".join(when)


def chance_words(run: Run) -> str:
    """Return how many limits chance alone would make look broken were all kept just so; empty without limits."""
    n = len(parse(run.request.config.limits))
    return f"With {n} limits, chance alone would put {0.025 * n:.1f} rows beyond one that is just kept." if n else ""


def trade_offs(lines: list[Line]) -> list[tuple[str, str, str]]:
    """Return which measured rows are known to pull against each other: (both labels, sentence, experiment)."""
    there = {line.lens.id: line.lens.label for line in lines if line.is_measured}
    return [(f"{there[one]} and {there[other].lower()}", sentence, experiment)
            for one, other, sentence, experiment in TRADE_OFFS if one in there and other in there]


def judged(run: Run) -> dict[str, Any]:
    """Return what the limits of a run came to, as JSON values; a row of any seed that is beyond is beyond."""
    told, when = limits_told(run)
    cards = {seed: card(run, place) for place, seed in enumerate(run.request.seeds)}
    rows = [{"seed": seed, "row": line.lens.id, "verdict": line.verdict, "value": None if not line.is_measured else line.row["value"],
             "interval": line.interval, "limit": line.row["limit_words"], "counts": line.row["counts"], "needs": line.row["needs"]}
            for seed, lines in cards.items() for line in lines]
    by = {name.replace(" ", "_"): sorted({row["row"] for row in rows if row["verdict"] == name})
          for name in ("within", "beyond", "not decided")}
    by["not_measured"] = sorted({row["row"] for row in rows if row["verdict"] == "not measured" and row["limit"]})
    lines = [f"{MARKS[line.verdict]:14} {line.lens.label:26} " + (f"{line.value} ({line.interval}), {line.row['counts']}"
             + (f"; limit {line.row['limit_words']}" if line.row["limit_words"] else "") if line.is_measured else
             f"{line.row['needs']}: {line.row['remedy']}") for line in next(iter(cards.values()))]
    return {"asked": told, "set_on": when, **by, "rows": rows, "lines": lines}
