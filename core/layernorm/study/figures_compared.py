"""Figures of comparison: every way to fine-tune side by side, and the published rows beside ours."""

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import legend_above, over, said, side_by_side, whiskers
from core.lab.runs import Run
from core.layernorm.config import LayerNormConfig
from core.layernorm.panels import TITLES, ends_of, mark_of, placements_of, rows_named, variants_of
from core.layernorm.study.figures_memory import SHARES
from core.layernorm.study.published import ROWS
from core.layernorm.variants import PLACEMENT_TITLES

SHORT = {"intact": "intact", "all": "stripped", "early": "early stripped", "middle": "middle stripped", "later": "later stripped",
         "elsewhere": "moved elsewhere", "frozen": "frozen", "folded": "folded first", "elr": "ELR", "label_smoothing": "smoothing",
         "norm_decay": "norm decay", "dropout_intact": "dropout", "dropout_all": "dropout, stripped", "scratch_intact": "from scratch",
         "scratch_all": "scratch, stripped", "stopped": "stopped early"}
COLUMNS = {"memorised": "memorised", "test_accuracy": "test accuracy"}


def ends(run: Run, placement: str) -> pd.DataFrame:
    """Return one row per seed and variant: seed, variant, memorised, recovered, test_accuracy; early stopping as a variant of its own."""
    table = run.table("variants")
    rows = table.loc[table["placement"] == placement, ["seed", "variant", "memorised", "recovered", "test_accuracy"]]
    intact = table[(table["placement"] == placement) & (table["variant"] == "intact")]
    stopped = pd.DataFrame({"seed": intact["seed"], "variant": "stopped", "memorised": intact["best_memorised"],
                            "recovered": intact["best_recovered"], "test_accuracy": intact["best_test"]})
    return pd.concat([rows, stopped], ignore_index=True)


def rivals(run: Run, look: Look, *, placement: str) -> go.Figure | None:
    """Return what each way to fine-tune memorises and how accurate it is at the end, one row each."""
    if placement not in placements_of(run):
        return None
    table = ends(run, placement)
    order = [name for name in (*variants_of(run, placement), "stopped") if name in set(table["variant"])]
    figure = canvas(look, x="", y="", height=int(max(look.height, (96 + 27 * len(order)) * look.scale)))
    places = side_by_side(figure, look, list(COLUMNS.values()))
    for column, axes in zip(COLUMNS, places, strict=True):
        rows = over(table, ["variant"], column).set_index("variant", drop=False).loc[order]
        intact = float(rows.loc["intact", "value"])
        figure.add_scatter(x=[intact, intact], y=[SHORT[order[0]], SHORT[order[-1]]], mode="lines", hoverinfo="skip",
                           line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, **axes)
        for name, row in rows.iterrows():
            colour, _, symbol = mark_of(str(name), look)
            figure.add_scatter(
                x=[row["value"]], y=[SHORT[str(name)]], mode="markers", error_x=whiskers(rows.loc[[name]], look, colour) or None,
                marker={"symbol": symbol, "size": look.size(12), "color": colour}, text=[said(row)],
                hovertemplate=f"<b>{TITLES.get(str(name), 'Stopped early')}</b><br>{COLUMNS[column]} %{{text}}<extra></extra>", **axes)
        figure.update_layout({f"xaxis{axes['xaxis'][1:]}": {"range": ends_of(rows, bounds=(0.0, 1.0))}})
    rows_named(figure, [SHORT[name] for name in order])
    figure.update_xaxes(tickformat=".0%", nticks=3)
    return figure


def alt_rivals(run: Run, placement: str) -> str:
    """Return the variant that memorises least."""
    if placement not in placements_of(run):
        return "This run holds no model of this kind."
    mean = ends(run, placement).groupby("variant")["memorised"].mean()
    least = str(mean.idxmin())
    return (f"{PLACEMENT_TITLES[placement]}: {TITLES.get(least, 'Stopped early')} memorises least, {words.number(mean[least], '%')} of the "
            f"wrong labels; intact {words.number(mean['intact'], '%')}.")


