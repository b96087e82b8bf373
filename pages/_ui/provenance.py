"""Where the numbers come from, in one line, and what a reader may take along: manifest, downloads, a link to exactly this result."""

from datetime import datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.lab import export, report, words
from core.lab.config import fields_of
from core.lab.runs import Request, Run
from core.lab.seeds import format_seeds
from pages._ui import on_show, settings, stored
from pages._ui.plain import plain
from pages._ui.rooms import room_of


def chips(run: Run | None) -> None:
    """Draw what kind of result is on show, above the question."""
    if run is None:
        return
    request, preset = run.request, made_from(run.request)
    with st.container(horizontal=True, gap="xsmall"):
        if run.is_precomputed:
            st.badge(f"Precomputed, {preset}", icon=":material/inventory_2:", color="gray")
        else:
            st.badge(f"Your run {request.run[:8]}, {preset}", icon=":material/science:", color="gray")
        st.badge(day(run.manifests[-1]["created"]), icon=":material/calendar_today:", color="gray")
        st.badge(plain(run.manifests[0]["device"].partition(",")[0]), icon=":material/memory:", color="gray",
                 help=plain(f"{run.manifests[0]['device']}. Experiment version {request.experiment.version}, "
                            f"commit {run.manifests[0]['commit']}"))


def made_from(request: Request) -> str:
    """Return what a run's settings are called: a preset, a further run that ships with the house, or the visitor's own."""
    further = request.experiment.shipped_run(request.preset)
    if further is not None:
        return plain(further.title)
    return f"{request.preset} preset" if request.preset != settings.CUSTOM else "your own settings"


def day(created: str) -> str:
    """Return ``14 Nov 2026`` for an ISO time."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created[:10]
    return f"{when.day} {when:%b %Y}"


def draw(run: Run) -> None:
    """Draw the provenance line and the buttons under it."""
    request = run.request
    draw_source(run)
    with st.container(horizontal=True, gap="small"):
        with st.popover("Manifest", icon=":material/receipt_long:", type="tertiary"):
            _manifest(run)
        with st.popover("Download", icon=":material/download:", type="tertiary"):
            draw_downloads(run)
        with st.popover("Copy link", icon=":material/link:", type="tertiary"):
            st.caption("This address opens exactly this result, as it is on show. Use the copy sign at the right of the box.")
            st.code(permalink(run), language=None, wrap_lines=True)
        elsewhere = not run.is_precomputed and stored.precomputed(request.experiment) is not None
        if elsewhere and st.button("Show the precomputed result", icon=":material/inventory_2:", type="tertiary"):
            on_show.choose(request.experiment, None)
            st.rerun()


def draw_report(run: Run) -> None:
    """Draw the button that gives the report: one page that opens and prints anywhere, without a network."""
    st.download_button("Report", partial(report.export_html, run), f"{file_name(run)}.html", "text/html", icon=":material/description:",
                       on_click="ignore", key=f"report:{run.request.run}", help="One page first, then the evidence: an HTML file that "
                       "needs no network and prints as it reads.")


def draw_source(run: Run) -> None:
    """Draw where the numbers come from, in one line."""
    first, cost, request = run.manifests[0], run.cost(), run.request
    st.space("small")
    st.caption(" · ".join((
        f":material/fingerprint: run {request.run[:8]}",
        f":material/schedule: {day(run.manifests[-1]['created'])}, {words.duration(cost['seconds'])}",
        f":material/memory: {plain(first['device'])}, {first['threads']} threads",
        f":material/bolt: {words.energy(cost['energy_kwh'])}, {words.emissions(cost['co2_kg'])} (grid assumed: {plain(first['grid'])})",
        f":material/casino: seeds {_seeds(request.seeds)}",
        f":material/commit: version {request.experiment.version}, commit {plain(str(first['commit'])[:7])}")))


def file_name(run: Run) -> str:
    """Return what a download of this run is called, without its ending."""
    return f"glasshouse-{run.request.experiment.name}-{run.request.run[:8]}"


def _seeds(seeds: tuple[int, ...]) -> str:
    if len(seeds) > 1 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"{seeds[0]} to {seeds[-1]}"
    return format_seeds(seeds).replace(",", ", ")


def _manifest(run: Run) -> None:
    first, request = run.manifests[0], run.request
    rows = {field.knob.label: plain(settings.in_words(field, getattr(request.config, field.name)))
            for field in fields_of(request.experiment.config) if field.name not in request.config.idle()}
    st.caption(f"Settings of run {request.run}")
    st.table(rows, border="horizontal")
    st.caption(f"Made with. Energy covers {plain(first['energy_scope'])}.")
    versions = {name: plain(version) for name, version in first["versions"].items()}
    st.table({"Data": plain(request.data[:16]), **versions}, border="horizontal")
    for line in request.experiment.history():
        st.caption(plain(line))


def draw_downloads(run: Run) -> None:
    """Draw what a reader may take along; each file is made when it is asked for."""
    name = file_name(run)
    whole = run.holds_back and st.checkbox(
        "With hidden answers", key=f"whole:{run.request.run}", help="Exports leave out what the models answer to harmful requests.")
    st.download_button("Tables, CSV in a ZIP", partial(export.export_tables, run, whole=whole), f"{name}.zip", "application/zip",
                       icon=":material/table:", type="tertiary", on_click="ignore", key=f"zip:{run.request.run}")
    st.download_button("Interactive report, some 5 MB", partial(report.export_html, run, interactive=True), f"{name}-interactive.html",
                       "text/html", icon=":material/description:", type="tertiary", on_click="ignore", key=f"html:{run.request.run}")
    st.caption("The camera above a figure saves that figure as SVG.")


def permalink(run: Run) -> str:
    """Return the address that reopens exactly this result, as it is on show: its view, evidence, figure and the projector switch."""
    url, room = urlsplit(st.context.url or ""), room_of(run.request.experiment)
    base = f"{url.scheme}://{url.netloc}" if url.netloc else ""
    said = room.address | {"run": run.part_of or run.request.run}
    return f"{base}/{room.concern.name}?{urlencode(said | st.query_params.to_dict() | said)}"
