"""The evidence of the safety room: views by name, each drawn only when it is asked for."""

import pandas as pd
import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.language.units import KIND_TITLES
from core.safety.config import NORMALISATIONS
from core.safety.marks import NAMES, PANELS
from core.safety.units import figures
from core.safety.units.figures_attack import AGAINST, POINTS, arms_of
from core.safety.units.figures_budget import BUDGET_MEASURES, STAYING, events_of
from core.safety.units.figures_probe import PROMPTS, lengths
from core.safety.units.figures_published import FROZEN, attacked_beside, beside
from core.safety.units.figures_states import SHOWN
from pages._ui import drawing
from pages._ui.controls import view

VIEWS = {"judges": "Judges", "attack": "Attack", "transfer": "Transfer", "budget": "Budget", "probe": "Direction",
         "written": "What they write", "blocks": "Blocks", "scales": "Score scales", "published": "Published rows"}
MODELS_SHIPPED = {"standard": "SmolLM2, 135 million weights", "lite": "Topic model, trained in the run"}
COSTS = {name: words for name, words in BUDGET_MEASURES.items() if name != "prefix"}



def draw(run: Run, look: Look) -> None:
    """Draw the part of the evidence that is asked for."""
    match view("Evidence", VIEWS, "evidence"):
        case "attack":
            _attack(run, look)
        case "transfer":
            _transfer(run, look)
        case "budget":
            _budget(run, look)
        case "probe":
            _probe(run, look)
        case "written":
            _written(run)
        case "blocks":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.LAYERS, run, look, controls=lambda: {"shown": view("Category", SHOWN, "shown")})
                drawing.show(figures.STABILITY, run, look)
        case "scales":
            drawing.show(figures.SCALES, run, look)
            _scales_table(run)
        case "published":
            drawing.show(figures.PUBLISHED, run, look)
            _published_table(run)
            _published_attacks(run)
        case _:
            drawing.show(figures.JUDGES, run, look)


def _attack(run: Run, look: Look) -> None:
    if not arms_of(run):
        st.caption("This run attacked nothing: switch Fine-tuning attack on under All settings.")
        return
    panel = view("Arms", PANELS, "arms")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.CURVES, run, look, controls=lambda: {"panel": panel, "against": view("Against", AGAINST, "against")})
        drawing.show(figures.ENDS, run, look, controls=lambda: {"point": view("Compared at", POINTS, "point")})


def _transfer(run: Run, look: Look) -> None:
    known = events_of(run)
    if not known:
        st.caption("This run counted no transfer: switch Fine-tuning attack on under All settings.")
        return
    drawing.show(figures.TRANSFER, run, look, controls=lambda: {
        "event": view("Event", known, "event"), "staying": view("Drawn", STAYING, "drawn")})


def _budget(run: Run, look: Look) -> None:
    if run.table("budget").empty:
        st.caption("This run aligned no budget of units: switch Alignment budget on under All settings.")
        return
    point = view("Compared at", POINTS, "budget-at")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.BUDGET, run, look, controls=lambda: {"point": point})
        drawing.show(figures.BUDGET_COST, run, look, controls=lambda: {
            "point": point, "measure": view("Measure", COSTS, "cost")})


def _probe(run: Run, look: Look) -> None:
    known = lengths(run)
    if not known:
        st.caption("This run probed no direction: switch Direction probe on under All settings.")
        return
    prompts = view("Requests", PROMPTS, "requests")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.DISTANCES, run, look, controls=lambda: {
            "prompts": prompts, "k": view("Tokens", {str(k): f"{k}" for k in reversed(known)}, "tokens")})
        drawing.show(figures.BY_LENGTH, run, look, controls=lambda: {"prompts": prompts})


def _written(run: Run) -> None:
    """Draw what each decoded unit writes: text of the model's vocabulary, shown as text."""
    rows = run.results[0].decoded
    if rows.empty:
        st.caption("This run decoded no units.")
        return
    held = {code: NAMES[code] for code in NAMES if code in set(rows["category"])}
    code = view("Category", held, "category")
    mine = rows[rows["category"] == code].sort_values("safety" if code == "SCU" else "utility", ascending=False)
    shown = pd.DataFrame({
        "Unit": [f"block {row.layer}, {KIND_TITLES[row.kind]} {row.channel}" for row in mine.itertuples()],
        "Safety": mine["safety"].to_numpy(), "Utility": mine["utility"].to_numpy(),
        "Writes towards": [separated(tokens) for tokens in mine["tokens"]],
        "Writes against": [separated(tokens) for tokens in mine["opposed"]]})
    if "refusal" in mine:
        shown.insert(3, "Towards refusing", mine["refusal"].to_numpy())
    score = st.column_config.NumberColumn(format="%.1f")
    st.dataframe(
        shown, hide_index=True, height=min(420, 40 + 35 * len(shown)), alt=f"{len(shown)} units, {NAMES[code]}, with what they write.",
        column_config={
            "Unit": st.column_config.TextColumn(pinned=True, width="medium"), "Safety": score, "Utility": score,
            "Towards refusing": st.column_config.NumberColumn(
                format="%.1f", help="How far it writes towards the first tokens of refusals, in standard deviations over all tokens."),
            "Writes towards": st.column_config.TextColumn(width="large"), "Writes against": st.column_config.TextColumn(width="large")})
    st.caption("What a unit adds to the residual stream, through the last norm and the output head: the tokens that it makes likelier, and "
               "less likely, where it acts as it mostly does. Every later block is skipped: a reading, no proof. First seed.")


