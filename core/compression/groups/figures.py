"""The figures of the study of compression, as a literal table in the order of the page; drawing stands in the files beside it."""

from functools import partial

from core.compression.frames import edge_means, group_rows, trained_step
from core.compression.groups import figures_causes, figures_effects, figures_gaps, figures_groups, figures_scale
from core.lab.figure import Figure
from core.lab.runs import Run


def _alt_who(run: Run) -> str:
    means = edge_means(group_rows(run), "drop")
    mine = means[(means["copy"] == "tail") & (means["setting"] == trained_step(run, "quantise").setting)].groupby("edge")["value"].mean()
    return (f"From float to few bits: at the trained setting small groups lose {100 * mine['tail']:.1f} points, large groups "
            f"{100 * mine['head']:.1f}.")


def _alt_link(run: Run, name: str) -> str:
    if name == "weight_change":
        return "Relative change of weights along the settings; it is the same for all groups."
    means = edge_means(group_rows(run), name)
    mine = means[(means["copy"] == "tail") & (means["setting"] == trained_step(run, "quantise").setting)].groupby("edge")["value"].mean()
    link = figures_scale.LINKS[name][0].lstrip("0123456789 ")
    return f"{link}: at the trained setting {mine['tail']:.3g} for small groups, {mine['head']:.3g} for large."


TRAINED = Figure(
    id="trained", title="Who loses after training at small size", draw=figures_groups.trained_contrast, alt=figures_groups.alt_trained,
    caption="Filled: the three largest and the three smallest groups of the long tail. Hollow: the same classes where all are equally "
            "large. Bars: 95% interval over seeds.")
WHO = Figure(
    id="who", title="What is lost along the way", draw=figures_scale.who_loses, alt=_alt_who,
    caption="Right of the line: trained at that size. Dotted: the same classes in the balanced copy. Bands and bars: 95% over seeds. "
            "A line that leaves the figure belongs to a network that has collapsed.")
CONTRASTS = Figure(
    id="contrasts", title="Where size makes a difference", draw=figures_effects.contrasts, alt=figures_effects.alt_contrasts,
    caption="Coloured triangle: the 95% interval over seeds leaves zero out. Hollow circle: no difference can be told. Cross: the network "
            "has collapsed to under two thirds of its float accuracy, a cut chosen after the results were seen; who loses more says "
            "little there. The last row is what training alone does. A bar that meets the frame goes on.")
GROUPS = Figure(
    id="groups", title="Every group, before and after", draw=figures_groups.every_group, alt=figures_groups.alt_groups,
    caption="Groups by place in the long tail, mean over seeds: the class at a place differs from seed to seed.")
CONFUSION = Figure(
    id="confusion", title="What the worst group is taken for", draw=figures_groups.confusion, alt=figures_groups.alt_confusion,
    caption="Test images of the group with the lowest accuracy at this setting, first seed.")
LINK_CAPTIONS = {
    "closeness": "One minus the summed squares of a group's predicted probabilities, on training images.",
    "gradient_norm": "Of the group's loss, in the float graph at the small network's weights.",
    "eigenvalue": "Of the Hessian of the group's loss, in the float graph at the small network's weights.",
    "trace": "Of the same Hessian, estimated with random probes."}
LINKS = tuple(Figure(
    id=f"link-{name}", title=title, draw=partial(figures_scale.link, name=name), alt=partial(_alt_link, name=name),
    caption=LINK_CAPTIONS.get(name, ""))
    for name, (title, _) in figures_scale.LINKS.items())
GAPS = tuple(Figure(
    id=f"gaps-{measure}", title=title, draw=partial(figures_gaps.gaps, measure=measure),
    alt=partial(figures_gaps.alt_gaps, measure=measure), caption=caption) for measure, title, caption in (
        ("gap", "Best against worst group",
         "A largest minus a smallest of noisy numbers: never zero. Bands and bars: 95% over seeds and test images, bootstrapped."),
        ("disparity", "Excess losses apart",
         "On training images. Bands and bars: 95% over seeds and training images, bootstrapped.")))
CAUSES = Figure(
    id="causes", title="Which groups lose more", draw=figures_causes.causes, alt=figures_causes.alt_causes,
    caption="One dot for each group and seed. The correlation is of ranks over groups, mean over seeds: hold every cause against the float "
            "network's loss, the simplest of them.")
SIZE = Figure(
    id="size", title="Do small groups have larger gradients?", draw=figures_causes.size_and_gradient, alt=figures_causes.alt_size,
    caption="Before compression. Hollow: the same class in the balanced copy, drawn at its size in the long tail.")
TAYLOR = Figure(
    id="taylor", title="The bound and the exact terms", draw=figures_causes.taylor, alt=figures_causes.alt_taylor,
    caption="On the dotted line the change of loss is foretold exactly. Hollow: groups whose loss falls. A bound below the line "
            "would be broken.")
CENSUS = Figure(
    id="census", title="Census: what each group loses", draw=figures_effects.census, alt=figures_effects.alt_census,
    caption="Adult table, 80% pruned without retraining. Largest group on top. Bars: 95% interval over seeds.")
BASE_RATE = Figure(
    id="base-rate", title="Census: what curvature follows", draw=figures_effects.base_rate, alt=figures_effects.alt_base_rate,
    caption="One dot for each group and seed, before compression.")

FIGURES: tuple[Figure, ...] = (TRAINED, WHO, CONTRASTS, GROUPS, CONFUSION, *LINKS, *GAPS, CAUSES, SIZE, TAYLOR, CENSUS, BASE_RATE)
