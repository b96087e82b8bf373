"""Figures of the two demonstrations that need no training: damage at step zero, and one function with many prices of stripping."""

import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas, label
from core.lab.palette import MARKS, NEUTRAL
from core.lab.panels import legend_above, over, said, side_by_side, whiskers
from core.lab.runs import Run
from core.layernorm.panels import ends_of, panels_of, placements_of, rows_named

ORDER = ("intact", "scale", "bias", "early", "middle", "later", "all", "folded", "elsewhere", "shuffled")
SHORT = {"intact": "intact", "scale": "scales alone", "bias": "biases alone", "early": "early layers", "middle": "middle layers",
         "later": "later layers", "all": "all norms", "folded": "folded first", "elsewhere": "moved elsewhere", "shuffled": "exchanged"}
KINDS = {"intact": ("reference", "intact"), "folded": ("defended", "folded first"), "elsewhere": ("neutral", "control"),
         "shuffled": ("neutral", "control")}


def damage(run: Run, look: Look) -> go.Figure | None:
    """Return test accuracy of the pretrained models after each intervention, before any fine-tuning."""
    table = run.table("damage")
    table = table[table["intervention"].isin(ORDER)]
    if table.empty:
        return None
    figure = canvas(look, x="test accuracy", y="", height=int(1.15 * look.height))
    places, whole = side_by_side(figure, look, panels_of(run)), []
    for index, (placement, axes) in enumerate(zip(placements_of(run), places, strict=True)):
        rows = over(table[table["placement"] == placement], ["intervention"], "accuracy").set_index("intervention", drop=False)
        whole.append(rows)
        intact = float(rows.loc["intact", "value"])
        ends = [SHORT[rows["intervention"].iloc[place]] for place in (0, -1)]
        figure.add_scatter(x=[intact, intact], y=ends, mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, **axes)
        for meaning, name in (("reference", "intact"), ("stripped", "stripped"), ("defended", "folded first"),
                              ("neutral", "control")):
            mine = rows[[KINDS.get(one, ("stripped", ""))[0] == meaning for one in rows["intervention"]]]
            if len(mine):
                mark = MARKS[meaning]
                colour = look.ink if meaning == "reference" else mark.colour
                figure.add_scatter(
                    x=mine["value"], y=[SHORT[one] for one in mine["intervention"]], mode="markers", name=name, legendgroup=name,
                    showlegend=index == 0, error_x=whiskers(mine, look, colour) or None,
                    marker={"symbol": mark.symbol, "size": look.size(12), "color": colour},
                    text=[said(row) for row in mine.itertuples()],
                    hovertemplate="<b>%{y}</b><br>test accuracy %{text}<extra></extra>", **axes)
    held = set(table["intervention"])
    rows_named(figure, [SHORT[one] for one in ORDER if one in held])
    figure.update_xaxes(tickformat=".0%", nticks=3, range=ends_of(*whole, bounds=(0.0, 1.0)))
    legend_above(figure)
    return figure


def alt_damage(run: Run) -> str:
    """Return what stripping costs before training, beside an equal displacement elsewhere."""
    mean, parts = run.table("damage").groupby(["placement", "intervention"])["accuracy"].mean(), []
    for placement, title in zip(placements_of(run), panels_of(run), strict=True):
        lost, elsewhere = (words.number(float(mean[placement, "intact"] - mean[placement, name]), "pt") for name in ("all", "elsewhere"))
        parts.append(f"{title} {lost} (elsewhere {elsewhere})")
    return ("Test accuracy lost by stripping before training: " + ", ".join(parts) + ".")


def gauge(run: Run, look: Look) -> go.Figure | None:
    """Return accuracy before and after stripping one Pre-LN function that is written with ever more spread scales."""
    table = run.table("gauge")
    if table.empty:
        return None
    figure = canvas(look, x="spread of the scales", y="test accuracy")
    for column, meaning, name, shift in (("accuracy_before", "reference", "the function itself", (30, -30)),
                                         ("accuracy_after", "stripped", "after stripping", (34, -26))):
        mean, mark = over(table, ["strength"], column), MARKS[meaning]
        colour = look.ink if meaning == "reference" else mark.colour
        figure.add_scatter(
            x=mean["strength"], y=mean["value"], mode="lines+markers", error_y=whiskers(mean, look, colour) or None, name=name,
            line={"color": colour, "width": look.size(3.5), "dash": mark.dash},
            marker={"symbol": mark.symbol, "size": look.size(10), "color": colour}, text=[said(row) for row in mean.itertuples()],
            hovertemplate=f"<b>{name}</b><br>test accuracy %{{text}}<br>spread %{{x:.2f}}<extra></extra>")
        at = mean.iloc[0 if meaning == "reference" else len(mean) // 2]
        label(figure, look, name, x=float(at["strength"]), y=float(at["value"]), shift=shift)
    top = float(table["accuracy_before"].max())
    figure.update_xaxes(range=[-0.04 * float(table["strength"].max()), 1.04 * float(table["strength"].max())])
    figure.update_yaxes(range=[0, min(1.05, 1.22 * top)], tickformat=".0%", nticks=5)
    return figure


def alt_gauge(run: Run) -> str:
    """Return the two ends."""
    table = run.table("gauge")
    if table.empty:
        return "This run holds no Pre-LN model whose norms can be folded."
    ends = table.groupby("strength")["accuracy_after"].mean()
    return (f"One and the same function: after stripping, accuracy is {ends.iloc[0]:.0%} at spread 0 and {ends.iloc[-1]:.0%} at spread "
            f"{ends.index[-1]:g}.")
