"""The figures of an audit of outputs; curves, scores and the league are drawn as those of the room's own audit."""

import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Figure, Look, canvas
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.panels import rows_named
from core.lab.runs import Run
from core.privacy.audit import figures_leakage

OVER_ROWS = "95% over rows"


def headline(run: Run) -> str:
    """Return the attack that makes the headline: the first of LiRA online, LiRA offline and the loss that could be made."""
    known = figures_leakage.titles(run)
    return next(name for name in ("lira_online", "lira_offline", "loss") if name in known)


def roc(run: Run, look: Look, *, scale: str = "log") -> go.Figure | None:
    """Return members found against false alarms of the headline attack with its exact band, and a plain attack beside it."""
    chosen = headline(run)
    other = "loss" if chosen != "loss" else "gap"
    return figures_leakage.roc(run, look, attack=chosen, scale=scale, other=other, spread=OVER_ROWS)


def scores(run: Run, look: Look) -> go.Figure | None:
    """Return the distributions of the headline attack's scores over members and others."""
    return figures_leakage.scores(run, look, attack=headline(run))


def slices(run: Run, look: Look) -> go.Figure | None:
    """Return the headline attack's AUC by group, or by class where there are no groups."""
    kind = "group" if "group" in set(run.table("slices")["kind"]) else "class"
    return figures_leakage.slices(run, look, attack=headline(run), kind=kind, spread=OVER_ROWS)


def certainty(run: Run, look: Look) -> go.Figure | None:
    """Return how often rows are members against the odds that the attack gives them, all parts together."""
    rows = run.table("certainty")
    if rows.empty:
        return None
    weighed = rows.assign(said=rows["said"] * rows["count"], found=rows["found"] * rows["count"])
    sums = weighed.groupby("bin")[["count", "said", "found"]].sum()
    said, found, share = sums["said"] / sums["count"], sums["found"] / sums["count"], sums["count"] / sums["count"].sum()
    figure, mark = canvas(look, x="odds of membership that the attack gives", y="members among them"), MARKS["member"]
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"}, hoverinfo="skip")
    figure.add_bar(x=said, y=share, width=0.03, hoverinfo="skip", marker={"color": faint(mark.colour, 0.3)})
    figure.add_scatter(
        x=said, y=found, mode="lines+markers", line={"color": look.ink, "width": look.size(3.5)}, marker={"size": look.size(9)},
        hovertemplate="%{text}<extra></extra>", text=[f"<b>said {100 * a:.0f}%</b><br>{100 * b:.0f}% are members<br>{n:,.0f} rows"
                                                      for a, b, n in zip(said, found, sums["count"], strict=True)])
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def gaps(run: Run, look: Look) -> go.Figure | None:
    """Return accuracy on members and on others by group, or by class."""
    table = run.table("slices")
    table = table[(table["attack"] == headline(run)) & (table["seed"] == table["seed"].iloc[0])] if len(table) else table
    kind = "group" if "group" in set(table["kind"]) else "class"
    mine = table[table["kind"] == kind].sort_values("accuracy_others").tail(20)
    if mine.empty:
        return None
    names, figure = [str(name).replace("<", "‹") for name in mine["slice"]], canvas(look, x="right answers", y="")
    for column, title, meaning in (("accuracy_others", "others", "non-member"), ("accuracy_members", "members", "member")):
        mark = MARKS[meaning]
        figure.add_scatter(
            x=mine[column], y=names, mode="markers", name=title,
            marker={"size": look.size(12), "color": mark.colour, "symbol": mark.symbol},
            text=[f"<b>{name}</b><br>{100 * value:.1f}% of {title} right" for name, value in zip(names, mine[column], strict=True)],
            hovertemplate="%{text}<extra></extra>")
    rows_named(figure, names)
    figure.update_xaxes(tickformat=".0%")
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.1, "x": 0})
    return figure


def _number(run: Run, name: str, unit: str = "") -> str:
    return words.number(run.estimate(name).value, unit)


FIGURES: tuple[Figure, ...] = (
    Figure(id="roc", title="How many members are found", draw=roc,
           caption="The further above the dotted line, the more the outputs give away. Band: exact, over the members at each threshold.",
           alt=lambda run: f"The attack finds {_number(run, 'tpr_at_1_percent', '%')} of members at 1% false alarms; guessing finds 1%."),
    Figure(id="scores", title="What the attack sees", draw=scores, caption="Scores of all rows; larger is more member-like.",
           alt=lambda run: f"Scores of members lie above those of others in {_number(run, 'auc', '%')} of pairs."),
    Figure(id="league", title="Every attack that outputs allow", draw=figures_leakage.league,
           caption="Intervals over the rows of this one model. Attacks with references need outputs of models trained alike.",
           alt=lambda run: f"AUC of {len(figures_leakage.titles(run))} attacks; the headline attack reaches {_number(run, 'auc')}."),
    Figure(id="slices", title="Who is exposed", draw=slices, caption="AUC by group, or by class where the file tells of no groups.",
           alt=lambda run: f"Attack AUC by group: from {_number(run, 'auc_best')} to {_number(run, 'auc_worst')}."),
    Figure(id="gaps", title="Who was learned by heart", draw=gaps, caption="The wider a pair lies apart, the more there is to find.",
           alt=lambda run: f"Right answers: {_number(run, 'accuracy_members', '%')} of members, "
                           f"{_number(run, 'accuracy_others', '%')} of others."),
    Figure(id="certainty", title="How sure the attacker may be", draw=certainty,
           caption="Odds fitted on half of each part, judged on the rest. On the dotted line they can be taken at their word.",
           alt=lambda run: f"The attack's odds of membership are off by {_number(run, 'attack_error', '%')} on average."),
)
