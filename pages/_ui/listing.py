"""Runs as a table, and what they drew in all."""

import math
from datetime import datetime

import pandas as pd
import streamlit as st

from core.lab import words
from core.lab.experiment import metrics_of
from pages._ui.catalogue import Entry, told_apart
from pages._ui.plain import plain

STATES = ("Running", "Queued", "Finished", "Cancelled", "Failed", "Precomputed")
COLOURS = ("blue", "gray", "gray", "gray", "orange", "gray")


def rows(entries: list[Entry]) -> pd.DataFrame:
    """Return one row for each run, in words."""
    table = []
    for entry in entries:
        request, metric = entry.request, metrics_of(entry.request.experiment.result)[entry.request.experiment.headline]
        seconds, energy = entry.cost("seconds"), entry.cost("energy_kwh")
        alive = entry.status is not None and entry.status.is_alive
        table.append({
            "room": request.experiment.title, "state": ["Precomputed" if entry.is_precomputed else entry.state.capitalize()],
            "settings": told_apart(request), "seeds": len(request.seeds),
            "headline": words.number(entry.estimate(request.experiment.headline).value, metric.unit) if entry.state == "finished" else "",
            "took": f"{words.duration(entry.status.seconds)} so far" if alive else words.duration(seconds) if seconds else "",
            "energy": None if not math.isfinite(energy) or not energy else 1000 * energy,
            "started": "with the house" if entry.is_precomputed else when(request.submitted), "run": request.run[:8]})
    return pd.DataFrame(table)


def when(stamp: float) -> str:
    """Return a time as "today 09:41" or "14 Nov 09:41"."""
    moment, today = datetime.fromtimestamp(stamp), datetime.now().date()
    days = (today - moment.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"{moment.day} {moment:%b %Y}" if days > 300 else f"{moment.day} {moment:%b}")
    return f"{day} {moment:%H:%M}"


def table(entries: list[Entry], *, key: str, choose: bool = False) -> list[int]:
    """Draw runs as a table; return the positions of the chosen rows."""
    chosen = st.dataframe(
        rows(entries), hide_index=True, key=key, placeholder="", on_select="rerun" if choose else "ignore", selection_mode="multi-row",
        alt=f"{len(entries)} runs, the latest first.",
        column_config={
            "room": st.column_config.TextColumn("Room", pinned=True, width=185),
            "state": st.column_config.MultiselectColumn("State", options=list(STATES), color=list(COLOURS), width=115),
            "settings": st.column_config.TextColumn("Settings", width=240, help="What differs from the room's first preset; "
                                                    "all of it stands below once the run is chosen."),
            "seeds": st.column_config.NumberColumn("Seeds", width=60),
            "headline": st.column_config.TextColumn("Headline", width="small",
                                                    help="The number that answers the room's question, mean over seeds."),
            "took": st.column_config.TextColumn("Took", width=105),
            "energy": st.column_config.NumberColumn("Energy (Wh)", format="%.2f", width="small"), "started": "Started",
            "run": st.column_config.TextColumn("Run", width="small")})
    return [position for position in chosen.selection.rows if position < len(entries)] if choose else []


def spent(entries: list[Entry]) -> str:
    """Return what all stored runs drew."""
    energies = [energy for entry in entries if math.isfinite(energy := entry.cost("energy_kwh"))]
    co2 = [grams for entry in entries if math.isfinite(grams := entry.cost("co2_kg"))]
    if not any(energies):
        return "Your runs have drawn no measured energy yet."
    return f"Your stored runs drew {words.energy(sum(energies))}, {words.emissions(sum(co2))}."


def processor(name: str) -> str:
    """Return the processor's name as plain text."""
    return plain(name)
