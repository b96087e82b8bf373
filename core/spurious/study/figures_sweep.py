"""The sweep: what each pruning rule does at every share, its price in accuracy, and what it removes."""

import textwrap

import pandas as pd
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas, label, name
from core.lab.palette import MARKS, NEUTRAL, Mark
from core.lab.runs import Run
from core.spurious.figures_means import MEASURES, SHORT, STYLES, clean_level, end_names, line, means, percent_axis, said

GROUPS = {"classes": ("easiest", "random", "others_hardest", "hardest"),
          "carriers": ("oracle_easiest", "oracle_random", "oracle_hardest")}
GROUP_WORDS = {"classes": "From every class", "carriers": "Carriers alone"}
AXES = {"classes": "pruned share of every class", "carriers": "pruned share of the carriers"}
NONE, CLEAN = "none", "clean"
WITH_BUDGET = {"classes": "pruned per class", "carriers": "carriers pruned"}  # room for how long networks train afterwards


def sweep_points(run: Run, scenario: str = "main") -> pd.DataFrame:
    """Return one row per rule and share with means and ends of every measure; every rule starts at share 0, nothing pruned."""
    table = run.table("sweep")
    mine = table[(table["scenario"] == scenario) & (table["rule"] != CLEAN)]
    rows = means(mine, ["rule", "share"], [*MEASURES, "reliance_unmarked"])
    if rows.empty:
        return rows
    counts = ["n_pruned", "n_train", "n_carriers", "n_carriers_left", "n_wrong", "n_wrong_left"]
    rows = rows.merge(mine.groupby(["rule", "share"], sort=False)[counts].mean().reset_index(), on=["rule", "share"])
    start = rows[rows["rule"] == NONE]
    parts = [pd.concat([start.assign(rule=rule), rows[rows["rule"] == rule]]) for rule in rows["rule"].unique() if rule != NONE]
    return pd.concat(parts, ignore_index=True).sort_values(["rule", "share"], ignore_index=True) if parts else rows


def sweep(run: Run, look: Look, *, rules: str = "classes", measure: str = "reliance", scenario: str = "main",
          share: str = "") -> go.Figure | None:
    """Return a measure against the pruned share, one line per rule.

    Args:
        run: A finished run.
        look: Ink and scale.
        rules: Key of ``GROUPS``.
        measure: Key of ``MEASURES``.
        scenario: Which training set.
        share: Where the slider stands, as text; empty draws no slider.
    """
    points = sweep_points(run, scenario)
    drawn = [rule for rule in GROUPS[rules] if rule in set(points["rule"])]
    if not drawn:
        return None
    figure = canvas(look, x=f"{WITH_BUDGET[rules]}, same {run.request.config.budget}", y=MEASURES[measure])
    right = float(points.loc[points["rule"].isin(drawn), "share"].max())
    _level(figure, look, run, (measure, scenario), right)
    for rule in drawn:
        mine = points[points["rule"] == rule]
        hover = [_hover(row, rule, measure) for row in mine.itertuples()]
        line(figure, look, mine, STYLES[rule], x="share", y=measure, name=SHORT[rule], hover=hover,
             width=3.5 if rule in ("hardest", "oracle_hardest") else 2.5, with_band=rule in (drawn[-1], "random", "oracle_random"))
    if share:
        figure.add_vline(x=float(share), line={"color": look.ink, "width": look.size(2)})
    figure.update_xaxes(range=[-0.02, right * 1.52], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1][: 5 if right > 0.95 else 4])
    shown = points[points["rule"].isin(drawn)]
    low = 0.0 if measure == "reliance" else max(0.0, float(shown[measure].min()) - 0.08)
    percent_axis(figure, "y", low, 1.0)
    _names(figure, look, points, drawn, measure, (low, 1.0))
    return figure


def _hover(row: object, rule: str, measure: str) -> str:
    everyone = row.n_pruned + row.n_train
    what = "nothing pruned" if row.share == 0 else f"{row.share:.0%} pruned, {row.n_pruned:,.0f} of {everyone:,.0f} images"
    return (f"<b>{SHORT[rule]}</b><br>{what}<br>{MEASURES[measure]}: {said(row, measure)}<br>average accuracy: "
            f"{said(row, 'average_accuracy')}<br>{row.n_carriers_left:.0f} of {row.n_carriers:.0f} carriers left")


