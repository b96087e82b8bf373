"""How numbers read, on every page, in every export and on the command line."""

import math

from core.lab.estimate import Estimate

MINUS = "−"


def number(value: float | None, unit: str = "", *, signed: bool = False) -> str:
    """Return a headline number as words: two decimals, ``2.1%``, ``−1.2 pt``, ``54 s``.

    Args:
        value: The number; fractions for the units "%" and "pt". None and NaN read "not resolvable".
        unit: "", "%", "pt" or "s", as a ``Metric`` declares it.
        signed: Whether a plus is written before positive numbers.
    """
    if value is None or math.isnan(value):
        return "not resolvable"
    plus = "+" if signed else ""
    text = {"": f"{value:{plus}.2f}", "%": f"{100 * value:{plus}.1f}%", "pt": f"{100 * value:{plus}.1f} pt",
            "s": f"{value:{plus}.0f} s"}[unit]
    if text.strip("-+0.% pts") == "":
        text = text.replace("-", "").replace("+", "")
    return text.replace("-", MINUS)


def interval(estimate: Estimate, unit: str = "", *, signed: bool = False) -> str:
    """Return ``0.71 to 0.77`` or ``1.4 to 3.0%``, the unit said once; or why there is none."""
    if estimate.low is None or estimate.high is None:
        return "no interval" if not math.isnan(estimate.value) else "not resolvable"
    low, high = number(estimate.low, unit, signed=signed), number(estimate.high, unit, signed=signed)
    shared = {"%": "%", "pt": " pt", "s": " s"}.get(unit, "")
    return f"{low.removesuffix(shared)} to {high}"


def seeds(n: int) -> str:
    """Return ``one seed`` or ``5 seeds``."""
    return "one seed" if n == 1 else f"{n} seeds"


def undecided(found: str, n: int) -> str:
    """Return the answer of a run whose seeds are too few for an interval: what was found, and why that decides nothing."""
    return f"Not decided: {found}, but {seeds(n)} {'gives' if n == 1 else 'give'} no interval."


def estimate(value: Estimate, unit: str = "", *, signed: bool = False) -> str:
    """Return ``0.74 (0.71 to 0.77), 5 seeds``: an estimate never stands alone."""
    if math.isnan(value.value):
        return f"not resolvable, {seeds(value.n)}"
    if value.low is None:
        return f"{number(value.value, unit, signed=signed)}, {seeds(value.n)}, no interval"
    return f"{number(value.value, unit, signed=signed)} ({interval(value, unit, signed=signed)}), {seeds(value.n)}"


def counted(share: float, of: int) -> str:
    """Return a share as a count out of ``of``, which is what a lay person can repeat: ``7 of 100`` says more than 7.0%.

    Raises:
        ValueError: If the share is not resolvable.
    """
    if math.isnan(share):
        raise ValueError("a share must be a number to be counted.")
    count = share * of
    return "fewer than 1" if 0 < count < 0.5 else f"{round(count):,}"


def shortened(text: str, most: int = 159) -> str:
    """Return a description that a screen reader may read out: whole, or cut after a clause and never within a word."""
    if len(text) <= most:
        return text
    ends = [text.rfind(mark, 0, most) for mark in (". ", "; ", ", ")]
    at = max(ends)
    if at >= most // 2:
        return text[:at].rstrip(" ;,.") + "."
    return text[:text.rfind(" ", 0, most - 1)].rstrip(" ;,.") + "…"


def duration(seconds: float) -> str:
    """Return a time as words: ``38 s``, ``11 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h" + (f" {whole % 3600 // 60} min" if whole % 3600 // 60 else "")


def energy(kwh: float | None) -> str:
    """Return energy with two significant digits: ``0.38 Wh``, ``1.2 kWh``; "not measured" for None and NaN."""
    if kwh is None or math.isnan(kwh):
        return "not measured"
    return f"{kwh:.2g} kWh" if kwh >= 1 else f"{two_digits(1000 * kwh)} Wh"


def emissions(kg: float | None) -> str:
    """Return CO2e with two significant digits in grams or kilograms; "not measured" for None and NaN."""
    if kg is None or math.isnan(kg):
        return "not measured"
    return f"{kg:.2g} kg CO₂e" if kg >= 1 else f"{two_digits(1000 * kg)} g CO₂e"


def two_digits(value: float) -> str:
    """Return a number with two significant digits and without an exponent."""
    if value == 0 or not math.isfinite(value):
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{round(value, digits):.{digits}f}" if value < 100 else f"{value:.0f}"


def margin(value: float, expected: str, unit: str = "", *, ratio: bool = False) -> str:
    """Return the rule of a claim as words: ``at least +10.0 pt``, ``within ±2.0 pt``, ``any fall``, ``at most times 1.25``."""
    unit = "pt" if unit == "%" else unit  # a difference of shares is told in points
    if expected == "within":
        shown = number(value, unit) if value >= 0.01 or unit == "pt" else f"{value:g}"
        return f"within times {math.exp(value):.2f}" if ratio else f"within ±{shown}"
    if value == 0:
        return "any rise" if expected == "above" else "any fall"
    edge = value if expected == "above" else -value
    least = "at least" if expected == "above" else "at most"
    return f"{least} {f'times {math.exp(edge):.2f}' if ratio else number(edge, unit, signed=True)}"


def difference(value: Estimate, unit: str = "", *, ratio: bool = False) -> str:
    """Return a paired difference with its interval and seeds, or a ratio where the difference is one of logarithms."""
    if not ratio or math.isnan(value.value):
        return estimate(value, "pt" if unit == "%" else unit, signed=True)
    return f"times {estimate(exponential(value))}"


def exponential(value: Estimate) -> Estimate:
    """Return an estimate of logarithms as one of ratios."""
    low, high = (None if end is None else math.exp(min(end, 700.0)) for end in (value.low, value.high))
    return Estimate(math.exp(value.value), low, high, value.n)
