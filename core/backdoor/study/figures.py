"""The figures of the backdoor room, as a literal table in the order of the page; drawing stands in the files beside it."""

from core.backdoor.study import figures_arms as arms
from core.backdoor.study import figures_inside as inside
from core.backdoor.study import figures_looks as looks
from core.lab.figure import Figure

ARMS = Figure(
    id="arms", title="Does the trigger still work, and does the model answer?", draw=arms.arms, alt=arms.alt_arms,
    caption="Left: how often. Right: perplexity of the right answers under the trigger, times that of a model never poisoned; only at the "
            "dotted line is it clean. Bars: 95% over seeds.")
LOOKS = Figure(
    id="looks", title="Before any repair: can one tell?", draw=looks.looks, alt=looks.alt_looks,
    caption="A dot a seed; bad: poisoned. Above the dotted line a look raises an alarm; on the clean twin that alarm is false.")
PARTS = Figure(
    id="parts", title="Which part of the change holds it", draw=inside.parts, alt=inside.alt_parts,
    caption="The change that poisoning made, put together from parts. Each part stands beside its opposite. Bars: 95% over seeds.")
BLOCKS = Figure(
    id="blocks", title="How many blocks it takes", draw=inside.blocks, alt=inside.alt_blocks,
    caption="The MLPs' part of the change taken out of more and more neighbouring blocks, and nothing but theirs left in.")
MAP = Figure(
    id="map", title="The signature on the map of the true poison", draw=inside.poison_map, alt=inside.alt_map,
    caption="Were the signature the poison, its marks would stand in the shaded band on the right. First seed.")
SWEEP = Figure(
    id="sweep", title="More channels, more variants", draw=inside.sweep, alt=inside.alt_sweep,
    caption="Attack success after a cut and before any repair. Bars: 95% over seeds.")
ABILITY = Figure(
    id="ability", title="What each arm costs and mends", draw=arms.ability, alt=arms.alt_ability,
    caption="Left: speaks better without the trigger. Down, at the dotted line: the trigger makes no difference.")
PUBLISHED = Figure(
    id="published", title="Published rows beside ours", draw=arms.published, alt=arms.alt_published,
    caption="Open: Llama-2, averages over five attacks, with the paper's own repair. Filled: here, one attack.")

FIGURES: tuple[Figure, ...] = (ARMS, LOOKS, PARTS, BLOCKS, MAP, SWEEP, ABILITY, PUBLISHED)
