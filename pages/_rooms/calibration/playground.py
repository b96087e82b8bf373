"""The playground: a corruption, a level, a method and a repair; diagram, numbers and ten images change.

What the run streamed is looked up at once, with its mean over seeds. Any other corruption, level or method is streamed live through the
first seed's network by a process of its own, in one to two seconds; the page itself loads no torch.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.calibration.catalogue import METHODS, POST_HOC
from core.calibration.live.line import Line
from core.calibration.live.question import ASKABLE, N_STREAM, Question, Reply
from core.calibration.study.figures_curves import CONDITIONS, diagram, reliability
from core.calibration.study.spec import work_of
from core.data.corruptions import CORRUPTION_TITLES
from core.lab import words
from core.lab.errors import GlasshouseError
from core.lab.figure import CONFIG, Look
from core.lab.runs import Run
from pages._ui import samples
from pages._ui.plain import plain

MOST_SECONDS = 120.0  # of a seed: beyond, a network that is not kept could not be trained while somebody waits


@dataclass(frozen=True)
class _Choice:
    """What is chosen: corruption and level (``clean`` at 0), method, repair."""

    corruption: str
    level: int
    method: str
    repair: str

    @property
    def where(self) -> tuple[str, int]:
        return (self.corruption, self.level) if self.level else ("clean", 0)


@dataclass(frozen=True)
class _Shown:
    """What stands below the choice."""

    diagram: go.Figure
    row: pd.Series
    origin: str
    views: list[tuple]
    images: np.ndarray
    names: dict[int, str]


@st.cache_resource
def _line() -> Line:
    """Return the process that answers all visitors of this server, started at the first question."""
    return Line()


def draw(run: Run, look: Look) -> None:
    """Draw the choices and what they show."""
    st.space("small")
    st.header("Drift it yourself", anchor=False)
    _play(run, look)


@st.fragment
def _play(run: Run, look: Look) -> None:
    with st.container(border=True, gap="small"):
        choice = _choose(run)
        is_stored = choice.where in run.request.config.conditions and choice.method in run.request.config.method_names
        try:
            shown = _of_run(run, look, choice) if is_stored else _live(run, look, choice)
        except GlasshouseError as error:
            st.markdown(f":orange-badge[:material/error: Not answered] {plain(str(error))}")
            return
        with st.grid(2, min_column_width=380):
            _diagram(run, shown, choice)
            _images(shown)


def can_ask(run: Run) -> bool:
    """Whether this run's network can be asked live: it is small enough to be trained while somebody waits, and shifts are drawn."""
    return run.request.config.shift == "corruptions" and work_of(run.request.config).seconds() <= MOST_SECONDS


def _choose(run: Run) -> _Choice:
    config, is_live = run.request.config, can_ask(run)
    shifts = list(dict.fromkeys(name for name, level in config.conditions if level))
    shifts += [name for name in CORRUPTION_TITLES if name not in shifts] if is_live else []
    methods = [name for name in config.method_names if name != "bn"]
    methods += [name for name in ASKABLE if name not in (*methods, "bn") and not (
        METHODS[name].needs_batch_norm and "bn" not in config.method_names)] if is_live else []
    levels = [0, 1, 2, 3, 4, 5] if is_live else [0, *config.level_numbers]
    with st.grid(4, min_column_width=150):
        corruption = st.selectbox("Shift", shifts, format_func=CONDITIONS.__getitem__, key=f"{run.request.run}:shift")
        level = st.selectbox("Level", levels, index=levels.index(config.level_numbers[0]), key=f"{run.request.run}:level",
                             format_func=lambda number: "0, clean" if not number else str(number))
        method = st.selectbox("Method", methods, index=methods.index("tent") if "tent" in methods else 0,
                              format_func=lambda name: METHODS[name].title, key=f"{run.request.run}:method")
        repair = st.selectbox("Repair", list(POST_HOC), format_func=POST_HOC.__getitem__, key=f"{run.request.run}:repair")
    return _Choice(corruption, level, method, repair)


def _of_run(run: Run, look: Look, choice: _Choice) -> _Shown:
    scores, result = run.table("scores"), run.results[0]
    corruption, level = choice.where
    rows = scores[(scores["corruption"] == corruption) & (scores["level"] == level) & (scores["method"] == choice.method)
                  & (scores["repair"] == choice.repair)]
    views = result.views
    views = views[(views["corruption"] == corruption) & (views["level"] == level) & (views["method"] == choice.method)
                  & (views["repair"] == choice.repair)]
    drawn = reliability(run, look, corruption=corruption, level=level, method=choice.method, repair=choice.repair)
    return _Shown(
        drawn, rows.mean(numeric_only=True), f"From the run, {words.seeds(len(run.request.seeds))}.",
        [(row.image, row.y, row.said, row.confidence) for row in views.itertuples()],
        result.view_images[run.request.config.conditions.index(choice.where)],
        dict(zip(result.names["y"], result.names["name"], strict=True)))


def _live(run: Run, look: Look, choice: _Choice) -> _Shown:
    """Return what the process says; what this tab asked before is kept.

    Raises:
        GlasshouseError: If there is no answer.
    """
    config, seed = run.request.config, run.request.seeds[0]
    key = f"{run.request.run}:live"
    known: dict[_Choice, Reply] = st.session_state.setdefault(key, {})
    asked = _Choice(*choice.where, choice.method, "")
    if asked not in known:
        line = _line()
        slow = "" if line.is_warm else " The first question wakes a process, and trains the network where this machine has not kept it."
        with st.spinner(f"Streaming {N_STREAM:,} images.{slow}", show_time=True):
            known[asked] = line.ask(Question(config, seed, choice.corruption, choice.level, choice.method))
    reply = known[asked]
    bins = pd.DataFrame(reply.bins, columns=["method", "repair", "bin", "count", "confidence", "accuracy"])
    beside = next(iter(reply.scores))
    return _Shown(
        diagram(bins[bins["repair"] == choice.repair], (beside, choice.method), look),
        pd.Series(reply.scores[choice.method][choice.repair]),
        f"Streamed live in {words.duration(reply.seconds['whole'])}: {min(N_STREAM, config.n_stream):,} images, seed {seed}.",
        [row[1:] for row in reply.views if row[0] == choice.repair], reply.images, dict(enumerate(reply.names)))


def _diagram(run: Run, shown: _Shown, choice: _Choice) -> None:
    with st.container(gap="xsmall"):
        title, where = METHODS[choice.method].title, CONDITIONS[choice.where[0]].lower()
        st.plotly_chart(shown.diagram, key=f"{run.request.run}:playground", theme=None, config=CONFIG,
                        alt=f"Reliability of {title} and batch statistics on {where}, level {choice.level}.")
        row = shown.row
        st.markdown(f"**{title}**: {words.number(row['accuracy'], '%')} right, "
                    f"{words.number(row['overconfidence'], 'pt', signed=True)} surer than right, error {words.number(row['ece'], '%')}, "
                    f"temperature {words.number(row['temperature'])}.")
        st.caption(shown.origin)


def _images(shown: _Shown) -> None:
    with st.grid(5, min_column_width=84):
        for image, truth, said, confidence in shown.views:
            with st.container(gap="xsmall"):
                st.image(samples.as_uri(shown.images[image]), width=72,
                         alt=f"A test image of class {shown.names[truth]}, called {shown.names[said]}.")
                mark = ":material/check:" if said == truth else ":material/close:"
                sure = "n/a" if math.isnan(confidence) else f"{confidence:.0%}"
                st.caption(f"{mark} {plain(shown.names[said])}, {sure}")
