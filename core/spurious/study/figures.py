"""The figures of the room, as a literal table in the order of the page; drawing stands in the files beside it."""

from core.lab.figure import Figure
from core.spurious.study import figures_causal, figures_maps, figures_regimes, figures_rivals, figures_simplicity, figures_sweep

CAUSAL = Figure(
    id="causal", title="Which carriers teach the cue", draw=figures_causal.causal, alt=figures_causal.alt,
    caption="Equally many marked training images each time, chosen by how hard they are without the mark. Same test images with and "
            "without the cue. Band: 95% over seeds.")
SWEEP = Figure(
    id="sweep", title="What pruning does", draw=figures_sweep.sweep, alt=figures_sweep.alt,
    caption="Every network is trained anew on what is left, with the same settings. Dotted: a network that never saw the cue. "
            "Bands: 95% over seeds, for the rule in green and for random pruning.")
PRICE = Figure(
    id="price", title="What it costs", draw=figures_sweep.price, alt=figures_sweep.price_alt,
    caption="Each line starts at the network that nothing was pruned for; each dot prunes more. Down and to the right is better. Ring and "
            "square: shares chosen on validation images, without group labels.")
HISTOGRAM = Figure(
    id="histogram", title="Do the carriers stand out?", draw=figures_regimes.histogram, alt=figures_regimes.histogram_alt,
    caption="Difficulty of the images of the biased class, read off early in training, mean over seeds. Where the shapes agree nobody "
            "could tell carriers from the rest.")
EPOCHS = Figure(
    id="epochs", title="When to read difficulty off", draw=figures_regimes.over_epochs, alt=figures_regimes.over_epochs_alt,
    caption="0.50: carriers are as hard as the rest of their class. Lower: the network finds them easy, and pruning the hardest spares "
            "them. Filled: the test tells them apart in every seed (p below 0.05).")
SCORES = Figure(
    id="scores", title="Which score to prune by", draw=figures_regimes.scores, alt=figures_regimes.scores_alt,
    caption="Hardest of every class pruned by each score, at the headline share. Dotted: nothing pruned, and random pruning.")
RIVALS = Figure(
    id="rivals", title="Pruning beside its rivals", draw=figures_rivals.rivals, alt=figures_rivals.alt,
    caption="Best on top. Filled: needs no labels but the classes. Open: must be told groups, see the table. Nobody's settings were tuned.")
ATTRIBUTION = Figure(
    id="attribution", title="How much of the answer rests on the mark", draw=figures_maps.attribution, alt=figures_maps.attribution_alt,
    caption="Marked test images of the harmed class. Dotted: the share of the image that the mark covers, which a map without "
            "information would give.")
MAPS = Figure(
    id="maps", title="Where the networks look", draw=figures_maps.maps, alt=figures_maps.maps_alt,
    caption="Orange speaks for the biased class, blue against it; framed: the mark. Per cent: share of attribution on the "
            "mark, over all such test images. First seed; one scale for each image.")
DIFFROAR = Figure(
    id="diffroar", title="Do the maps rank informative pixels high?", draw=figures_maps.diffroar, alt=figures_maps.diffroar_alt,
    caption="Networks trained anew on images that keep a tenth of their pixels. The distance between the dots is DiffROAR; for a random "
            "ranking it is zero but for chance.")
ACCURACY = Figure(
    id="accuracy", title="Average accuracy along the sweep", draw=figures_sweep.accuracy, alt=figures_sweep.price_alt,
    caption="On test images without the cue. Pruning the easiest of classes that are hard to tell apart leaves contradictory images, and "
            "accuracy can fall below guessing. Bands: 95% over seeds.")
NOISY = Figure(
    id="noisy", title="With wrong labels: what pruning does", draw=figures_sweep.noisy, alt=figures_sweep.noisy_alt,
    caption="Pruning at fewer shares, on a training set with some labels wrong. Dotted: a network that never saw the cue.")
SCENARIO = Figure(
    id="scenario", title="What pruning does on this training set", draw=figures_sweep.scenario_sweep, alt=figures_sweep.scenario_alt,
    caption="Dotted: a network that never saw the cue, on the same test images. Bands: 95% over seeds, for the rule in green and for "
            "random pruning.")
REMOVED = Figure(
    id="removed", title="With wrong labels: what pruning removes", draw=figures_sweep.removed, alt=figures_sweep.removed_alt,
    caption="An image can be hard because its label is wrong. Hardest of every class pruned, training set with wrong labels. Dotted: as "
            "many as by chance.")
SIMPLICITY = Figure(
    id="simplicity", title="Which of two blocks the network reads", draw=figures_simplicity.simplicity,
    alt=figures_simplicity.simplicity_alt,
    caption="Each image is a simple block above a complex block of the same class. Shuffled at test time, a block says nothing. Grey: the "
            "control, whose simple block was shuffled in training already.")
CURVES = Figure(
    id="curves", title="How the network trained", draw=figures_simplicity.curves, alt=figures_simplicity.curves_alt,
    caption="The network that nothing was pruned for, mean over seeds. Test images are without the cue.")

FIGURES: tuple[Figure, ...] = (
    CAUSAL, SWEEP, PRICE, ACCURACY, HISTOGRAM, EPOCHS, SCENARIO, SCORES, RIVALS, ATTRIBUTION, MAPS, DIFFROAR, REMOVED, NOISY, SIMPLICITY,
    CURVES)
