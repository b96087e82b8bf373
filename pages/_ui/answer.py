"""The top of a room: chips, question, answer, and the four numbers that carry it."""

import math

import streamlit as st

from core.lab import words
from core.lab.config import fields_of
from core.lab.experiment import Experiment, Metric, load_object, metrics_of
from core.lab.runs import Run
from pages._ui import detail, predict, provenance, settings, shell, spelled
from pages._ui.plain import plain

LONG_LABEL = 24  # a longer label has no room for the help sign beside it at 1280 pixels


def draw_question(experiment: Experiment, run: Run | None) -> None:
    """Draw what kind of result is on show, and the question."""
    if not shell.presenting():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch"):
                provenance.chips(run)
            if run is not None:
                predict.draw_switch()
            detail.draw()
    st.title(experiment.question, anchor=False)


def draw_answer(experiment: Experiment, run: Run) -> None:
    """Draw the answer in one sentence, and what it is about: the run's own settings, not those of the form below."""
    st.header(plain(load_object(experiment.texts).answer(run), most=1000), anchor=False)  # it may name classes of somebody's data
    draw_caution(run)
    if not shell.presenting():
        st.caption(subject(run))


def draw_caution(run: Run) -> None:
    """Draw what makes the numbers of this run say little, where something does."""
    texts = load_object(run.request.experiment.texts)
    if texts.caution is not None and (said := texts.caution(run)):
        st.markdown(f":orange-badge[:material/warning: **Take care**] {plain(said, most=600)}")


def subject(run: Run) -> str:
    """Return the main settings of a run in words, for example ``Data: Fashion-MNIST · Model: Small CNN``."""
    config = run.request.config
    return " · ".join(f"{field.knob.label}: {plain(settings.in_words(field, getattr(config, field.name)))}"
                      for field in fields_of(type(config)) if field.knob.main and field.name not in config.idle())


def draw_numbers(run: Run, names: tuple[str, ...]) -> None:
    """Draw the numbers that carry the answer, each with its interval and seeds."""
    metrics = metrics_of(run.request.experiment.result)
    texts = load_object(run.request.experiment.texts)
    with st.grid(4, min_column_width=160):
        for name in names:
            _number(run, name, metrics[name])
    spelled.caption(texts.answer(run), *(metrics[name].label for name in names))


def _number(run: Run, name: str, metric: Metric) -> None:
    estimate = run.estimate(name)
    resolved = not math.isnan(estimate.value)
    st.metric(metric.label, words.number(estimate.value, metric.unit) if resolved else "n/a", words.interval(estimate, metric.unit),
              delta_color="off", delta_arrow="off", delta_description=words.seeds(estimate.n),
              border=True, height="stretch", help=spelled.help_for(metric.help, metric.label) if len(metric.label) < LONG_LABEL else None)


def draw_method(experiment: Experiment) -> None:
    """Draw idea, formulas, assumptions and sources once they are opened: until then the browser need not load a typesetter."""
    texts = load_object(experiment.texts)
    method = st.expander("Method and formula", icon=":material/function:", key="method", on_change="rerun")
    if not method.open:
        return
    with method:
        st.markdown(texts.idea)
        for formula, meaning in texts.formulas:
            st.latex(formula)
            st.caption(meaning)
        st.markdown("### What must be true for the numbers to mean what they say")
        st.markdown("\n".join(f"- {line}" for line in texts.assumptions))
        st.markdown("### Sources")
        st.markdown("\n".join(f"- {line}" for line in texts.sources))
