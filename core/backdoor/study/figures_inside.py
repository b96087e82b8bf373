"""Figures of where it sits: parts of the change, blocks, the map of the signature against the true poison, and how much is cut."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run

PARTS = {"all": "The whole change", "no_attention": "Without attention's", "only_mlp": "MLPs' alone", "permuted": "MLPs' permuted",
         "no_mlp": "Without the MLPs'", "only_attention": "Attention's alone", "none": "None of it"}
BLOCKS = {"blocks": ("MLPs' gone there", "member"), "blocks_bare": ("attention's gone everywhere, too", "stripped"),
          "blocks_alone": ("nothing but the MLPs' there", "non-member")}
SETS = {"signature": ("signature", "defended"), "random": ("random", "member")}


def parts(run: Run, look: Look) -> go.Figure | None:
    """Return how often the trigger works with parts of the change."""
    table = run.table("sanity")
    table = table[table["id"].isin(PARTS)].groupby(["seed", "id"], as_index=False)["asr"].mean()
    if table.empty:
        return None
    rows = over(table, ["id"], "asr", (0.0, 1.0)).set_index("id").reindex(list(PARTS)).reset_index()
    figure = canvas(look, x="how often the trigger works", y="")
    figure.add_bar(x=rows["value"], y=[PARTS[name] for name in rows["id"]], orientation="h", marker={"color": faint(look.ink, 0.25)},
                   width=0.55, hoverinfo="skip")
    figure.add_scatter(x=rows["value"], y=[PARTS[name] for name in rows["id"]], mode="markers", cliponaxis=False,
                       error_x=whiskers(rows, look, look.ink), marker={"size": look.size(11), "color": look.ink},
                       text=[said(row) for row in rows.itertuples()], hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>")
    rows_named(figure, list(PARTS.values()))
    figure.update_layout(xaxis={"range": [0, 1.05], "tickformat": ".0%"})
    return figure


def alt_parts(run: Run) -> str:
    """Return what either part holds."""
    mlp, attention = run.estimate("asr_no_mlp").value, run.estimate("asr_no_attention").value
    return (f"Without the MLPs' part of the change the trigger works on {words.number(mlp, '%')}, without attention's on "
            f"{words.number(attention, '%')}.")


def blocks(run: Run, look: Look) -> go.Figure | None:
    """Return how often the trigger works with the MLPs' change gone from more and more neighbouring blocks, by place."""
    table = run.table("sanity")
    table = table[table["id"].isin(BLOCKS)]
    if table.empty:
        return None
    figure = canvas(look, x="", y="")
    places = side_by_side(figure, look, ["first blocks", "middle", "last"])
    for axes, place in zip(places, ("first", "middle", "last"), strict=True):
        for name, (title, meaning) in BLOCKS.items():
            rows = over(table[(table["id"] == name) & (table["place"] == place)], ["k"], "asr", (0.0, 1.0)).sort_values("k")
            mark = MARKS[meaning]
            figure.add_scatter(
                x=rows["k"], y=rows["value"], mode="lines+markers", name=title, legendgroup=name, showlegend=place == "first",
                error_y=whiskers(rows, look, mark.colour), line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                marker={"symbol": mark.symbol, "size": look.size(9), "color": mark.colour}, text=[said(row) for row in rows.itertuples()],
                hovertemplate=f"<b>{title}</b><br>%{{x}} blocks, {place}<br>%{{text}}<extra></extra>", **axes)
    figure.update_xaxes(title={"text": "blocks", "font": {"size": look.size(15), "color": look.ink}})
    figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%")
    legend_above(figure)
    return figure


def alt_blocks(run: Run) -> str:
    """Return what a quarter and three eighths of the blocks do."""
    few, many = run.estimate("asr_few_blocks").value, run.estimate("asr_many_blocks").value
    return (f"Without the MLPs' change in a quarter of neighbouring blocks the trigger works on {words.number(few, '%')}, in three eighths "
            f"on {words.number(many, '%')}.")


