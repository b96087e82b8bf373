"""A finished run as a file for people without the lab: one HTML page that works offline, CSV or parquet tables."""

import io
import os
import re
import zipfile
from pathlib import Path

import pandas as pd

from core.lab.errors import InputError
from core.lab.experiment import load_object, metrics_of
from core.lab.report import export_html
from core.lab.runs import Run

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")


def export_tables(run: Run, *, whole: bool = False) -> bytes:
    """Return all tables over all seeds as CSV files in one zip archive; ``whole`` also gives what exports usually leave out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metrics.csv", as_csv(metrics_table(run)))
        for name in run.tables():
            table = run.table(name) if whole else run.public_table(name)
            archive.writestr(f"{name}.csv", as_csv(table))
    return buffer.getvalue()


def as_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV in which no text can be taken for a formula: spreadsheets run cells that begin with = + - or @.

    Such a text gets an apostrophe in front, which spreadsheets do not show; numbers written as text stay as they are.
    """
    def harmless(cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")  # a lone return would begin a row, and is not quoted
        if cell[:1] not in FORMULA_STARTS or re.fullmatch(r"[-+]?[\d.]+([eE][-+]?\d+)?", cell):
            return cell
        return f"'{cell}"

    made = table.rename(columns=harmless)
    for name in made.select_dtypes(exclude=["number", "bool"]):
        made[name] = made[name].map(harmless)
    return made.to_csv(index=False)


def metrics_table(run: Run) -> pd.DataFrame:
    """Return the headline numbers as a table: metric, value, low, high, n, unit."""
    units = {name: metric.unit for name, metric in metrics_of(run.request.experiment.result).items()}
    return pd.DataFrame([{"metric": name, "value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n,
                          "unit": units[name]} for name, estimate in run.estimates().items()])


def write(run: Run, to: str, *, table: str | None = None, whole: bool = False, interactive: bool = False) -> Path:
    """Write a run to ``to``, replacing a file of that name; return the path.

    Args:
        run: A finished run.
        to: Where; the ending decides the form: .html, .csv or .parquet, and for an experiment with reports of its own those.
        table: Which table a .csv or .parquet holds; the headline numbers by default.
        whole: Whether the table also holds what exports usually leave out, such as a model's answers to harmful requests.
        interactive: Whether the figures of a report answer to the mouse, which makes it some 5 MB instead of under 1.

    Raises:
        InputError: If the ending or the table is unknown, or the file cannot be written.
    """
    own = load_object(run.request.experiment.reports) if run.request.experiment.reports else {}
    path = Path(os.path.expanduser(to))  # an unknown user's ~ stays as it is, and is then refused as a folder that is not there
    endings = tuple(dict.fromkeys((".html", *own, ".csv", ".parquet")))
    if path.suffix not in endings:
        raise InputError(f"an export must end in {', '.join(endings[:-1])} or {endings[-1]}, got {to!r}.")
    if table is not None and table not in run.tables():
        raise InputError(f"a table of {run.request.experiment.name} must be one of {', '.join(run.tables())}, got {table!r}.")
    if path.suffix not in (".csv", ".parquet") and table is not None:
        raise InputError(f"a table goes into a .csv or .parquet file, got {path.suffix}: leave --table out.")
    frame = metrics_table(run) if table is None else run.table(table) if whole else run.public_table(table)
    try:
        if path.suffix in own:
            path.write_bytes(own[path.suffix](run))
        elif path.suffix == ".html":
            path.write_bytes(export_html(run, interactive=interactive))
        elif path.suffix == ".csv":
            path.write_text(as_csv(frame), encoding="utf-8")
        else:
            frame.to_parquet(path, index=False)
    except OSError as error:
        raise InputError(f"an export needs a file that can be written, got {to!r} ({error.strerror}).") from None
    return path