def published_table(run: Run) -> pd.DataFrame:
    """Return published rows and ours: model, scale, variant, memorised, random, recovered, test_accuracy (fractions)."""
    config, rows = run.request.config, []
    for row in ROWS:
        rows.append((f"{row.model} ({PLACEMENT_TITLES[row.placement]})", row.scale, row.variant, row.memorised, row.random, row.recovered,
                     row.learning))
    models = run.table("models").drop_duplicates("placement").set_index("placement")
    for placement in placements_of(run):
        table = run.table("variants")
        samples = "texts" if (run.table("samples")["text"] != "").any() else "images"
        one = models.loc[placement]
        scale = (f"{one['n_layers']} layers, {_count(one['n_parameters'])} weights, {config.n_train:,} {samples}, "
                 f"{_wrong(config)} wrong")
        for variant in ("intact", "all"):
            mine = table[(table["placement"] == placement) & (table["variant"] == variant)]
            if len(mine):
                mean = mine[["memorised", "random", "recovered", "test_accuracy"]].mean()
                rows.append((f"here: {_name(one['title'])} ({PLACEMENT_TITLES[placement]})", scale, variant, *mean))
    return pd.DataFrame(rows, columns=["model", "scale", "variant", "memorised", "random", "recovered", "test_accuracy"])


def published(run: Run, look: Look) -> go.Figure | None:
    """Return what became of the wrong labels, published and here, as stacked bars."""
    table = published_table(run)
    names = [f"{row.model.replace(' (', '<br>(')}, {'intact' if row.variant == 'intact' else 'stripped'}" for row in table.itertuples()]
    figure = canvas(look, x="of the wrong labels", y="", height=int(max(look.height, (110 + 48 * len(names)) * look.scale)))
    for share, (meaning, pattern) in SHARES.items():
        colour = MARKS[meaning].colour
        figure.add_bar(
            x=table[share], y=names, orientation="h", name=share,
            marker={"color": faint(colour, 0.55), "line": {"color": colour, "width": 1.5},
                    "pattern": {"shape": pattern, "fgcolor": colour, "bgcolor": faint(colour, 0.55), "size": 7, "solidity": 0.25}},
            customdata=table["scale"], hovertemplate=f"<b>%{{y}}</b><br>{share} %{{x:.1%}}<br>%{{customdata}}<extra></extra>")
    figure.update_layout(barmode="stack", bargap=0.35, legend_traceorder="normal")
    figure.update_xaxes(range=[0, 1], tickformat=".0%", nticks=5)
    rows_named(figure, names)
    legend_above(figure, titles=False)
    return figure


def alt_published(run: Run) -> str:
    """Return the published fall beside ours."""
    here = [f"{PLACEMENT_TITLES[placement]} {words.number(-run.estimate(f'memorised_drop_{placement}').value, 'pt', signed=True)}"
            for placement in placements_of(run)]
    return f"Memorised after stripping: published BERT {words.MINUS}73.0 pt, GPT-Neo {words.MINUS}32.5 pt; here " + ", ".join(here) + "."


def _name(title: str) -> str:
    """Return a model's name without its depth and its placement, which are said beside it."""
    bare = title.partition(" (")[0].partition(", ")[0]
    return bare.removeprefix("Post-LN ").removeprefix("Pre-LN ")


def _wrong(config: LayerNormConfig) -> str:
    """Return how many labels are wrong, in words."""
    return words.number(config.noise_share, "%").replace(".0%", "%") + (" of one class" if config.noise_class >= 0 else "")


def _count(n: float) -> str:
    """Return a number of weights in words."""
    return f"{n / 1e6:.0f}M" if n >= 1e6 else f"{n / 1e3:.0f}k"
