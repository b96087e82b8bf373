"""The words of the repairs: answer, method, prediction."""

from core.compression.repair.plain import UNTESTED, plain
from core.compression.sources import SOURCES
from core.lab import words
from core.lab.prediction import Prediction
from core.lab.runs import Run
from core.lab.texts import Texts


def answer(run: Run) -> str:
    """Return what balanced sampling does to the gap at few bits, and how much of that is repair of the imbalance."""
    found, in_float = run.estimate("repair_qat"), run.estimate("repair_float")
    bits = f"{run.request.config.qat_bits} bits"
    before, after = run.estimate("qat_gap"), run.estimate("repaired_gap")
    text = f"balanced sampling takes the gap at {bits} from {words.number(before.value, 'pt')} to {words.number(after.value, 'pt')}"
    reference = f"In float the same sampling changes it by {words.number(in_float.value, 'pt', signed=True)}."
    if found.low is None:
        return f"Not decided: {text}, but {words.seeds(found.n)} {'gives' if found.n == 1 else 'give'} no interval. {reference}"
    verdict = "Balanced sampling" if found.high < 0 else "Nothing for certain" if found.low < 0 else "Not balanced sampling"
    if verdict == "Balanced sampling":
        change = words.interval(found, "pt", signed=True)
        return f"Balanced sampling: it{text.removeprefix('balanced sampling')} (change {change}). {reference}"
    return f"{verdict}: {text} (change {words.interval(found, 'pt', signed=True)}). {reference}"


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    found, in_float = run.estimate("repaired_gap").value, run.estimate("repair_float").value
    surprise = ("The gap that is left is larger than you expected." if found > guess + 0.02 else
                "The gap that is left is smaller than you expected." if found < guess - 0.02 else "You were close.")
    return (f"{surprise} Not all of this need be repair of compression: in float the same sampling changes the gap by "
            f"{words.number(in_float, 'pt', signed=True)}. **Look next:** what the largest groups pay for it.")


ANSWERS = ("Balanced sampling", "Mixed precision")


def winner(run: Run) -> str:
    """Return which of two repairs narrows the gap more at few bits."""
    return ANSWERS[0] if run.estimate("repair_qat").value < run.estimate("repair_mixed").value else ANSWERS[1]


TEXTS = Texts(
    measures="Change of the gap, repaired",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no repair"),
    span=(-0.4, 0.1),
    idea=("One float network of the long-tailed copy is compressed in every way on offer, each for equally many epochs: rounded in "
          "training with balanced sampling, a weighted loss and bits by layer in all eight combinations; pruned and retrained with "
          "balanced sampling or with group losses held before pruning, after it, or both. The float network trained further with and "
          "without balanced sampling is the reference: what it gains is repair of the imbalance, not of compression."),
    formulas=(
        (r"w_a = \frac{N}{G\, n_a}", "Weighted loss: every group counts alike. With balanced sampling each takes the square root."),
        (r"\min_{b}\ \max_a \sum_l S_{l,\,b_l,\,a} \quad \text{s.t.} \quad \sum_l n_l\, b_l \le B",
         "Mixed precision: bits by layer that harm the worst group least under a size budget, an exact integer programme."),
        (r"\frac{J(\theta) + \sum_a \lambda_a \max(0,\ J_a(\theta) - J)}{1 + \sum_a \lambda_a}, \qquad "
         r"\lambda_a \leftarrow \lambda_a + s \max(0,\ J_a - J)",
         "Holding group losses: a penalty that grows while a group's loss lies above the common one."),
    ),
    assumptions=(
        "All arms of a family have the same number of epochs, batches and the same mask or grid rules.",
        "All rounded arms take as many bytes: bits by layer may not exceed those of the same bits everywhere, so that layers with one "
        "bit, their signs, pay for layers with more. All pruned arms keep as many weights.",
        "Each family has a sham of its own: the float network trained further as long, at that family's learning rate.",
        "Sensitivities of single layers are added up, which holds for mild rounding only.",
        "The gap of ten noisy groups is biased upwards alike in every arm: compare changes, not levels.",
        "Small networks on few images: that a claim fails here is no proof against the paper, whose networks are larger.",
    ),
    sources=(*SOURCES, "Hubara et al. 2021, Accurate Post Training Quantization With Small Calibration Sets: bits by integer programme.",
             "Rastegari et al. 2016, XNOR-Net: weights of one bit."),
)

PREDICTION = Prediction(
    metric="repaired_gap",
    question="How large is the gap with balanced sampling at few bits?",
    label="Your guess (0.00 is no gap, 0.50 is fifty points)",
    low=0.0, high=0.8, step=0.01, start=0.4,
    choice="Which narrows the gap more?",
    answers=ANSWERS,
    winner=winner,
    why=why,
)
