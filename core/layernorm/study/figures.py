"""The figures of the LayerNorm room, as a literal table in the order of the page; drawing stands in the files beside it."""

from functools import partial

from core.lab.figure import Figure
from core.layernorm import figures_damage as demonstrations
from core.layernorm.study import figures_compared as compared
from core.layernorm.study import figures_course as course
from core.layernorm.study import figures_layers as layers
from core.layernorm.study import figures_memory as memory

SHARES_POST = Figure(
    id="shares-post", title="Post-LN: what became of the wrong labels", draw=partial(memory.shares, placement="post"),
    alt=partial(memory.alt_shares, placement="post"),
    caption="Memorised: the wrong label is given back. Recovered: the true one. Random: any other. The line is test accuracy.")
SHARES_PRE = Figure(
    id="shares-pre", title="Pre-LN: what became of the wrong labels", draw=partial(memory.shares, placement="pre"),
    alt=partial(memory.alt_shares, placement="pre"),
    caption="The same wrong labels, batches and order as beside. Patch transformers differ only in where they normalise; downloaded models "
            "in more.")
DELAY = Figure(
    id="delay", title="Prevented, or only delayed?", draw=memory.delay, alt=memory.alt_delay,
    caption="Read upwards at the dotted line: 95% of the right labels are fitted. Whoever lies lower memorises less at equal fit.")
COURSE = Figure(
    id="course", title="Slower, or less?", draw=course.course, alt=course.alt_course,
    caption="Dashed: the intact model with its time stretched to the double. Dotted: where it first fits every label, which is where the "
            "paper reads.")
THIRDS = Figure(
    id="thirds", title="Which layers matter?", draw=layers.thirds, alt=layers.alt_thirds,
    caption="Stripped: scales and biases of a third of the layers. Hatched: biases of the same layers moved as far. Bars: 95% over seeds.")
GRADIENTS = Figure(
    id="gradients", title="How gradients reach each norm", draw=layers.gradients, alt=layers.alt_gradients,
    caption="Mean length of the loss gradient at a norm's input. Dotted: the theoretical bound, scaled to the first norm; only its fall "
            "means something.")
MOVEMENT = Figure(
    id="movement", title="How far did pretraining move the norms?", draw=layers.movement, alt=layers.alt_movement,
    caption="Root mean square over features. At zero there is nothing to strip.")
DAMAGE = Figure(
    id="damage", title="What stripping costs before any training", draw=demonstrations.damage, alt=demonstrations.alt_damage,
    caption="Control: equal displacements elsewhere, or the norms' own values exchanged. Dotted: intact. Bars: 95% over seeds.")
GAUGE = Figure(
    id="gauge", title="One function, any price", draw=demonstrations.gauge, alt=demonstrations.alt_gauge,
    caption="The same Pre-LN function, its scales spread and the next layers adjusted. Stripping then costs anything from nothing up.")
RIVALS_POST = Figure(
    id="rivals-post", title="Post-LN: stripping and its rivals", draw=partial(compared.rivals, placement="post"),
    alt=partial(compared.alt_rivals, placement="post"),
    caption="After the last epoch; stopped early at the epoch that validation chose. Dotted: intact. Bars: 95% over seeds.")
RIVALS_PRE = Figure(
    id="rivals-pre", title="Pre-LN: stripping and its rivals", draw=partial(compared.rivals, placement="pre"),
    alt=partial(compared.alt_rivals, placement="pre"), caption="Green squares fight memorising by other means, with all norms intact.")
PUBLISHED = Figure(
    id="published", title="Published rows beside ours", draw=compared.published, alt=compared.alt_published,
    caption="Published: Emotions, 5% wrong labels. Hover for the scale of each. Ours is far smaller, so a difference refutes nothing.")

FIGURES: tuple[Figure, ...] = (
    SHARES_POST, SHARES_PRE, DELAY, COURSE, THIRDS, DAMAGE, GAUGE, GRADIENTS, MOVEMENT, RIVALS_POST, RIVALS_PRE, PUBLISHED)
