"""The words of the study of compression: answer, method, prediction."""

from core.compression.groups.plain import UNTESTED, plain
from core.compression.sources import SOURCES
from core.lab import words
from core.lab.estimate import Estimate
from core.lab.prediction import Prediction
from core.lab.runs import Run
from core.lab.texts import Texts
from core.subjects.given import beside_given

BROUGHT = ("The network that you brought is the first copy; its balanced twin, and whatever is trained after rounding or "
           "pruning, was trained here.")


def answer(run: Run) -> str:
    """Return who pays, with the contrast and its interval at both trained settings."""
    return beside_given(run.request.config.model, _judged(run), BROUGHT)


def _judged(run: Run) -> str:
    rounded, removed = run.estimate("did_qat"), run.estimate("did_prune")
    config = run.request.config
    bits, share = f"{config.qat_bits} bits", f"{config.prune_percent:g}% pruned"
    if rounded.low is None or removed.low is None:
        return (f"Not decided: small groups lose {words.number(rounded.value, 'pt')} more than large ones at {bits} and "
                f"{words.number(removed.value, 'pt')} at {share}, but {words.seeds(rounded.n)} "
                f"{'gives' if rounded.n == 1 else 'give'} no interval.")
    sure = [found.low > 0 for found in (rounded, removed)]
    said = f"{_said(rounded)} at {bits} and {_said(removed)} at {share}, both after training"
    if all(sure):
        return f"Small groups: they lose {said}, beyond what the balanced copy shows."
    if any(sure):
        where = bits if sure[0] else share
        return f"Small groups at {where}: they lose {said}, beyond what the balanced copy shows."
    if any(found.high < 0 for found in (rounded, removed)):
        return f"Not small groups: they lose {said}, beyond what the balanced copy shows."
    return f"Not decided: small groups lose {said}, beyond what the balanced copy shows."


def _said(estimate: Estimate) -> str:
    return f"{words.number(estimate.value, 'pt')} more ({words.interval(estimate, 'pt')})"


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    found, head = run.estimate("tail_drop_qat").value, run.estimate("head_drop_qat").value
    surprise = ("Small groups lose more than you expected." if found > guess + 0.01 else
                "Small groups lose less than you expected." if found < guess - 0.01 else "You were close.")
    return (f"{surprise} The largest groups lose {words.number(head, 'pt')} at the same size: a network with fewer levels may keep what "
            "serves most images. **Look next:** the same classes in the balanced copy: what they lose there owes nothing to size.")


def winner(run: Run) -> str:
    """Return which compression takes most from small groups: after training, or without."""
    trained, alone = run.estimate("did_qat").value, run.estimate("did_ptq").value
    return ANSWERS[0] if trained > alone else ANSWERS[1]


ANSWERS = ("Few bits, trained", "Four bits, not trained")
TEXTS = Texts(
    measures="Extra loss of small groups",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "all groups alike"),
    span=(-0.02, 0.12),
    idea=("A network is trained on a long tail of classes, and another on a balanced copy with the same classes in the same order of size, "
          "an order drawn anew for every seed. Both are rounded to few bits or pruned, with and without further training. What the "
          "smallest groups lose more than the largest, minus the same contrast in the balanced copy, is owed to size and not to some "
          "classes being harder. Along the way every link from weights to accuracy is measured for every group."),
    formulas=(
        (r"\mathrm{DiD} = \left(\Delta_\mathrm{tail} - \Delta_\mathrm{head}\right)_\mathrm{long\ tail} "
         r"- \left(\Delta_\mathrm{tail} - \Delta_\mathrm{head}\right)_\mathrm{balanced}",
         "Difference in differences: Δ is accuracy before minus after, tail and head three tenths of the groups each."),
        (r"R(a) = J(\bar\theta; D_a) - J(\theta; D_a) \approx g_a^\top \delta + \tfrac12\, \delta^\top H_a \delta",
         "Excess loss of group a with its exact first and second order; δ is the change of weights."),
        (r"R(a) \le \lVert g_a \rVert\, \lVert \delta \rVert + \tfrac12\, \lambda_{\max}(H_a)\, \lVert \delta \rVert^2 "
         r"+ O(\lVert \delta \rVert^3)",
         "The published bound; how far above the loss it lies is measured under The bound."),
        (r"\frac{\lVert g_a \rVert}{\lVert g_b \rVert} = \frac{n_b}{n_a}",
         "Two groups at a minimum, weight decay counted in: exact for a regularised logistic regression."),
        (r"\hat w = s \cdot \mathrm{clip}\!\left(\mathrm{round}(w / s),\, -2^{b-1}+1,\, 2^{b-1}-1\right)",
         "Rounding of weights to b bits, one scale s for each output channel."),
    ),
    assumptions=(
        "Groups are classes of Fashion-MNIST unless the data brings its own; they stand for any groups of unequal size.",
        "Rounding is simulated in float: the numbers are those of the grid, not those of one device.",
        "BatchNorm is folded before rounding, and its statistics are measured anew afterwards unless set otherwise; in training through "
        "the rounding it stays beside its layer.",
        "Gradients and curvature are those of the float graph at the small network's weights, on at most 256 training images a group; the "
        "smallest groups have fewer. An eigenvalue is found to one per cent; the trace is an estimate that carries its standard error.",
        "What ranks groups by their loss is held against the plainest rival, the float network's loss before compression, and against "
        "groups shuffled, averaged over 200 shuffles.",
        "Each trained setting has a sham of its own: the float network trained further as long and at the same learning rate.",
        "A network under two thirds of its float accuracy is called collapsed. That cut was chosen after the results were seen, to keep "
        "two bits without training from being read as a finding; the numbers themselves are shown.",
        "Fewer than five seeds leave the contrast without training undecided: which class is small moves it by five points.",
        "Small networks on few images: that a claim fails here is no proof against the paper, whose networks are larger.",
    ),
    sources=SOURCES,
)

PREDICTION = Prediction(
    metric="tail_drop_qat",
    question="How much accuracy do small groups lose at few bits?",
    label="Your guess (0.00 loses nothing, 0.05 is five points)",
    low=0.0, high=0.3, step=0.01, start=0.02,
    choice="Which takes more from small groups?",
    answers=ANSWERS,
    winner=winner,
    why=why,
)