def _level(figure: go.Figure, look: Look, run: Run, asked: tuple[str, str], right: float) -> None:
    measure, scenario = asked
    clean = clean_level(run, measure, scenario)
    if pd.notna(clean):
        figure.add_scatter(x=[0, right], y=[clean, clean], mode="lines", hoverinfo="skip",
                           line={"color": look.ink, "width": look.size(2), "dash": "dot"})
        name(figure, look, "clean network", x=0.0, y=clean + (-0.04 if measure == "reliance" else 0.04), bold=False)


def _names(figure: go.Figure, look: Look, points: pd.DataFrame, drawn: list[str], measure: str, ends: tuple[float, float]) -> None:
    """Name the lines right of their ends."""
    last = {rule: points[points["rule"] == rule].iloc[-1] for rule in drawn}
    named = [("<br>".join(textwrap.wrap(SHORT[rule], 12)), float(spot["share"]), float(spot[measure]),
              rule in ("hardest", "oracle_hardest")) for rule, spot in last.items()]
    end_names(figure, look, named, low=ends[0], high=ends[1])


def accuracy(run: Run, look: Look) -> go.Figure | None:
    """Return average accuracy against the pruned share."""
    return sweep(run, look, measure="average_accuracy")


def scenario_sweep(run: Run, look: Look, *, scenario: str = "hidden") -> go.Figure | None:
    """Return the sweep of one training set by name; None where the run has none."""
    return sweep(run, look, scenario=scenario)


def scenario_alt(run: Run) -> str:
    """Return what hardest and random pruning do at the headline share where the mark is weak."""
    return _at_headline(run, "hidden")


def noisy(run: Run, look: Look) -> go.Figure | None:
    """Return the sweep of the training set with wrong labels; None where the run has none."""
    return sweep(run, look, scenario="noisy")


def noisy_alt(run: Run) -> str:
    """Return what hardest and random pruning do at the headline share on wrong labels."""
    return _at_headline(run, "noisy")


def alt(run: Run) -> str:
    """Return what hardest and random pruning do at the headline share."""
    return _at_headline(run, "main")


def _at_headline(run: Run, scenario: str) -> str:
    points, share = sweep_points(run, scenario), run.request.config.share
    at = points[points["share"] == share].set_index("rule")
    if not {"hardest", "random"} <= set(at.index):
        return "The sweep holds no hardest and random pruning."
    return (f"With {share:.0%} of every class pruned, {words.number(at.loc['hardest', 'reliance'], '%')} are misled after hardest and "
            f"{words.number(at.loc['random', 'reliance'], '%')} after random pruning.")


def price(run: Run, look: Look, *, scenario: str = "main") -> go.Figure | None:
    """Return being misled against average accuracy, one path per rule; down and to the right is better."""
    points = sweep_points(run, scenario)
    drawn = [rule for rule in ("random", "hardest", "oracle_hardest") if rule in set(points["rule"])]
    if not drawn:
        return None
    figure = canvas(look, x="average accuracy", y="misled by the cue")
    shown = points[points["rule"].isin(drawn)]
    for rule in drawn:
        mine = points[points["rule"] == rule]
        hover = [_hover(row, rule, "reliance") for row in mine.itertuples()]
        line(figure, look, mine, STYLES[rule], x="average_accuracy", y="reliance", name=SHORT[rule], hover=hover)
    start = points[points["share"] == 0].iloc[0]
    figure.add_scatter(x=[start["average_accuracy"]], y=[start["reliance"]], mode="markers", hoverinfo="skip",
                       marker={"size": look.size(13), "color": look.ink})
    low, high = float(shown["average_accuracy"].min()), float(shown["average_accuracy"].max())
    room = max(0.01, 0.16 * (high - low))
    percent_axis(figure, "x", low - room, high + 2.2 * room)
    percent_axis(figure, "y", 0.0, min(1.0, float(shown["reliance"].max()) + 0.2))
    label(figure, look, "nothing<br>pruned", x=start["average_accuracy"], y=start["reliance"], shift=(18, -24))
    for rule, shift in (("random", (-20, -34)), ("hardest", (2, -40)), ("oracle_hardest", (18, 30))):
        if rule in drawn:
            spot = points[points["rule"] == rule].iloc[-1]
            label(figure, look, SHORT[rule].replace(" ", "<br>"), x=spot["average_accuracy"], y=spot["reliance"], shift=shift,
                  bold=rule != "random")
    _chosen(figure, look, run, scenario)
    return figure


