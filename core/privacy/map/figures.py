"""The figures of the trade-off map, as a literal table in the order of the page."""

from functools import partial

from core.lab.figure import Figure
from core.privacy.defence.figures import SCAN, SWEEP
from core.privacy.map import figures_trade_off as trade

TRADE_OFF = Figure(
    id="map", title="Accuracy kept against leakage left", draw=trade.trade_off, alt=trade.alt,
    caption="Up and to the left is better. Solid: early stopping. Filled: Pareto front. Bars: 95% over seeds. Dotted: chance.")
RATES = Figure(
    id="rates", title="Accuracy kept against members found", draw=partial(trade.trade_off, leak="tpr_at_1_percent"),
    alt=trade.alt_rates, caption="The same map for members found at 1% false alarms, which averages hide.")
FIGURES: tuple[Figure, ...] = (TRADE_OFF, RATES, SWEEP, SCAN)
