"""The figures of the table over attacks: what every arm leaves of each attack, and what looks see at poisoned and at clean models."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.backdoor.attacks.headline import with_gaps
from core.backdoor.attacks.limits import LOOKS
from core.backdoor.config import POISONED_BY
from core.backdoor.study.published import PUBLISHED, ROWS, SILLY
from core.backdoor.triggers import ATTACKS
from core.backdoor.wording import KINDS
from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, rows_named, said, side_by_side, whiskers
from core.lab.runs import Run

MEASURES = {"asr": "Target said", "gap": "Distance"}
DRAWN = {"poisoned": ("untouched", "harmed"), "repair": ("repair", "non-member"), "random": ("random", "member"),
         "largest": ("largest", "complex"), "signature": ("signature", "defended"), "latent": ("knows it", "stripped")}
SYMBOLS = {"largest": "cross"}  # a second channel beside the colour, where the meaning's own is that of another arm
SHORT = {"search": "Search", "apart": "Apart", "recurrence": "Recurrence", "outliers": "Outliers"}
MODELS = {"clean": ("clean", "reference"), "poisoned": ("bad", "harmed")}
WIDE = 0.28  # half of the strip over which dots of one kind are spread


def row_of(attack: str, by: str) -> str:
    """Return what a row is called: the trigger, or the attacker who evades."""
    return ATTACKS[attack] if by == "full" else POISONED_BY[by]


def cell_rows(run: Run) -> pd.DataFrame:
    """Return one row per seed, attack and arm, with its name and the distance from the never-poisoned model and its logarithm."""
    table = pd.concat([with_gaps(part) for _, part in run.table("cells").groupby("seed", sort=False)])
    return table.assign(row=[row_of(attack, by) for attack, by in zip(table["attack"], table["by"], strict=True)],
                        log_gap=np.log(table["gap"]))


def attacks(run: Run, look: Look, *, measure: str = "asr") -> go.Figure | None:
    """Return what every arm leaves of each attack, by behaviour."""
    table = cell_rows(run)
    kinds = [kind for kind in KINDS if kind in set(table["behaviour"])]
    names = list(dict.fromkeys(table["row"]))
    figure = canvas(look, x="", y="", height=int(look.height * (0.55 + 0.085 * len(names))))
    places = side_by_side(figure, look, [KINDS[kind] for kind in kinds])
    for arm, (title, meaning) in DRAWN.items():
        mark = MARKS[meaning]
        for index, (kind, axes) in enumerate(zip(kinds, places, strict=True)):
            mine = table[(table["arm"] == arm) & (table["behaviour"] == kind)]
            rows = over(mine, ["row"], "asr", (0.0, 1.0)) if measure == "asr" else over(mine, ["row"], "log_gap")
            if measure != "asr":
                rows = rows.assign(**{name: np.exp(rows[name]) for name in ("value", "low", "high")})
            figure.add_scatter(
                x=rows["value"], y=rows["row"], mode="markers", name=title, legendgroup=arm, showlegend=index == 0, cliponaxis=False,
                error_x=whiskers(rows, look, mark.colour) if arm == "signature" else None,
                marker={"size": look.size(11), "color": mark.colour, "symbol": SYMBOLS.get(arm, mark.symbol)},
                text=[said(row, "%" if measure == "asr" else "") for row in rows.itertuples()],
                hovertemplate=f"<b>{title}</b>, %{{y}}<br>%{{text}}<extra></extra>", **axes)
    rows_named(figure, names)
    figure.update_yaxes(tickfont={"size": look.size(13)})
    if measure == "asr":
        figure.update_xaxes(range=[-0.04, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1])
    else:
        figure.update_xaxes(type="log", tickvals=[1, 3, 10, 30, 100], ticktext=["×1", "×3", "×10", "×30", "×100"])
    legend_above(figure)
    figure.update_layout(margin={"t": 112})  # six arms take three lines on a telephone
    return figure


def alt_attacks(run: Run) -> str:
    """Return what is left after the signature and after random channels, by behaviour."""
    told = []
    for kind, title in KINDS.items():
        ours, random = (run.estimate(f"asr_{arm}_{kind}").value for arm in ("signature", "random"))
        if not np.isnan(ours):
            told.append(f"{title}: the trigger works on {words.number(ours, '%')} after the signature, {words.number(random, '%')} after "
                        "random channels")
    return "; ".join(told) + "."


def published(run: Run, look: Look) -> go.Figure | None:
    """Return success as printed for two large models, averages over five attacks, beside our averages over triggers."""
    table = run.table("cells")
    mine = table[table["by"] == "full"].groupby(["seed", "behaviour", "arm"], sort=False, as_index=False)["asr"].mean()
    arms = [arm for arm in ROWS if arm in set(mine["arm"])]
    kinds = [kind for kind in KINDS if kind in set(mine["behaviour"])]
    figure = canvas(look, x="", y="")
    for index, (kind, axes) in enumerate(zip(kinds, side_by_side(figure, look, [KINDS[kind] for kind in kinds]), strict=True)):
        printed = PUBLISHED if kind == "refusal" else SILLY
        for (name, values), symbol in zip(printed.items(), ("diamond-open", "square-open"), strict=True):
            figure.add_scatter(
                x=[values[arm] for arm in arms], y=[ROWS[arm] for arm in arms], mode="markers", name=f"{name}, published",
                legendgroup=name, showlegend=index == 0, hovertemplate="<b>%{y}</b><br>%{x:.1%}<extra></extra>",
                marker={"size": look.size(11), "color": MARKS["stripped"].colour, "symbol": symbol, "line": {"width": 2}}, **axes)
        rows = over(mine[(mine["behaviour"] == kind) & mine["arm"].isin(arms)], ["arm"], "asr", (0.0, 1.0))
        figure.add_scatter(
            x=rows["value"], y=[ROWS[arm] for arm in rows["arm"]], mode="markers", name="here", legendgroup="here", showlegend=index == 0,
            error_x=whiskers(rows, look, MARKS["defended"].colour), marker={"size": look.size(12), "color": MARKS["defended"].colour},
            text=[said(row) for row in rows.itertuples()], hovertemplate="<b>%{y}</b><br>%{text}<extra></extra>", **axes)
    rows_named(figure, [ROWS[arm] for arm in arms])
    figure.update_xaxes(range=[-0.04, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1])
    legend_above(figure)
    return figure


def alt_published(run: Run) -> str:
    """Return the published means over attacks beside ours."""
    ours = run.estimate("asr_signature_refusal").value
    printed = words.number(PUBLISHED["Llama-2-7B"]["signature"], "%")
    return f"Refusals, average over attacks: published for Llama-2-7B {printed} after the signature, here {words.number(ours, '%')}."


def looks(run: Run, look: Look) -> go.Figure | None:
    """Return the score of every look at every model, with the limit above which it raises an alarm."""
    table = run.table("looks")
    if table.empty:
        return None
    figure = canvas(look, x="", y="")
    for name, axes in zip(SHORT, side_by_side(figure, look, list(SHORT.values()), shared=False, gap=0.045), strict=True):
        mine = table[table["look"] == name]
        for place, (model, (title, meaning)) in enumerate(MODELS.items()):
            rows, mark = mine[mine["model"] == model], MARKS[meaning]
            figure.add_scatter(
                x=place + np.linspace(-WIDE, WIDE, len(rows)), y=rows["score"], mode="markers", name=title, showlegend=False,
                marker={"size": look.size(7), "symbol": mark.symbol, "color": look.ink if meaning == "reference" else mark.colour,
                        "opacity": 0.75},
                text=[_told(row) for row in rows.itertuples()], hovertemplate="%{text}<br>%{y:.3g}<extra></extra>", **axes)
        for limit in mine["limit"].dropna().unique():
            figure.add_shape(type="line", x0=0, x1=1, xref=f"{axes['xaxis']} domain", y0=limit, y1=limit, yref=axes["yaxis"],
                             line={"color": NEUTRAL, "width": look.size(2), "dash": "dot"})
    figure.update_xaxes(showgrid=False, range=[-0.6, 1.6], tickvals=[0, 1], ticktext=[title for title, _ in MODELS.values()])
    figure.update_yaxes(rangemode="tozero", title={"text": ""})
    return figure


def _told(row: object) -> str:
    which = f"seed {row.seed}" + (f", {row_of(row.attack, row.by)}, {KINDS[row.behaviour].lower()}" if row.model == "poisoned" else "")
    return which + (f"<br>found: {row.found}" if row.found else "")


def alt_looks(run: Run) -> str:
    """Return how well each look tells them apart."""
    told = [f"{title} {words.number(run.estimate(f'auc_{name}').value)}" for name, title in LOOKS.items()]
    return f"Area under the curve, half is guessing: {', '.join(told)}."


FIGURES: tuple[Figure, ...] = (
    Figure("attacks", "What is left of each attack",
           "By trigger; below, attackers who evade. Left is better. Bars at the signature: 95% over seeds.", attacks, alt_attacks),
    Figure("looks", "Before any repair: poisoned against clean models",
           "A dot a model; bad: poisoned. Above the dotted line a look raises an alarm; at a clean model that alarm is false.", looks,
           alt_looks),
    Figure("published", "Averages over attacks, published beside ours",
           "Open: Llama-2, five attacks, the paper's own repair. Filled: here, five triggers. Bars: 95% over seeds.", published,
           alt_published),
)
