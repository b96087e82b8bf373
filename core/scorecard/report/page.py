"""The report as one HTML page: no network, no script, figures as SVG; printed, at most four A4 pages."""

import html
from typing import Any

from core.lab.runs import Run
from core.scorecard import reading
from core.scorecard.report import content, svg
from core.scorecard.report.content import Signature
from core.scorecard.report.style import STYLE

BEHIND = {"worst_group": "accuracy", "rounded": "worst loss", "pruned": "accuracy lost", "sure_shifted": "confidence minus accuracy",
          "refused": "refused", "units": "refused", "erased": "refused", "norms": "right answers"}
"""Which slices of a row are drawn; the others stand in the JSON twin."""


def page(run: Run, place: int = 0, signature: Signature | None = None) -> bytes:
    """Return the report of one seed of a finished scorecard."""
    lines, found = reading.card(run, place), content.record(run, place)
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>Scorecard: {_(found['subject']['title'])}</title><style>{STYLE}</style></head><body>",
        *_first(lines, found, signature or Signature()), *_evidence(lines, run.request.config.limits), *_methods(lines, found),
        "</body></html>"]
    return "\n".join(parts).encode()


def _(text: object) -> str:
    return html.escape(str(text), quote=True)


def _first(lines: list[reading.Line], found: dict[str, Any], signature: Signature) -> list[str]:
    """Return the page for the person who signs."""
    limits, made = found["limits"], found["provenance"]
    asked = f"{limits['asked']}, set on {limits['set_on']}" if limits["set_on"] else "none was set"
    return [
        "<section class='first'>", f"<p class='quiet'>Glasshouse scorecard · {_(made['created'][:10])} · run {_(made['run'])}</p>",
        f"<h1>{_(found['question'])}</h1>",
        f"<p class='subject'><b>Subject</b> {_(found['subject']['title'])}. <b>Limits</b> {_(asked)}. "
        f"{_(' '.join(one['about'] for one in limits['profiles']))}</p>",
        f"<h2>{_(found['answer'])}</h2>", *([f"<p class='quiet'>{_(limits['chance'])}</p>"] if limits["chance"] else []),
        _table(("Question", "Found (95% interval)", "Counted", "Limit", "Interval says"), [
            (line.lens.question, f"{line.value} ({line.interval})" if line.is_measured else f"– {line.row['needs']}",
             line.row["counts"] or f"to have it: {line.row['remedy']}", line.row["limit_words"] or "–", reading.MARKS[line.verdict])
            for line in lines]),
        "<div class='two'><div><h3>What was not looked at</h3><ul>",
        *(f"<li><b>{_(one['what'])}</b>: {_(one['why'])}</li>" for one in found["not_looked_at"]), "</ul></div>",
        "<div><h3>Before signing</h3><ul class='check'>", *(f"<li>☐ {_(one)}</li>" for one in found["checklist"]), "</ul></div></div>",
        _signed(signature), f"<p class='hash'>SHA-256 of the JSON twin: <code>{found['sha256']}</code></p>", "</section>"]


def _signed(signature: Signature) -> str:
    cells = "".join(f"<div><span class='quiet'>{label}</span><p>{_(value) or '&nbsp;'}</p></div>" for label, value in (
        ("Name", signature.name), ("Role", signature.role), ("Date", signature.date), ("Comment", signature.comment)))
    return f"<div class='sign'>{cells}</div>"


def _table(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    head = "".join(f"<th scope='col'>{_(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{_(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _evidence(lines: list[reading.Line], limits: str) -> list[str]:
    parts = ["<section class='evidence'><h2>Evidence</h2><p class='quiet'>Dot and bar: this subject with its 95% interval. Grey: networks "
             "of the house of known quality, smallest to largest over so many. Dashed: the limit.</p><div class='rows'>"]
    for line in lines:
        if not line.is_measured:
            continue
        row = line.row
        behind = svg.dots(line.slices, kind=BEHIND[line.lens.id]) if line.lens.id in BEHIND else ""
        parts.append(f"<figure><h3>{_(line.lens.question)} <span class='badge {line.verdict.replace(' ', '-')}'>"
                     f"{reading.MARKS[line.verdict]}</span></h3>{svg.strip(line, limits)}"
                     f"<figcaption><p>{_(row['sentence'])}</p>"
                     f"<p class='quiet'>{_(line.lens.label)}: {_(line.value)} ({_(line.interval)}), {_(row['interval'])}. "
                     f"{_(row['counts'])}. "
                     f"{_('Worst: ' + row['worst'] + '. ' if row['worst'] else '')}{_(row['note'])}{_(_beside(line))}</p></figcaption>"
                     f"{behind}</figure>")
    return [*parts, "</div></section>"]


def _beside(line: reading.Line) -> str:
    if line.pair is None or line.beside is None:
        return ""
    pair, lens = line.pair, line.lens
    ends = " to ".join(reading.shown(pair[end], lens, signed=True) for end in ("low", "high"))
    return (f" The second subject: {reading.shown(line.beside['value'], lens)}, a change of "
            f"{reading.shown(pair['difference'], lens, signed=True)} ({ends}; {pair['interval']}).")


def _methods(lines: list[reading.Line], found: dict[str, Any]) -> list[str]:
    made = found["provenance"]
    kinds = {band.kind: band for line in lines for band in line.bands}.values()
    known = "; ".join(f"{band.kind}: {band.quality}, {band.n} networks, run {band.run[:8]}" for band in kinds)
    return [
        "<section class='methods'><h2>Methods</h2>",
        _table(("Row", "What the number is, fixed before looking", "Evidence for"), [
            (line.lens.label, line.lens.number, ", ".join(line.lens.frameworks) or "–") for line in lines]),
        "<p>A row is within or beyond a limit only where its whole 95% interval is; else it is not decided. There is no total score.</p>",
        *(f"<p><b>{_(one['rows'])}</b>: {_(one['sentence'])}</p>" for one in found["trade_offs"]),
        f"<p><b>Networks of known quality.</b> {_(known or 'None ships for these rows')}.</p>",
        f"<p class='quiet'>{_(found['evidence_for'])}</p>", "<h2>Provenance and energy</h2>",
        f"<p>Run {_(made['run'])}, version {made['version']}, seed {made['seed']}, commit {_(made['commit'])}, {_(made['device'])}, "
        f"{made['threads']} threads. {_(content.energy_words(found))}.</p>",
        f"<p class='quiet'>Settings: {_(', '.join(f'{name} {value}' for name, value in made['settings'].items()))}. "
        f"Data {_(found['subject']['data'][:16])}. {_(', '.join(f'{name} {version}' for name, version in made['versions'].items()))}.</p>",
        "</section>"]
