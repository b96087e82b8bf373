"""The map of the model: every block with its units, placed by how much more they act for refusing than for answering."""

import html
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from core.lab import words
from core.lab.figure import Look, canvas
from core.lab.palette import NEUTRAL
from core.lab.runs import Run
from core.language.units import KIND_TITLES, UnitSpace
from core.safety.categories import CATEGORIES, SCU, CategoryShares, categorise, normalised
from core.safety.marks import GROUPS, LONG_NAMES, NAMES

MOST = {"SCU": 1000, "UCU": 700, "CU": 900, "RU": 400}  # marks drawn of each category
MANY_BLOCKS = 12  # from which marks are smaller
LANE = 0.3  # half the height of a block's row
GOLDEN = 0.6180339887  # spreads channels evenly over a row
TICKS = (1, 3, 10, 30, 100, 300, 1000)


@dataclass(frozen=True, eq=False)
class Ranked:
    """The units of one model under chosen shares.

    Attributes:
        space: The units.
        safety: Normalised safety scores, (n_units,).
        utility: Normalised utility scores.
        codes: Category of each unit, positions in ``CATEGORIES``.
        removed: Units that were SCU when the run removed them, bool.
    """

    space: UnitSpace
    safety: np.ndarray
    utility: np.ndarray
    codes: np.ndarray
    removed: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        """Safety minus utility score."""
        return self.safety - self.utility


def space_of(run: Run) -> UnitSpace:
    """Return the units of the run's model."""
    row = run.results[0].model.iloc[0]
    return UnitSpace(*(int(row[name]) for name in ("n_layers", "width", "heads", "key_heads", "head_size", "neurons")))


def ranked(run: Run, scu: str = "", ucu: str = "", ru: str = "", scale: str = "") -> Ranked:
    """Return the first seed's units, ranked anew from the stored scores.

    Args:
        run: A finished run.
        scu: Share of units called SCU in per cent; empty for the run's own.
        ucu: The same for UCU.
        ru: The same for RU.
        scale: How scores are made comparable, a key of ``config.NORMALISATIONS``; empty for the run's own.
    """
    config = run.request.config
    percents = tuple(float(text) if text else percent for text, percent in (
        (scu, config.scu_percent), (ucu, config.ucu_percent), (ru, config.ru_percent)))
    return _ranked(run, percents, scale or config.normalisation)


@lru_cache(maxsize=8)
def _ranked(run: Run, percents: tuple[float, float, float], scale: str) -> Ranked:
    units, space = run.results[0].units, space_of(run)
    safety, utility = (normalised(units[name].to_numpy(dtype=np.float64), space, scale) for name in ("safety", "utility"))
    config, kept = run.request.config, units["category"].to_numpy()
    is_own = (*percents, scale) == (config.scu_percent, config.ucu_percent, config.ru_percent, config.normalisation)
    shares = CategoryShares(*(percent / 100 for percent in percents))
    codes = kept if is_own else categorise(safety, utility, shares)  # scores are stored to three digits, categories exactly
    return Ranked(space, safety, utility, codes, kept == SCU)


