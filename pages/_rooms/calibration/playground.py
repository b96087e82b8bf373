"""The playground: a corruption, a level, a method and a repair; diagram, numbers and ten images change at once.

Everything was streamed in the run, method by method; the page only looks it up, so that a change takes no job and no torch.
"""

import math

import streamlit as st

from core.calibration.catalogue import METHODS, POST_HOC
from core.calibration.study.figures_curves import CONDITIONS, reliability
from core.lab import words
from core.lab.figure import CONFIG, Look
from core.lab.runs import Run
from pages._ui import samples
from pages._ui.plain import plain

LEFT_OUT = "Left out of this run."


def draw(run: Run, look: Look) -> None:
    """Draw the choices and what they show, of the first seed."""
    config = run.request.config
    shifts = list(dict.fromkeys(name for name, level in config.conditions if level))
    st.space("small")
    st.header("Drift it yourself", anchor=False)
    with st.container(border=True, gap="small"):
        with st.grid(4, min_column_width=150):
            corruption = st.selectbox("Shift", shifts, format_func=CONDITIONS.__getitem__, key=f"{run.request.run}:shift")
            level = st.selectbox("Level", [0, *config.level_numbers], index=1, key=f"{run.request.run}:level",
                                 format_func=lambda number: "0, clean" if not number else str(number))
            others = [name for name in config.method_names if name != "bn"]
            method = st.selectbox("Method", others, index=others.index("tent") if "tent" in others else 0,
                                  format_func=lambda name: METHODS[name].title, key=f"{run.request.run}:method")
            repair = st.selectbox("Repair", list(POST_HOC), format_func=POST_HOC.__getitem__, key=f"{run.request.run}:repair")
        place = config.conditions.index((corruption, level) if level else ("clean", 0))
        with st.grid(2, min_column_width=380):
            _diagram(run, look, config.conditions[place], method, repair)
            _images(run, place, method, repair)


def _diagram(run: Run, look: Look, where: tuple[str, int], method: str, repair: str) -> None:
    with st.container(gap="xsmall"):
        drawn = reliability(run, look, corruption=where[0], level=where[1], method=method, repair=repair)
        title = METHODS[method].title
        st.plotly_chart(drawn, key=f"{run.request.run}:playground", theme=None, config=CONFIG,
                        alt=f"Reliability of {title} and batch statistics on {CONDITIONS[where[0]].lower()}, level {where[1]}.")
        scores = run.table("scores")
        row = scores[(scores["corruption"] == where[0]) & (scores["level"] == where[1]) & (scores["method"] == method)
                     & (scores["repair"] == repair)].mean(numeric_only=True)
        said = (f"**{title}**: {words.number(row['accuracy'], '%')} right, "
                f"{words.number(row['overconfidence'], 'pt', signed=True)} surer than right, error {words.number(row['ece'], '%')}, "
                f"temperature {words.number(row['temperature'])}, {words.seeds(len(run.request.seeds))}.")
        st.markdown(said)


def _images(run: Run, place: int, method: str, repair: str) -> None:
    result = run.results[0]
    where = run.request.config.conditions[place]
    rows = result.views
    rows = rows[(rows["corruption"] == where[0]) & (rows["level"] == where[1]) & (rows["method"] == method) & (rows["repair"] == repair)]
    names = dict(zip(result.names["y"], result.names["name"], strict=True))
    with st.grid(5, min_column_width=84):
        for row in rows.itertuples():
            with st.container(gap="xsmall"):
                is_right = row.said == row.y
                st.image(samples.as_uri(result.view_images[place][row.image]), width=72,
                         alt=f"A test image of class {names[row.y]}, called {names[row.said]}.")
                mark = ":material/check:" if is_right else ":material/close:"
                sure = "n/a" if math.isnan(row.confidence) else f"{row.confidence:.0%}"
                st.caption(f"{mark} {plain(names[row.said])}, {sure}")
