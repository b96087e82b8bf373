"""The figures of one defence and of the trade-off map, as literal tables in the order of the page."""

from functools import partial

from core.lab.figure import Figure
from core.privacy import defence_figures_evidence as evidence
from core.privacy import defence_figures_map as trade

ROC = Figure(
    id="roc", title="What the attacker still finds", draw=evidence.roc, alt=evidence.alt_roc,
    caption="LiRA, online, all targets pooled. The attacker's own models ran the defence too. Dotted: chance.")
NORMS = Figure(
    id="norms", title="Length of defended representations", draw=evidence.feature_norms, alt=evidence.alt_norms,
    caption="Length of the vector that the classifier reads. All target models of the first seed, all classes alike.")
LEVELS = Figure(
    id="levels", title="Does training hold its level?", draw=evidence.loss_levels, alt=evidence.alt_levels,
    caption="Loss after each epoch, mean over models. Dotted: the level. Bands: all seeds.")
ENTANGLEMENT = Figure(
    id="entanglement", title="Do leaking weights also learn?", draw=evidence.entanglement, alt=evidence.alt_entanglement,
    caption="A sample of the first target's weights. On a diagonal, what leaks is what learns.")
SWEEP = Figure(
    id="sweep", title="Where weights are, or what they are", draw=evidence.rewind_sweep, alt=evidence.alt_sweep,
    caption="Accuracy after fine-tuning, mean over a few targets. Dotted: the same fine-tuning without rewinding.")
SCAN = Figure(
    id="scan", title="Where leakage and skill sit", draw=evidence.region_scan, alt=evidence.alt_scan,
    caption="Each region trained alone with the private loss. Open circles: random weights, as many. Diamond: the whole network.")
FIGURES: tuple[Figure, ...] = (ROC, NORMS, LEVELS, ENTANGLEMENT, SWEEP, SCAN)

TRADE_OFF = Figure(
    id="map", title="Accuracy kept against leakage left", draw=trade.trade_off, alt=trade.alt,
    caption="Up and to the left is better. Ink: early stopping. Filled: Pareto front. Bars: 95% over seeds. Dotted: chance.")
RATES = Figure(
    id="rates", title="Accuracy kept against members found", draw=partial(trade.trade_off, leak="tpr_at_1_percent"),
    alt=trade.alt_rates, caption="The same map for members found at 1% false alarms, which averages hide.")
MAP_FIGURES: tuple[Figure, ...] = (TRADE_OFF, RATES, SWEEP, SCAN)
