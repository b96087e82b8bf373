"""The rows of a card: question, number beside its bands and its limit, what the interval says, the ways on."""

import pandas as pd
import streamlit as st

from core.lab import registry
from core.lab.runs import Run
from core.scorecard import reading, repairs
from core.scorecard.reading import Line
from core.scorecard.report import svg
from pages._ui import setup_bar, shell
from pages._ui.plain import plain
from pages._ui.rooms import room_of

BADGES = {"within": ":blue-badge[:material/check_circle: **Within**]", "beyond": ":orange-badge[:material/cancel: **Beyond**]",
          "not decided": ":gray-badge[:material/contrast: **Not decided**]", "no limit": ":gray-badge[No limit set]",
          "not measured": ":gray-badge[:material/block: Not measured]"}
LEGEND = """Dot and bar: this subject with its 95% interval. Grey bars: networks of the house of known quality, smallest to largest. Dashed:
the limit. There is no total score: the rows are of different kinds."""


def draw(run: Run, place: int) -> None:
    """Draw every row; those that the subject does not allow stand last, with what would make them possible."""
    lines, limits = reading.card(run, place), run.request.config.limits
    st.caption(LEGEND)
    with st.grid(2, min_column_width=400):
        for line in lines:
            if line.is_measured:
                with st.container(border=True, height="stretch", gap="xsmall"):
                    _row(line, limits, run)
    missing = [line for line in lines if not line.is_measured]
    if missing:
        st.markdown("### Not measured, and what would make it possible")
        st.table(pd.DataFrame({"Question": [line.lens.question for line in missing],
                               "This subject": [plain(line.row["needs"]) for line in missing],
                               "To have it": [plain(line.row["remedy"]) for line in missing]}), border="horizontal", hide_index=True)
    st.caption(reading.others(run))
    for rows, sentence, experiment in reading.trade_offs(lines):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(f":material/swap_vert: **{rows}**: {sentence}", width="content")
            shell.link_room(room_of(registry.find(experiment)), "See it")


def _row(line: Line, limits: str, run: Run) -> None:
    row, lens = line.row, line.lens
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"### {lens.question}", width="stretch")
        st.markdown(BADGES[line.verdict], width="content", help=f"Limit: {row['limit_words']}. {plain(row['limit_reason'])}."
                    if row["limit_words"] else None)
    st.image(svg.strip(line, limits, svg.ON_DARK if shell.is_dark() else svg.ON_PAPER), width="stretch",
             alt=svg.strip_alt(line, limits)[:159])
    st.markdown(plain(row["sentence"], most=400))
    worst = f" Worst: {plain(row['worst'])}." if row["worst"] else ""
    st.caption(f"{lens.label}: {line.value} ({line.interval}). {plain(row['counts'])}.{worst} {plain(row['note'])}")
    if line.pair is not None and line.beside is not None:
        pair = line.pair
        ends = " to ".join(reading.shown(pair[end], lens, signed=True) for end in ("low", "high"))
        st.caption(f":material/compare_arrows: The second subject: {reading.shown(line.beside['value'], lens)}, a change of "
                   f"{reading.shown(pair['difference'], lens, signed=True)} ({ends}), {plain(pair['interval'])}.")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _ways(line, run)


def _ways(line: Line, run: Run) -> None:
    """Draw the ways to the room that shows how it is measured, and to the one that repairs it, with the subject filled in."""
    lens = line.lens
    shell.link_room(room_of(registry.find(lens.evidence)), "How it is measured")
    if not lens.repair:
        return
    repair = registry.find(lens.repair)
    if st.button("Repair this row", icon=":material/healing:", type="tertiary", key=f"repair:{lens.id}",
                 help=f"Opens {repair.title} with this subject filled in."):
        config, note = repairs.repair_of(lens, run.request.config)
        setup_bar.offer(repair, config, (), note)
        shell.go(room_of(repair))
