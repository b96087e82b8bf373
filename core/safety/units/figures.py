"""The figures of the safety room, as a literal table in the order of the page; drawing stands in the files beside it."""

from core.lab.figure import Figure
from core.safety.units import figures_attack as attack
from core.safety.units import figures_budget as budget
from core.safety.units import figures_map as units
from core.safety.units import figures_probe as probe
from core.safety.units import figures_published as published
from core.safety.units import figures_removal as removal
from core.safety.units import figures_states as states

REFUSALS = Figure(
    id="refusals", title="What removal takes from refusing", draw=removal.refusals, alt=removal.alt_refusals,
    caption="The lower a line, the more its units were needed for refusing. Random: equally many units of any kind. Bars: 95% over seeds.")
UTILITY = Figure(
    id="utility", title="What the same removal costs elsewhere", draw=removal.utility, alt=removal.alt_utility,
    caption="Perplexity: lower is better. A model without its UCU may refuse nothing because it says nothing. Bars: 95% over seeds.")
MAP = Figure(
    id="map", title="The model, block by block", draw=units.units_map, alt=units.alt_map,
    caption="One mark a unit: filled in MLPs, open in attention. Right: acts more for refusing. All SCU and UCU up to a thousand, a sample "
            "of the rest. First seed.")
JUDGES = Figure(
    id="judges", title="Three judges of a refusal", draw=states.judges, alt=states.alt_judges,
    caption="Prefix and phrase read the generated answer; first token is a probability. Right: refusing what needs no refusal. Bars: 95%.")
CURVES = Figure(
    id="curves", title="Refusals along ordinary fine-tuning", draw=attack.curves, alt=attack.alt_curves,
    caption="On a part of the requests. Further right is more training; against loss, arms are compared where they learnt equally much.")
ENDS = Figure(
    id="ends", title="What each arm keeps", draw=attack.ends, alt=attack.alt_ends,
    caption="Dotted: before the attack. Compare frozen units with the random set of equal number. Star: a seed never reached the loss.")
TRANSFER = Figure(
    id="transfer", title="Where the categories go", draw=budget.transfer, alt=budget.alt_transfer,
    caption="Widths are shares of all units, counted from the sets of both models. Units that stay CU, most of the model, can be added.")
BUDGET = Figure(
    id="budget", title="Aligning by redundant units alone: refusals", draw=budget.budget, alt=budget.alt_budget,
    caption="Only these units move, all else is kept to the last bit. Random: equally many units. Bars: 95% over seeds.")
BUDGET_COST = Figure(
    id="budget-cost", title="Aligning by redundant units alone: cost", draw=budget.budget_cost, alt=budget.alt_budget_cost,
    caption="The same trainings, judged by what they cost elsewhere.")
DISTANCES = Figure(
    id="distances", title="Which way the model leans, by block", draw=probe.distances, alt=probe.alt_distances,
    caption="How far an opening moves the state of the request. The nearer an opening, the more the model was going there already.")
BY_LENGTH = Figure(
    id="by-length", title="The same as the opening grows", draw=probe.by_length, alt=probe.alt_by_length,
    caption="Mean over blocks. Content subtracted: minus the distance that the same opening makes after harmless requests.")
LAYERS = Figure(
    id="layers", title="Categories in every block", draw=states.layers, alt=states.alt_layers,
    caption="Shares of each block's attention and MLP units, at the run's own shares. The rest is CU. Mean over seeds.")
STABILITY = Figure(
    id="stability", title="Would other prompts find the same units?", draw=states.stability, alt=states.alt_stability,
    caption="Units in both over units in either, for resampled calibration pairs. Tick: what random sets of that size share.")
SCALES = Figure(
    id="scales", title="What other score scales would find", draw=states.scales, alt=states.alt_scales,
    caption="As many units, chosen by scores made comparable in another way. Filled: the scale of this run. Bars: 95% over seeds.")
PUBLISHED = Figure(
    id="published", title="Published removals beside ours", draw=published.published, alt=published.alt_published,
    caption="Open diamonds: Llama-2, Llama-3 and Mistral. Filled: here. Up: more requests answered. Right: more utility lost.")

FIGURES: tuple[Figure, ...] = (
    REFUSALS, UTILITY, MAP, JUDGES, CURVES, ENDS, TRANSFER, BUDGET, BUDGET_COST, DISTANCES, BY_LENGTH, LAYERS, STABILITY, SCALES, PUBLISHED)
