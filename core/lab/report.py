"""A finished run as one page for people without the lab: a summary that stands alone, then the evidence. It works without a network."""

import html

import plotly.io
from plotly.offline import get_plotlyjs

from core.lab import words
from core.lab.claims import KINDS, Verdict, holm, rule, tally
from core.lab.config import fields_of
from core.lab.experiment import load_object, metrics_of
from core.lab.figure import LIGHT, Figure, words_of
from core.lab.glossary import spelled_out
from core.lab.report_style import STYLE
from core.lab.runs import Run
from core.lab.seeds import format_seeds
from core.lab.standing import standing, worst_first
from core.lab.svg import picture
from core.lab.texts import said_plainly

MOST_SUMMED = 12
NO_STILL = "This figure is drawn in the app and in the interactive report alone."


def export_html(run: Run, *, interactive: bool = False) -> bytes:
    """Return the run as one self-contained page, nothing fetched: figures as still pictures, or answering to the mouse.

    An experiment with a report of its own gives that one.
    """
    experiment = run.request.experiment
    if experiment.reports and not interactive:
        return load_object(experiment.reports)[".html"](run)
    figures = load_object(experiment.figures)
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>{html.escape(experiment.question)}</title><style>{STYLE}</style></head><body>",
        *_summary(run, figures[0]),
        "<section><h2>Numbers</h2>", _table(("What", "Value (95% interval), seeds", "Meaning"), _numbers(run)), "</section>",
        "<section><h2>Figures</h2><div class='figures'>", *_figures(run, figures, interactive), "</div></section>",
        "<section><h2>What was claimed, and what happened here</h2>", *_verdicts(run), "</section>",
        "<section><h2>How it was made</h2>", *_made(run), "</section></body></html>"]
    return "\n".join(parts).encode()


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f"<th scope='col'>{html.escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _summary(run: Run, lead: Figure) -> list[str]:
    """Return the first page: the finding in words to repeat, how sure, the leading figure, the claims, and what was not tested."""
    experiment, request, texts = run.request.experiment, run.request, load_object(run.request.experiment.texts)
    papers = [verdict for verdict in worst_first(run.verdicts) if verdict.claim.kind == "paper"]
    rows = [(verdict.title, verdict.claim.statement, words.difference(verdict.difference, verdict.claim.unit, ratio=verdict.claim.ratio))
            for verdict in papers[:MOST_SUMMED]]
    more = f"<p class='quiet'>{len(papers) - MOST_SUMMED} more stand below.</p>" if len(papers) > MOST_SUMMED else ""
    return [
        f"<header class='first'><p class='quiet'>Glasshouse · {html.escape(experiment.title)} · preset {html.escape(request.preset)} · "
        f"run {request.run[:8]} · {run.manifests[-1]['created'][:10]}</p>",
        f"<h1>{html.escape(experiment.question)}</h1><p class='finding'>{html.escape(said_plainly(texts, run))}</p>",
        f"<p><b>Take care.</b> {html.escape(texts.caution(run))}</p>" if texts.caution is not None and texts.caution(run) else "",
        f"<p><b>How sure.</b> {html.escape(texts.answer(run))}</p>",
        f"<p><b>What it speaks about.</b> {html.escape(_subject(run))}; {words.seeds(len(request.seeds))}.</p>",
        _figure(run, lead, interactive=False, place="first"),
        f"<p><b>Published claims.</b> {html.escape(standing(run.verdicts))}</p>",
        _table(("Verdict", "Claim", "Effect minus control"), rows) if rows else "", more,
        "<p><b>Not tested here.</b></p><ul>" + "".join(f"<li>{html.escape(line)}</li>" for line in texts.untested) + "</ul>"
        if texts.untested else "", "</header>"]


def _subject(run: Run) -> str:
    config = run.request.config
    return ", ".join(f"{field.knob.label.lower()} {_value(field, config)}" for field in fields_of(type(config))
                     if field.knob.main and field.name not in config.idle())


def _value(field: object, config: object) -> str:
    value = getattr(config, field.name)
    return f"{field.word(str(value)) if isinstance(value, str) else value} {field.knob.unit}".strip()


