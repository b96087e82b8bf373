"""The two-block test, and how the networks of the room trained."""

import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas, label
from core.lab.palette import MARKS, NEUTRAL
from core.lab.runs import Run
from core.spurious.figures_means import means, said, whiskers

NETWORKS = {"stacked": "trained on both blocks", "complex_only": "trained on the complex block"}
SHUFFLED = {"none": "Both blocks whole", "complex": "Complex block shuffled", "simple": "Simple block shuffled"}


def simplicity(run: Run, look: Look) -> go.Figure | None:
    """Return the AUC of both networks with either block shuffled at test time; dotted: guessing."""
    rows = means(run.table("simplicity"), ["network", "shuffled"], ["auc"])
    if rows.empty:
        return None
    figure = canvas(look, x="AUC", y="", height=int(150 + 60 * look.scale * len(SHUFFLED)))
    figure.add_vline(x=0.5, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    order = list(reversed(SHUFFLED.values()))
    for network, symbol, colour in (("complex_only", "circle-open", NEUTRAL), ("stacked", "circle", look.ink)):
        part = rows[rows["network"] == network]
        hover = [f"<b>{SHUFFLED[row.shuffled]}</b><br>{NETWORKS[network]}<br>AUC {said(row, 'auc', '')}" for row in part.itertuples()]
        figure.add_scatter(
            x=part["auc"], y=part["shuffled"].map(SHUFFLED), mode="markers", name=NETWORKS[network], text=hover,
            hovertemplate="%{text}<extra></extra>", error_x=whiskers(part, "auc", look),
            marker={"size": look.size(13), "symbol": symbol, "color": colour, "line": {"width": 2, "color": colour}})
    figure.update_xaxes(range=[0.4, 1.03], tickvals=[0.5, 0.75, 1.0], tickformat=".2f")
    figure.update_yaxes(range=[-0.6, len(order) - 0.4], tickmode="linear", categoryorder="array", categoryarray=order)
    label(figure, look, "guessing", x=0.5, y=2.3, shift=(22, 0), bold=False)
    figure.update_layout(showlegend=True, legend={"itemsizing": "constant", "font": {"size": look.size(14), "color": look.ink}})
    return figure


def simplicity_alt(run: Run) -> str:
    """Return the AUC without the simple block, beside what the complex block alone allows."""
    blind, alone = (words.number(run.estimate(name).value) for name in ("simplicity_auc", "simplicity_auc_complex"))
    return f"With the simple block shuffled the AUC is {blind}, although a network that learns the complex block alone reaches {alone}."


def curves(run: Run, look: Look) -> go.Figure | None:
    """Return training and test loss of the network that nothing was pruned for, mean over seeds."""
    table = run.table("curves")
    mine = table[table["model"] == "main"]
    if mine.empty:
        return None
    rows = means(mine, ["epoch"], ["train_loss", "test_loss"], (0.0, float("inf")))
    figure = canvas(look, x="epoch", y="loss")
    for column, meaning, words_ in (("train_loss", "member", "training images"), ("test_loss", "non-member", "test images")):
        mark, part = MARKS[meaning], rows[rows[column].notna()]
        hover = [f"<b>{words_}</b><br>loss {row[column]:.2f}<br>after epoch {row['epoch']:.0f}" for _, row in part.iterrows()]
        figure.add_scatter(x=part["epoch"], y=part[column], mode="lines+markers", name=words_, text=hover,
                           hovertemplate="%{text}<extra></extra>",
                           line={"color": mark.colour, "width": look.size(3), "dash": mark.dash},
                           marker={"size": look.size(8), "symbol": mark.symbol, "color": mark.colour})
        if len(part):
            spot = part.iloc[(2 * len(part)) // 3]
            label(figure, look, words_, x=spot["epoch"], y=spot[column], shift=(-20, -44) if meaning == "non-member" else (-30, 40))
    top = float(rows[["train_loss", "test_loss"]].to_numpy().max())
    figure.update_xaxes(range=[0.6, float(rows["epoch"].max()) + 0.4])
    figure.update_yaxes(range=[0, max(0.1, top * 1.1)])
    return figure


def curves_alt(run: Run) -> str:
    """Return the losses after the last epoch."""
    table = run.table("curves")
    mine = table[(table["model"] == "main") & (table["epoch"] == table["epoch"].max())]
    if mine.empty:
        return "No training curve was kept in this run."
    return (f"After the last epoch the loss is {mine['train_loss'].mean():.2f} on training images and {mine['test_loss'].mean():.2f} on "
            "test images.")