CRITERIA = {"worst_class": "chosen by the worst validation class", "affordable": "largest share within the budget"}


def _chosen(figure: go.Figure, look: Look, run: Run, scenario: str) -> None:
    """Ring the shares that a user without group labels would choose: by worst validation class, and the largest within the budget."""
    table = run.table("choice")
    mine = table[table["scenario"] == scenario]
    for (criterion, words_), symbol in zip(CRITERIA.items(), ("circle-open", "square-open"), strict=True):
        part = mine[mine["criterion"] == criterion]
        if part.empty:
            continue
        budget = words.number(float(part["accuracy_budget"].iloc[0]), "pt").lstrip("+")
        figure.add_scatter(
            x=[part["average_accuracy"].mean()], y=[part["reliance"].mean()], mode="markers", name=words_,
            marker={"size": look.size(18), "symbol": symbol, "color": look.ink, "line": {"width": 2}},
            hovertemplate=f"<b>{words_}</b>, no group labels<br>budget: {budget} of validation accuracy<br>"
                          f"mean share over seeds: {part['share'].mean():.0%}<extra></extra>")


def price_alt(run: Run) -> str:
    """Return what pruning the hardest, and random images, costs at the headline share."""
    points, share = sweep_points(run), run.request.config.share
    at = points[points["share"].isin([0.0, share])].set_index(["rule", "share"])["average_accuracy"]
    if not {("hardest", share), ("random", share)} <= set(at.index):
        return "The sweep holds no hardest and random pruning."
    lost = {rule: words.number(at[rule, 0.0] - at[rule, share], "pt") for rule in ("hardest", "random")}
    return (f"With {share:.0%} of every class pruned, average accuracy falls by {lost['hardest']} where the hardest go and by "
            f"{lost['random']} where random images go.")


def removed(run: Run, look: Look, *, scenario: str = "noisy") -> go.Figure | None:
    """Return which share of the wrong labels and of the carriers hardest-per-class pruning removes, against the pruned share."""
    points = sweep_points(run, scenario)
    mine = points[points["rule"] == "hardest"]
    if mine.empty:
        return None
    figure = canvas(look, x=AXES["classes"], y="removed")
    end = float(mine["share"].max())
    figure.add_scatter(x=[0, end], y=[0, end], mode="lines", hoverinfo="skip",
                       line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    ends = [("as by<br>chance", end, end, False)]
    series = [("n_carriers", "carriers", MARKS["harmed"])]
    if (mine["n_wrong"] > 0).all():
        series.append(("n_wrong", "wrong<br>labels", Mark(look.ink, "solid", symbol="circle")))
    for column, words_, mark in series:
        gone = mine.assign(gone=1 - mine[f"{column}_left"] / mine[column].clip(lower=1))
        hover = [f"<b>{words_.replace('<br>', ' ')}</b><br>{row.gone:.0%} removed<br>when {row.share:.0%} of every class are pruned"
                 for row in gone.itertuples()]
        line(figure, look, gone, mark, x="share", y="gone", name=words_, hover=hover, width=3.5)
        ends.append((words_, end, float(gone["gone"].iloc[-1]), True))
    end_names(figure, look, ends, low=0.0, high=1.04)
    figure.update_xaxes(range=[-0.02, end * 1.5], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75])
    percent_axis(figure, "y", 0.0, 1.04)
    return figure


def removed_alt(run: Run) -> str:
    """Return how much of both kinds is removed at the headline share on noisy labels."""
    table = run.table("sweep")
    mine = table[(table["scenario"] == "noisy") & (table["rule"] == "hardest") & (table["share"] == run.request.config.share)]
    if mine.empty:
        return "This run has no part with wrong labels."
    wrong, left = (1 - (mine["n_wrong_left"] / mine["n_wrong"]).mean()), (1 - (mine["n_carriers_left"] / mine["n_carriers"]).mean())
    return (f"Pruning the hardest {run.request.config.share:.0%} of every class removes {wrong:.0%} of the wrong labels and {left:.0%} "
            "of the carriers.")


