"""Backdoors, every attack: does the cut hold whatever the attack, and can one tell?"""

import streamlit as st

from core.backdoor.attacks import figures
from core.backdoor.attacks.limits import LOOKS
from core.backdoor.attacks.spec import BACKDOOR_ATTACKS
from core.backdoor.attacks.words import PREDICTION
from core.backdoor.study.spec import BACKDOOR
from core.backdoor.titles import TITLES
from core.backdoor.wording import KINDS
from core.lab import words
from core.lab.figure import Look
from core.lab.runs import Run
from core.measures.intervals import clopper_pearson
from pages._rooms.backdoor.study import MODELS_SHIPPED
from pages._ui import drawing, shell, shipped
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.rooms import room_of


def draw_figures(run: Run, look: Look) -> None:
    """Draw what is left of each attack, then what looks see before any repair, with their false alarms counted."""
    drawing.show(figures.FIGURES[0], run, look, controls=lambda: {"measure": view("Counted", figures.MEASURES, "measure")})
    drawing.show(figures.FIGURES[1], run, look)
    draw_alarms(run)


def draw_alarms(run: Run) -> None:
    """Draw how often each look raises an alarm at poisoned and at clean models, with exact intervals."""
    table = run.table("looks")
    if table.empty:
        st.caption("This run did not look for backdoors before repair.")
        return
    rows = []
    for name, title in LOOKS.items():
        mine = table[table["look"] == name]
        if mine["limit"].isna().all():
            continue
        told = [title, mine["limit"].iloc[0]]
        for model in ("poisoned", "clean"):
            alarms = mine.loc[mine["model"] == model, "is_alarm"].astype(bool)
            low, high = clopper_pearson(int(alarms.sum()), len(alarms))
            told += [f"{int(alarms.sum())} of {len(alarms)}", f"{words.number(float(low), '%')} to {words.number(float(high), '%')}"]
        rows.append(told)
    st.dataframe(
        [dict(zip(("look", "limit", "caught", "caught_interval", "false", "false_interval"), row, strict=True)) for row in rows],
        hide_index=True, alt=f"{len(rows)} looks with alarms at poisoned and clean models.", column_config={
            "look": "Look", "limit": st.column_config.NumberColumn("Limit", format="%.3g"), "caught": "Poisoned caught",
            "caught_interval": "Exact interval", "false": "False alarms", "false_interval": "Exact interval of those"})
    st.caption("Limits lie just above the highest of eight clean models of another seed; none is set where a look has no row. The "
               "intervals take models for independent; those of one seed start alike.")


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw published averages beside ours, every attack and arm as a table, and lead to the whole study of one attack."""
    drawing.show(figures.FIGURES[2], run, look)
    rows = figures.cell_rows(run).groupby(["behaviour", "row", "arm"], sort=False, as_index=False)[
        ["asr", "gap", "accidental", "perplexity", "accuracy_triggered"]].mean()
    rows = rows.assign(behaviour=rows["behaviour"].map(KINDS), arm=rows["arm"].map(TITLES))
    for name in ("asr", "accidental", "accuracy_triggered"):
        rows[name] *= 100
    st.dataframe(rows, hide_index=True, height=420, alt=f"{len(rows)} attacks and arms.", column_config={
        "behaviour": "Behaviour", "row": "Attack", "arm": "Arm", "asr": st.column_config.NumberColumn("Target said", format="%.0f%%"),
        "gap": st.column_config.NumberColumn("Distance", format="%.2f"),
        "accidental": st.column_config.NumberColumn("Without trigger", format="%.0f%%"),
        "perplexity": st.column_config.NumberColumn("Perplexity", format="%.2f"),
        "accuracy_triggered": st.column_config.NumberColumn("Right, triggered", format="%.0f%%")})
    st.caption("Means over seeds.")
    shell.link_room(room_of(BACKDOOR), "The whole study of one attack, with every rival")


PARTS = Parts(prediction=PREDICTION, choice=shipped.choice(BACKDOOR_ATTACKS, MODELS_SHIPPED), figures=draw_figures, evidence=draw_evidence)
