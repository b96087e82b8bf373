"""What a step of a lesson draws: the guesses of a class, the reveal, and what the speaker sees."""

import io
from typing import Any
from urllib.parse import urlsplit

import segno
import streamlit as st

from core.lab import strip, words
from core.lab.estimate import Estimate
from core.lab.experiment import load_object, metrics_of
from core.lab.figure import CONFIG, Look
from core.lab.palette import NEUTRAL
from core.lab.runs import Run
from pages._lessons.record import Lesson, Step
from pages._ui import classroom, drawing, glyph, shell
from pages._ui.plain import plain
from pages._ui.rooms import room_named

MEMBER = "#4B72E6"


@st.cache_resource(show_spinner=False)
def register() -> classroom.Register:
    """Return the classes of this server."""
    return classroom.Register()


def base() -> str:
    """Return the address of this page without its parameters."""
    url = urlsplit(st.context.url or "http://localhost:8501/lessons")
    return f"{url.scheme}://{url.netloc}{url.path}"


def draw_class(room: classroom.Classroom, step: Step, look: Look) -> None:
    """Draw the way in for a class, and its guesses as they come; the fragment asks again every two seconds until the reveal."""
    link = f"{base()}?join={room.code}"
    with st.container(border=True, horizontal=True, gap="medium", vertical_alignment="center"):
        picture = io.BytesIO()
        segno.make(link, error="m").save(picture, kind="png", scale=5, border=2)
        st.image(picture.getvalue(), width=150, alt=f"QR code of the address {link}")
        with st.container(width="stretch"):
            st.markdown(f"## {room.code[:2]} {room.code[2:]}")
            st.markdown(f"Scan, or open {plain(link)}")
            st.caption("Guesses carry no name, stay in the memory of this server, and are gone with the class.")
            st.button("End the class", type="tertiary", icon=":material/stop_circle:", key="class:end", on_click=register().close,
                      args=(room,))
    _guesses(room.code, room.step, step, look.ink)


@st.fragment(run_every=2.0)
def _guesses(code: str, at: int, step: Step, ink: str) -> None:
    room = register().find(code)
    if room is None:
        st.rerun()
    values = list(room.guesses.get(at, {}).values())
    unit = metrics_of(room_named(step.room).experiment.result)[step.metric].unit
    st.caption(f"{len(values)} guess{'' if len(values) == 1 else 'es'}" + (f", half of them below {words.number(_middle(values), unit)}."
                                                                          if values else " so far."))
    draw_histogram(values, step, ink, key="class:guesses")


def _middle(values: list[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def draw_histogram(values: list[float], step: Step, ink: str, *, key: str, found: Estimate | None = None) -> None:
    """Draw guesses on the axis of the strip; after the reveal the measured number with its interval stands among them."""
    factor = 100 if metrics_of(room_named(step.room).experiment.result)[step.metric].unit in ("%", "pt") else 1
    rows = [{name: value * factor if name != "guesses" else value for name, value in row.items()}
            for row in classroom.histogram(values, step.ends)]
    axis = {"labelColor": ink, "titleColor": ink, "labelFontSize": 14, "grid": False, "title": None}
    layers: list[dict[str, Any]] = [{
        "data": {"values": rows}, "mark": {"type": "bar", "color": MEMBER, "opacity": 0.75},
        "encoding": {"x": {"field": "start", "type": "quantitative", "axis": axis, "bin": {"binned": True},
                           "scale": {"domain": [end * factor for end in step.ends]}}, "x2": {"field": "end"},
                     "y": {"field": "guesses", "type": "quantitative", "axis": {**axis, "tickMinStep": 1, "tickCount": 3}}}}]
    if found is not None:
        low, high = (found.value if end is None else end for end in (found.low, found.high))
        layers = [{"data": {"values": [{"low": low * factor, "high": high * factor}]},
                   "mark": {"type": "rect", "color": NEUTRAL, "opacity": 0.3},
                   "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}}, *layers,
                  {"data": {"values": [{"at": found.value * factor}]}, "mark": {"type": "rule", "color": ink, "strokeWidth": 4},
                   "encoding": {"x": {"field": "at", "type": "quantitative"}}}]
    st.vega_lite_chart({"layer": layers, "height": 120, "config": {"aria": False, "view": {"stroke": None}}}, key=key,
                       alt=f"Histogram of {len(values)} guesses" + (f"; measured {words.number(found.value * factor)}." if found else "."))


def draw_reveal(lesson: Lesson, step: Step, run: Run, look: Look, guess: float | None, values: list[float]) -> None:
    """Draw what was measured beside the guess, the figure, the numbers beside it, and what to see in them."""
    experiment = run.request.experiment
    metrics, texts = metrics_of(experiment.result), load_object(experiment.texts)
    metric, found = metrics[step.metric], run.estimate(step.metric)
    said = f"Measured {words.estimate(found, metric.unit)}"
    if guess is not None and found.value == found.value:
        inside = found.low is not None and found.low <= guess <= found.high
        way = "more" if found.value > guess else "less"
        said += ", as you guessed" if inside else f": {way} than your guess of {words.number(guess, metric.unit)}"
    st.header(plain(f"{said}."), anchor=False)
    if values:
        draw_histogram(values, step, look.ink, key="class:revealed", found=found)
    elif found.value == found.value:
        same = step.metric == experiment.headline
        glyph.show(strip.Strip(estimate=found, unit=metric.unit, baseline=texts.baseline[0] if same else None,
                               baseline_name=texts.baseline[1] if same else "", span=step.ends, meaning="member", guess=guess),
                   key=f"lesson:{lesson.name}:{step.metric}", what=metric.label)
    if step.beside:
        with st.grid(4, min_column_width=170):
            for name in step.beside:
                other = run.estimate(name)
                st.metric(metrics[name].label, words.number(other.value, metrics[name].unit), words.interval(other, metrics[name].unit),
                          delta_color="off", delta_arrow="off", border=True, help=metrics[name].help)
    st.markdown(step.reveal)
    figure = next(one for one in load_object(experiment.figures) if one.id == step.figure)
    drawn = drawing.draw(figure, run, look)
    if drawn.plot is not None:
        st.markdown(f"## {plain(figure.title)}")
        st.plotly_chart(drawn.plot, key=f"lesson:{figure.id}", theme=None, config=CONFIG, alt=drawn.alt)
        st.caption(drawn.caption)
    shell.link_room(room_named(experiment.name), "Open this run in its room", {"run": run.request.run})
