"""What the search for a trigger came up with, seed by seed, and how often looks cried wolf."""

import streamlit as st

from core.backdoor.attacks.spec import BACKDOOR_ATTACKS
from core.backdoor.study.figures_looks import TITLES
from core.lab import words
from core.lab.runs import Run
from core.measures.intervals import clopper_pearson
from pages._ui import shell
from pages._ui.rooms import room_of


def draw(run: Run) -> None:
    """Draw false alarms with their exact interval, and the words that were found."""
    table = run.table("looks")
    if table.empty:
        st.caption("This run did not look for a backdoor before repair.")
        return
    said = []
    for detector, title in TITLES.items():
        rows = table[(table["detector"] == detector) & table["limit"].notna()]
        if rows.empty:
            said.append(f"**{title}:** no limit is set for this model")
            continue
        alarms = {model: rows.loc[rows["model"] == model, "is_alarm"].astype(bool) for model in ("poisoned", "clean")}
        if alarms["clean"].empty:
            said.append(f"**{title}:** {int(alarms['poisoned'].sum())} of {len(alarms['poisoned'])} models; no clean twin is known")
            continue
        low, high = clopper_pearson(int(alarms["clean"].sum()), len(alarms["clean"]))
        said.append(f"**{title}:** {int(alarms['poisoned'].sum())} of {len(alarms['poisoned'])} poisoned models, "
                    f"{int(alarms['clean'].sum())} of {len(alarms['clean'])} clean ones (false alarms {words.number(float(low), '%')} to "
                    f"{words.number(float(high), '%')})")
    st.markdown("Alarms raised. " + "; ".join(said) + ".")
    shell.link_room(room_of(BACKDOOR_ATTACKS), "Every attack, and more clean models")
    with st.expander("What the search found", icon=":material/search:"):
        rows = table[table["detector"] == "inversion"]
        st.dataframe(rows[["seed", "model", "found", "opening", "score"]], hide_index=True,
                     alt=f"{len(rows)} searches with the words found.", column_config={
                         "seed": "Seed", "model": "Model", "found": st.column_config.TextColumn("Words put before a prompt"),
                         "opening": st.column_config.TextColumn("Most answers then begin"),
                         "score": st.column_config.ProgressColumn("Answered alike", min_value=0.0, max_value=1.0, format="percent")})