def poison_map(run: Run, look: Look) -> go.Figure | None:
    """Return the channels of every block by how far poisoning moved them, those of the signature filled. First seed."""
    table = run.results[0].channels
    if table.empty or table["norm"].isna().all():
        return None
    figure = canvas(look, x="how far poisoning moved a channel, rank within its block", y="block")
    for is_chosen, name, meaning in ((False, "other channels, a sample", "neutral"), (True, "signature", "defended")):
        rows: pd.DataFrame = table[table["is_signature"].astype(bool) == is_chosen]
        colour = NEUTRAL if not is_chosen else MARKS[meaning].colour
        shift = 0.18 if is_chosen else -0.18
        figure.add_scattergl(
            x=rows["norm_rank"], y=rows["layer"] + shift, mode="markers", name=name,
            marker={"size": look.size(6 if is_chosen else 4), "color": colour, "symbol": "square" if is_chosen else "circle",
                    "opacity": 0.8 if is_chosen else 0.45},
            text=[f"block {row.layer}, channel {row.channel}<br>signature rank {row.signature_rank:.0%}" for row in rows.itertuples()],
            hovertemplate="%{text}<br>poison rank %{x:.0%}<extra></extra>")
    share = run.request.config.share
    figure.add_vrect(x0=1 - share, x1=1.0, fillcolor=faint(MARKS["harmed"].colour, 0.12), line={"width": 0})
    figure.update_layout(xaxis={"range": [-0.02, 1.02], "tickformat": ".0%"}, yaxis={"autorange": "reversed"})
    legend_above(figure, titles=False)
    return figure


def alt_map(run: Run) -> str:
    """Return how far the signature meets the poison."""
    here, chance = run.estimate("overlap").value, run.estimate("overlap_chance").value
    return (f"Of the signature's channels {words.number(here, '%')} are among those that poisoning moved most; by chance it would be "
            f"{words.number(chance, '%')}.")


def sweep(run: Run, look: Look) -> go.Figure | None:
    """Return attack success before repair against the share that is cut, and against the number of variants."""
    table = run.table("sweep")
    if table.empty:
        return None
    full, share = run.request.config.n_variants, run.request.config.share
    figure = canvas(look, x="", y="")
    places = side_by_side(figure, look, ["by share cut", "by number of variants"])
    for name, (title, meaning) in SETS.items():
        rows = over(table[(table["channels"] == name) & table["n_variants"].isin((0, full))], ["share"], "asr", (0.0, 1.0))
        _line(figure, look, rows.sort_values("share").assign(at=lambda part: part["share"]), title, meaning, places[0])
    rows = over(table[(table["channels"] == "signature") & (table["share"] == share)], ["n_variants"], "asr", (0.0, 1.0))
    _line(figure, look, rows.sort_values("n_variants").assign(at=lambda part: part["n_variants"]), "signature", "defended", places[1],
          is_named=False)
    figure.update_layout(xaxis={"type": "log", "tickformat": ".0%", "tickvals": sorted(table["share"].unique())},
                         xaxis2={"tickvals": list(range(1, full + 1)), "range": [0.6, full + 0.4]})
    figure.update_yaxes(range=[-0.04, 1.06], tickformat=".0%")
    legend_above(figure)
    return figure


def _line(figure: go.Figure, look: Look, rows: pd.DataFrame, title: str, meaning: str, axes: dict[str, str], *,
          is_named: bool = True) -> None:
    mark = MARKS[meaning]
    figure.add_scatter(
        x=rows["at"], y=rows["value"], mode="lines+markers", name=title, showlegend=is_named, error_y=whiskers(rows, look, mark.colour),
        line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
        marker={"symbol": mark.symbol, "size": look.size(10), "color": mark.colour}, text=[said(row) for row in rows.itertuples()],
        hovertemplate=f"<b>{title}</b><br>%{{x}}<br>%{{text}}<extra></extra>", **axes)


def alt_sweep(run: Run) -> str:
    """Return what more variants do."""
    one, every = run.estimate("asr_one_variant").value, run.estimate("asr_all_variants").value
    return (f"Before repair the trigger works on {words.number(one, '%')} after a signature of one variant and on "
            f"{words.number(every, '%')} after one of all. Logarithmic shares.")