def units_map(run: Run, look: Look, *, scu: str = "", ucu: str = "", ru: str = "", scale: str = "") -> go.Figure | None:
    """Return the map: one row a block, one mark a unit, at its safety minus utility score; see ``ranked`` for the options.

    Of each category at most so many marks are drawn as ``MOST`` says, evenly through the model; of SCU the strongest.
    """
    found = ranked(run, scu, ucu, ru, scale)
    tokens = _tokens(run)
    unit = _unit_of(found.difference, scale or run.request.config.normalisation)
    n_layers = found.space.n_layers
    figure = canvas(look, x="safety minus utility score", y="block", height=int(min(900, max(look.height, (150 + 17 * n_layers)) * 1.0)))
    for code in ("CU", "RU", "UCU", "SCU"):
        chosen = _chosen(found, code)
        if len(chosen):
            _marks(figure, look, found, chosen, code, unit, tokens)
    _cuts(figure, look, found, unit)
    ends = [_place(value, unit) for value in (found.difference.min(), found.difference.max())]
    room = 0.03 * (ends[1] - ends[0])
    ticks = _ticks(found.difference, unit)
    figure.update_xaxes(range=[ends[0] - room, ends[1] + room], tickmode="array", tickvals=[_place(tick, unit) for tick in ticks],
                        ticktext=[f"{tick:,.3g}".replace("-", words.MINUS) for tick in ticks])
    step = max(1, -(-n_layers // 6))
    figure.update_yaxes(range=[0.4, n_layers + 0.6], tickvals=list(range(1, n_layers + 1, step)), showgrid=n_layers < 8)
    figure.update_layout(showlegend=True, margin={"t": 84}, legend={
        "xref": "container", "yref": "container", "x": 0.01, "y": 0.99, "yanchor": "top", "traceorder": "reversed",
        "itemsizing": "constant"})
    return figure


def _chosen(found: Ranked, code: str) -> np.ndarray:
    """Return the flat numbers of the units of a category that are drawn."""
    mine = np.flatnonzero(found.codes == CATEGORIES.index(code))
    if len(mine) <= MOST[code]:
        return mine
    if code == "SCU":
        return mine[np.argsort(-found.difference[mine])[:MOST[code]]]
    return mine[np.linspace(0, len(mine) - 1, MOST[code]).astype(int)]


def _marks(figure: go.Figure, look: Look, found: Ranked, chosen: np.ndarray, code: str, unit: float, tokens: dict[int, str]) -> None:
    """Draw the chosen units of one category: filled marks in MLPs, open ones in attention, as one entry of the legend."""
    mark, is_special = GROUPS[code], code in ("SCU", "UCU")
    size = 8 if found.space.n_layers < MANY_BLOCKS else 6
    total, is_named = int((found.codes == CATEGORIES.index(code)).sum()), False
    for kind, symbol in (("mlp", "circle"), ("attention", "diamond-open")):
        mine = chosen[found.space.is_mlp[chosen] == (kind == "mlp")]
        if not len(mine):
            continue
        channels, blocks = found.space.channels[mine], found.space.layers[mine] + 1
        lane = LANE * (2 * ((channels * GOLDEN) % 1.0) - 1)
        hover = [f"<b>{NAMES[code]}</b><br>block {block}, {KIND_TITLES[kind]} unit {channel}<br>safety {words.number(safety)}, utility "
                 f"{words.number(utility)}{_written(tokens, number)}" for block, channel, safety, utility, number in zip(
                     blocks, channels, found.safety[mine], found.utility[mine], mine.tolist(), strict=True)]
        figure.add_scatter(
            x=[_place(value, unit) for value in found.difference[mine]], y=np.round(blocks + lane, 3), mode="markers", text=hover,
            name=f"{NAMES[code]} {total:,}", legendgroup=code, showlegend=not is_named, hovertemplate="%{text}<extra></extra>",
            marker={"color": mark.colour, "size": look.size(size if is_special else 5), "opacity": 0.95 if is_special else 0.55,
                    "symbol": symbol, "line": {"width": 1, "color": mark.colour}})
        is_named = True


def _written(tokens: dict[int, str], number: int) -> str:
    return f"<br>writes {tokens[number]}" if number in tokens else ""


@lru_cache(maxsize=4)
def _tokens(run: Run) -> dict[int, str]:
    """Return what decoded units write, by flat number; markup in a token is shown and not obeyed."""
    rows = run.results[0].decoded
    return {int(row.unit): " · ".join(html.escape(token.replace(" ", "␣")) for token in str(row.tokens).split("\n")[:5])
            for row in rows.itertuples()}


def _unit_of(difference: np.ndarray, scale: str) -> float:
    """Return the score up to which the axis is near to linear: 1 for z-scores, otherwise what nine in ten units lie within."""
    return 1.0 if scale == "z" else float(np.quantile(np.abs(difference), 0.9)) or 1.0


def _place(value: float, unit: float) -> float:
    """Return where a difference of scores stands: near to linear up to ``unit``, logarithmic beyond."""
    return round(math.asinh(float(value) / unit), 4)


def _ticks(difference: np.ndarray, unit: float) -> list[float]:
    """Return zero, and to either side at most three round multiples of the unit that the units reach."""
    ticks = [0.0]
    for sign, reach in ((1, float(difference.max())), (-1, -float(difference.min()))):
        inside = [tick for tick in TICKS if tick * unit <= reach]
        ticks += [sign * tick * unit for tick in inside[::max(1, -(-len(inside) // 3))]]
    return sorted(ticks)


def _cuts(figure: go.Figure, look: Look, found: Ranked, unit: float) -> None:
    """Draw where SCU and UCU begin."""
    for code, edge, anchor in (("SCU", np.min, "left"), ("UCU", np.max, "right")):
        mine = found.difference[found.codes == CATEGORIES.index(code)]
        if len(mine):
            at = _place(float(edge(mine)), unit)
            figure.add_vline(x=at, line={"color": NEUTRAL, "width": look.size(1.5), "dash": "dot"})
            figure.add_annotation(x=at, y=1.0, xref="x", yref="paper", xanchor=anchor, yanchor="bottom", text=f"<b>{NAMES[code]}</b>",
                                  showarrow=False, font={"size": look.size(15), "color": look.ink})


def alt_map(run: Run) -> str:
    """Return how many units are safety-critical and where they sit."""
    found = ranked(run)
    mine = found.codes == SCU
    n, mlp = int(mine.sum()), float(found.space.is_mlp[mine].mean()) if mine.any() else 0.0
    blocks = found.space.layers[mine] + 1
    span = f"blocks {blocks.min()} to {blocks.max()}" if n else "no block"
    return (f"{n:,} of {found.space.n_units:,} units are SCU, {mlp:.0%} of them in MLPs, {span}; the axis of scores is logarithmic at both "
            "ends.")


def described(run: Run, scu: str = "", ucu: str = "", ru: str = "", scale: str = "") -> str:
    """Return in two sentences what a choice of shares finds, and how it agrees with what the run removed."""
    found = ranked(run, scu, ucu, ru, scale)
    mine = found.codes == SCU
    weights = found.space.n_parameters[mine].sum() / float(run.results[0].model["n_parameters"].iloc[0])
    both, either = int((mine & found.removed).sum()), int((mine | found.removed).sum())
    counts = ", ".join(f"{int((found.codes == index).sum()):,} {code}" for index, code in enumerate(CATEGORIES))
    return (f"{counts}. {found.space.is_mlp[mine].mean():.0%} of the SCU are MLP units; SCU hold {weights:.2%} of all weights. Of those "
            f"that this run removed or that are chosen now, {both / max(1, either):.0%} are both.")


assert set(MOST) == set(CATEGORIES) == set(LONG_NAMES) - {"random"}