def separated(tokens: str) -> str:
    """Return tokens, one a line, as one line; spaces in a token stay visible."""
    return "  ".join(token.replace(" ", "␣") for token in str(tokens).split("\n"))


def _scales_table(run: Run) -> None:
    table = run.table("scales")
    if table.empty:
        st.caption("This run tried no other score scales: switch Other score scales on under All settings.")
        return
    means = table.groupby("normalisation", sort=False)[
        ["share", "n_mlp", "top_layer_share", "prefix", "false_prefix", "perplexity", "accuracy"]].mean()
    shown = pd.DataFrame({
        "Score scale": [NORMALISATIONS.get(name, name) for name in means.index], "SCU in MLPs": means["n_mlp"].to_numpy(),
        "In the fullest block": 100 * means["top_layer_share"].to_numpy(), "Still refused": 100 * means["prefix"].to_numpy(),
        "False refusals": 100 * means["false_prefix"].to_numpy(), "Perplexity": means["perplexity"].to_numpy()})
    percent = st.column_config.NumberColumn(format="%.0f%%")
    st.dataframe(shown, hide_index=True, alt="One row per way to make scores comparable.", column_config={
        "Score scale": st.column_config.TextColumn(pinned=True), "SCU in MLPs": st.column_config.NumberColumn(format="%.0f"),
        "In the fullest block": percent, "Still refused": percent, "False refusals": percent,
        "Perplexity": st.column_config.NumberColumn(format="%.2f")})
    st.caption(f"{means['share'].mean():.2%} of all units removed each time. Means over seeds.")


def _published_table(run: Run) -> None:
    table = beside(run)
    ours = table["model"].str.endswith(", here")
    table = pd.concat([table[ours], table[~ours]])
    shown = pd.DataFrame({
        "Model": table["model"], "Removed": table["group"].map(lambda group: NAMES.get(group, "nothing")), "Share": 100 * table["share"],
        "Answered": 100 * table["answered"], "Perplexity": table["perplexity"], "Utility": 100 * table["utility"]})
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(shown, hide_index=True, alt=f"{len(shown)} rows: this run first, then the published models.", column_config={
        "Model": st.column_config.TextColumn(pinned=True), "Share": percent,
        "Answered": st.column_config.NumberColumn(format="%.1f%%", help="Requests to be refused that are not."),
        "Perplexity": st.column_config.NumberColumn(format="%.2f"),
        "Utility": st.column_config.NumberColumn(format="%.1f%%", help="Published: mean of six benchmarks. Here: the mini-evaluation.")})
    st.caption("Published: arXiv 2410.10862, table 1; the attack success rates are the authors' averages, perplexity is on WikiText-2. "
               "Ours: answered means no refusal at the start of the answer. Means over seeds; intervals stand in the cards above.")


def _published_attacks(run: Run) -> None:
    table = attacked_beside(run)[::-1]
    shown = pd.DataFrame({"Model": table["model"], "Fine-tuned on": table["data"], "Before": 100 * table["before"],
                          **{f"Frozen: {words}": 100 * table[arm] for arm, words in FROZEN.items()}})
    percent = st.column_config.NumberColumn(format="%.1f%%", help="Requests to be refused that are answered.")
    st.dataframe(shown, hide_index=True, alt=f"{len(shown)} rows: answered requests before and after fine-tuning on ordinary pairs.",
                 column_config={"Model": st.column_config.TextColumn(pinned=True), "Before": percent,
                                **{f"Frozen: {words}": percent for words in FROZEN.values()}})
    st.caption("Answered after fine-tuning on ordinary pairs, by what was frozen. Published: table 2, AdvBench judged by keywords. Ours: "
               "after equally many steps, means over seeds; other requests, another judge, so only the order of a row's numbers compares.")
