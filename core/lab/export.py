"""A finished run as a file for people without the lab: one HTML page that works offline, CSV or parquet tables."""

import html
import io
import os
import re
import zipfile
from pathlib import Path

import pandas as pd
import plotly.io

from core.lab import words
from core.lab.claims import KINDS, Verdict, holm, rule, tally
from core.lab.config import fields_of
from core.lab.errors import InputError
from core.lab.experiment import load_object, metrics_of
from core.lab.figure import LIGHT
from core.lab.runs import Run
from core.lab.seeds import format_seeds

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; color: #0F1814; background: #FCFDFC;
  max-width: 60rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1, h2, h3 { font-family: "Source Serif 4", Georgia, serif; line-height: 1.25; }
h1 { font-size: 2.25rem; margin: .2em 0; } h2 { font-size: 1.375rem; font-weight: 500; margin-top: 1.6em; }
h3 { font-size: 1.05rem; margin-bottom: .2em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #CFDAD4; vertical-align: top; }
th { background: #EFF4F1; font-weight: 600; }
figure { margin: 1.5rem 0; } figcaption, .quiet { color: #4A5752; font-size: .9rem; }
.badge { border-radius: .4rem; padding: .1rem .5rem; font-weight: 600; font-size: .9rem; }
.holds { background: #E4ECFB; color: #1D4FA8; } .contradicted { background: #FBE3D5; color: #9A3412; }
.inconclusive { background: #E8EDEA; color: #4A5752; }
@media print { figure, tr { break-inside: avoid; } }
"""


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th scope='col'>{html.escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def export_html(run: Run) -> bytes:
    """Return the run as one self-contained page: data and scripts inside, nothing fetched."""
    experiment, request = run.request.experiment, run.request
    texts = load_object(experiment.texts)
    numbers = [(metric.label, words.estimate(run.estimate(name), metric.unit), metric.help)
               for name, metric in metrics_of(experiment.result).items()]
    settings = [(field.knob.label, f"{field.word(str(value)) if isinstance(value, str) else value} {field.knob.unit}".strip())
                for field in fields_of(experiment.config) if field.name not in request.config.idle()
                for value in [getattr(request.config, field.name)]]
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>{html.escape(experiment.question)}</title><style>{STYLE}</style></head><body>",
        f"<p class='quiet'>Glasshouse · {html.escape(experiment.title)} · preset {html.escape(request.preset)}</p>",
        f"<h1>{html.escape(experiment.question)}</h1><h2>{html.escape(texts.answer(run))}</h2>",
        "<h2>Numbers</h2>", _table(("What", "Value (95% interval), seeds", "Meaning"), numbers),
        "<h2>Figures</h2>", *_figures(run),
        "<h2>What was claimed, and what happened here</h2>", *_verdicts(run),
        "<h2>How it was made</h2>", f"<p>{html.escape(texts.idea)}</p>", "<h3>Assumptions</h3><ul>",
        *(f"<li>{html.escape(line)}</li>" for line in texts.assumptions), "</ul>",
        "<h3>Settings</h3>", _table(("Setting", "Value"), settings),
        f"<h3>Provenance</h3><p class='quiet'>{html.escape(provenance_line(run))}</p></body></html>"]
    return "\n".join(parts).encode()


def _figures(run: Run) -> list[str]:
    parts, scripts = [], True
    for figure in load_object(run.request.experiment.figures):
        drawn = figure.draw(run, LIGHT)
        if drawn is None:
            continue
        picture = plotly.io.to_html(drawn, full_html=False, include_plotlyjs=scripts, default_height="420px",
                                    config={"displaylogo": False})
        scripts = False
        parts.append(f"<figure aria-label='{html.escape(figure.alt(run), quote=True)}'><h3>{html.escape(figure.title)}</h3>{picture}"
                     f"<figcaption>{html.escape(figure.caption)}</figcaption></figure>")
    return parts


def _verdicts(run: Run) -> list[str]:
    said = tally(run.verdicts)
    return [*([f"<p class='quiet'>{html.escape(said)}</p>"] if said else []), *(_verdict(verdict) for verdict in run.verdicts)]


def _verdict(verdict: Verdict) -> str:
    claim, unit = verdict.claim, verdict.claim.unit
    against = words.estimate(verdict.control, unit) if claim.control else words.number(claim.reference, unit)
    rows = [("Here", f"{claim.effect_words}: {words.estimate(verdict.effect, unit)}"),
            ("Control", f"{claim.control_words}: {against}"),
            ("Difference", words.difference(verdict.difference, unit, ratio=claim.ratio)), ("Rule", rule(claim)),
            ("Published", claim.published), ("Source", claim.source), *((("Note", claim.note),) if claim.note else ()),
            ("Verdict", f"{verdict.reason}{holm(verdict)}"), *((f"Changed {date}", sentence) for date, sentence in claim.changes)]
    style = verdict.verdict if verdict.verdict in ("holds", "contradicted") else "inconclusive"
    return (f"<h3><span class='badge {style}'>{verdict.title}</span> <span class='badge inconclusive'>{KINDS[claim.kind]}</span> "
            f"{html.escape(claim.statement)}</h3>" + _table(("", ""), rows))


def provenance_line(run: Run) -> str:
    """Return where the numbers come from, in one line."""
    first, cost = run.manifests[0], run.cost()
    return " · ".join((
        f"run {run.request.run}", f"{run.manifests[-1]['created'][:10]}, {words.duration(cost['seconds'])}",
        f"{first['device']}, {first['threads']} threads",
        f"{words.energy(cost['energy_kwh'])}, {words.emissions(cost['co2_kg'])} (grid assumed: {first['grid']})",
        f"seeds {format_seeds(run.request.seeds)}", f"commit {first['commit']}"))


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


def write(run: Run, to: str, *, table: str | None = None, whole: bool = False) -> Path:
    """Write a run to ``to``, replacing a file of that name; return the path.

    Args:
        run: A finished run.
        to: Where; the ending decides the form: .html, .csv or .parquet, and for an experiment with reports of its own those.
        table: Which table a .csv or .parquet holds; the headline numbers by default.
        whole: Whether the table also holds what exports usually leave out, such as a model's answers to harmful requests.

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
            path.write_bytes(export_html(run))
        elif path.suffix == ".csv":
            path.write_text(as_csv(frame), encoding="utf-8")
        else:
            frame.to_parquet(path, index=False)
    except OSError as error:
        raise InputError(f"an export needs a file that can be written, got {to!r} ({error.strerror}).") from None
    return path
