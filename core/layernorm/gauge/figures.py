"""The figures of the demonstration without training, as a literal table in the order of the page."""

from core.lab.figure import Figure
from core.layernorm import figures_damage as demonstrations

GAUGE = Figure(
    id="gauge", title="One function, any price", draw=demonstrations.gauge, alt=demonstrations.alt_gauge,
    caption="Circles: the same function at every spread. Purple diamonds: what is left once its norms are stripped. Bars: 95% over seeds.")
DAMAGE = Figure(
    id="damage", title="What stripping costs as the models are", draw=demonstrations.damage, alt=demonstrations.alt_damage,
    caption="Control: equal displacements elsewhere, or the norms' own values exchanged. Dotted: intact. Bars: 95% over seeds.")

FIGURES: tuple[Figure, ...] = (GAUGE, DAMAGE)
