"""The survey's map: what this research says of safety, bias, privacy and cost, and whether it holds here."""

import pandas as pd
import streamlit as st

from core.lab import statements
from core.lab.claims import WORDS
from core.lab.export import as_csv
from core.scorecard.survey import THEMES, survey
from pages._ui import addresses, stored
from pages._ui.rooms import ROOMS
from pages._ui.verdicts import COLOURS

ANY = "any"
ORDER = ("verdict", "claim", "run", "found", "against", "seeds", "paper", "theme")


def table() -> pd.DataFrame:
    """Return the map, from the headline numbers of the runs that Home shows anyway."""
    found = []
    for room in ROOMS:
        run = stored.precomputed_numbers(room.experiment)
        found += statements.judged(room.experiment, run.request.preset, run) if run else statements.unjudged(room.experiment)
    return survey(found)


def draw() -> None:
    """Draw the map closed; it is read when it is opened."""
    opened = st.expander("What does this research say, and does it hold?", icon=":material/map:", key="survey", on_change="rerun")
    if not opened.open:
        return
    with opened:
        shown = _chosen(table())
        st.caption(f"{len(shown)} claims of papers, each once, by the run that its room shows first. The link opens that run.")
        _draw_table(shown)
        st.download_button("This table, CSV", as_csv(shown.drop(columns="word")), "glasshouse-claims.csv", "text/csv", type="tertiary",
                           icon=":material/table:", on_click="ignore", key="survey:csv")


def _chosen(whole: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters; return the rows that fit."""
    with st.grid(3, min_column_width=200):
        theme = st.selectbox("Concern", [ANY, *THEMES], key="survey:theme",
                             format_func=lambda name: "All concerns" if name == ANY else name)
        word = st.selectbox("Verdict", [ANY, *WORDS, statements.NO_RUN], key="survey:verdict",
                            format_func=lambda name: "Any verdict" if name == ANY else name.capitalize())
        paper = st.selectbox("Paper", [ANY, *sorted(whole["paper"].unique())], key="survey:paper",
                             format_func=lambda name: "Any paper" if name == ANY else name)
    fits = pd.Series(data=True, index=whole.index)
    for column, wanted in (("theme", theme), ("word", word), ("paper", paper)):
        fits &= whole[column].eq(wanted) | (wanted == ANY)
    return whole[fits]


def _draw_table(shown: pd.DataFrame) -> None:
    colours = {badge: COLOURS.get(word, "gray") for badge, word in zip(shown["verdict"], shown["word"], strict=True)}
    links = [addresses.path(one, run) if run else None for one, run in zip(shown["experiment"], shown["run"], strict=True)]
    st.dataframe(shown.assign(verdict=[[badge] for badge in shown["verdict"]], run=links), hide_index=True, height=420, column_order=ORDER,
                 alt=f"{len(shown)} claims of papers with their verdicts.", column_config={
                     "verdict": st.column_config.MultiselectColumn(
                         "Verdict", options=list(colours), color=list(colours.values()), width=190),
                     "claim": st.column_config.TextColumn("Claim", width="large"), "found": "Effect minus control",
                     "against": "Control", "seeds": "Seeds", "paper": "Paper", "theme": "Concern",
                     "run": st.column_config.LinkColumn("Run", display_text="open", width="small")})
