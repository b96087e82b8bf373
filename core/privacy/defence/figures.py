"""The figures of one defence, as a literal table in the order of the page."""

from functools import partial

from core.lab.figure import Figure
from core.privacy.defence import figures_evidence as evidence
from core.privacy.defence import figures_methods as methods

ROC = Figure(
    id="roc", title="What the attacker still finds", draw=evidence.roc, alt=evidence.alt_roc,
    caption="LiRA, online, all targets pooled. The attacker's own models ran the defence too. Dotted: chance.")
NORMS = Figure(
    id="norms", title="Length of defended representations", draw=evidence.feature_norms, alt=evidence.alt_norms,
    caption="Length of the vector that the classifier reads, over all target models of the first seed.")
PLAIN_NORMS = Figure(
    id="plain_norms", title="Length of plain representations", draw=partial(evidence.feature_norms, which="plain"),
    alt=evidence.alt_norms, caption="The same before the defence. Where the two shapes overlap, length tells nothing.")
ATTACKS = Figure(
    id="attacks", title="Every attack, before and after", draw=methods.attacks, alt=methods.alt_attacks,
    caption="Circle: plain models. Square: defended ones. Dotted: chance. All attackers adapt to the defence.")
STOPPING = Figure(
    id="stopping", title="Would stopping early do as well?", draw=methods.early_stopping, alt=methods.alt_early_stopping,
    caption="Circles: plain models stopped early, which costs nothing. A defence should lie above that curve. Bars: 95% over seeds.")
RING = Figure(
    id="ring", title="Where features lie on the ring", draw=methods.ring_occupancy, alt=methods.alt_ring,
    caption="With everything on one face the module is a cosine classifier of fixed scale. First targets only; bars: 95% over seeds.")
LEVELS = Figure(
    id="levels", title="Does training hold its level?", draw=evidence.loss_levels, alt=evidence.alt_levels,
    caption="Loss after each epoch, mean over models. Dotted: the level. Bands: all seeds.")
ENTANGLEMENT = Figure(
    id="entanglement", title="Do leaking weights also learn?", draw=evidence.entanglement, alt=evidence.alt_entanglement,
    caption="A sample of the first target's weights. On a diagonal, what leaks is what learns.")
MASS = Figure(
    id="mass", title="Do few weights hold most leakage?", draw=methods.score_mass, alt=methods.alt_mass,
    caption="The further above the dotted line, the more the vulnerability sits in few weights. First target of each seed.")
SWEEP = Figure(
    id="sweep", title="Where weights are, or what they are", draw=evidence.rewind_sweep, alt=evidence.alt_sweep,
    caption="Accuracy after fine-tuning, mean over a few targets. Dotted: the same fine-tuning without rewinding.")
SCAN = Figure(
    id="scan", title="Where leakage and skill sit", draw=evidence.region_scan, alt=evidence.alt_scan,
    caption="Each region trained alone with the private loss. Open circles: random weights, as many. Diamond: the whole network.")
SHARES = Figure(
    id="shares", title="Who holds risk, who holds utility?", draw=methods.region_shares, alt=methods.alt_shares,
    caption="Input on top. Risk: leakage that training the region alone removes. Utility: accuracy that this costs. Losses count as none.")
EPSILON = Figure(
    id="epsilon", title="Guaranteed against measured", draw=methods.epsilon, alt=methods.alt_epsilon,
    caption="Square: the accountant's epsilon. Circle: the largest that the attacks rule out with 95% confidence, whatever they missed.")
FIGURES: tuple[Figure, ...] = (
    ROC, ATTACKS, STOPPING, NORMS, PLAIN_NORMS, RING, LEVELS, MASS, ENTANGLEMENT, SWEEP, SCAN, SHARES, EPSILON)