def _numbers(run: Run) -> list[tuple[str, str, str]]:
    return [(metric.label, words.estimate(run.estimate(name), metric.unit), metric.help)
            for name, metric in metrics_of(run.request.experiment.result).items()]


def _figures(run: Run, figures: tuple[Figure, ...], interactive: bool) -> list[str]:
    made = [_figure(run, figure, interactive=interactive) for figure in figures]
    if interactive:  # the script that all of them share stands once
        script = f"<script>{get_plotlyjs()}</script>"
        return [script, *made]
    return made


def _figure(run: Run, figure: Figure, *, interactive: bool, place: str = "below") -> str:
    drawn = figure.draw(run, LIGHT)
    if drawn is None:
        return ""
    alt = figure.alt(run)
    if interactive:
        still = plotly.io.to_html(drawn, full_html=False, include_plotlyjs=False, default_height="420px", config={"displaylogo": False})
    else:
        still = picture.draw(drawn, alt, name=f"{place}-{figure.id}") or f"<p class='quiet'>{NO_STILL} {html.escape(alt)}</p>"
    said = f"{figure.caption} {spelled_out(figure.title, figure.caption, *words_of(drawn))}".strip()
    return (f"<figure aria-label='{html.escape(alt, quote=True)}'><h3>{html.escape(figure.title)}</h3>{still}"
            f"<figcaption>{html.escape(said)}</figcaption></figure>")


def _verdicts(run: Run) -> list[str]:
    said = tally(run.verdicts)
    return [*([f"<p class='quiet'>{html.escape(said)}</p>"] if said else []), *map(_verdict, worst_first(run.verdicts))]


def _verdict(verdict: Verdict) -> str:
    claim, unit = verdict.claim, verdict.claim.unit
    against = words.estimate(verdict.control, unit) if claim.control else words.number(claim.reference, unit)
    rows = [("Here", f"{claim.effect_words}: {words.estimate(verdict.effect, unit)}"),
            ("Control", f"{claim.control_words}: {against}"),
            ("Difference", words.difference(verdict.difference, unit, ratio=claim.ratio)), ("Rule", rule(claim)),
            ("Published", claim.published), ("Source", claim.source), *((("Note", claim.note),) if claim.note else ()),
            ("Verdict", f"{verdict.reason}{holm(verdict)}"), *((f"Changed {date}", sentence) for date, sentence in claim.changes)]
    style = verdict.verdict if verdict.verdict in ("holds", "contradicted") else "inconclusive"
    return (f"<article><h3><span class='badge {style}'>{verdict.title}</span> <span class='badge inconclusive'>{KINDS[claim.kind]}</span> "
            f"{html.escape(claim.statement)}</h3>" + _table(("", ""), rows) + "</article>")


def _made(run: Run) -> list[str]:
    experiment, request = run.request.experiment, run.request
    texts = load_object(experiment.texts)
    settings = [(field.knob.label, _value(field, request.config)) for field in fields_of(experiment.config)
                if field.name not in request.config.idle()]
    return [f"<p>{html.escape(texts.idea)}</p>", "<h3>Assumptions</h3><ul>",
            *(f"<li>{html.escape(line)}</li>" for line in texts.assumptions), "</ul>",
            "<h3>Settings</h3>", _table(("Setting", "Value"), settings),
            f"<h3>Provenance</h3><p class='quiet'>{html.escape(provenance_line(run))}</p>",
            *(f"<p class='quiet'>{html.escape(line)}</p>" for line in experiment.history())]


def provenance_line(run: Run) -> str:
    """Return where the numbers come from, in one line."""
    first, cost = run.manifests[0], run.cost()
    return " · ".join((
        f"run {run.request.run}", f"{run.manifests[-1]['created'][:10]}, {words.duration(cost['seconds'])}",
        f"{first['device']}, {first['threads']} threads",
        f"{words.energy(cost['energy_kwh'])}, {words.emissions(cost['co2_kg'])} (grid assumed: {first['grid']})",
        f"seeds {format_seeds(run.request.seeds)}", f"commit {first['commit']}"))
