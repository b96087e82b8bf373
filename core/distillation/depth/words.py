"""The words of depth: answer, method, prediction."""

from core.distillation.depth.plain import UNTESTED, plain
from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts

POINT = 0.01


def answer(run: Run) -> str:
    """Return whether one joint training comes within a point of separate networks, and what one network at equal cost does."""
    found = run.estimate("package_beyond")
    ours, one = run.estimate("package_mean"), run.estimate("sandwich_long_mean")
    text = (f"over all depths the package reaches {words.number(ours.value, '%')}, "
            f"{words.number(abs(found.value), 'pt')} {'above' if found.value > 0 else 'below'} separate networks")
    beside = f"One net at equal cost reaches {words.number(one.value, '%')}."
    if found.low is None:
        return f"{words.undecided(text, found.n)} {beside}"
    interval = words.interval(found, "pt", signed=True)
    verdict = "Yes" if found.low > -POINT else "No" if found.high < -POINT else "Not decided"
    return f"{verdict}: {text} ({interval}). {beside}"


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    found, again = run.estimate("truncated_smallest_shared").value, run.estimate("truncated_smallest").value
    told = surprise(found, guess, within=0.05, more="It does better than you expected.", less="It does worse than you expected.")
    return (f"{told} Part of the loss is BatchNorm alone: with statistics estimated again it is {words.number(again, '%')}. **Look next:** "
            "the same depth trained for its work.")


TEXTS = Texts(
    measures="Package minus separate networks",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "separate networks"),
    span=(-0.2, 0.1),
    idea=("A residual network can leave blocks out when it runs: the shortcut stands in. The package trains three networks at once. Two "
          "Teammates give up their blocks in different orders, and each teaches its own shallower versions; they learn from each other, "
          "and both from a Leader. **These losses are our reading of an abstract**: the paper's own could not be read. Beside it stand a "
          "network for each depth, a plain network cut short, one network with the sandwich rule, trained as long and for equal cost, one "
          "with a random depth a step, and early exits."),
    formulas=(
        (r"\mathcal{L} = \mathrm{CE}(z_L) + \sum_{m \in \{A,B\}} \frac{\mathrm{CE}(z_m) + b\,\mathrm{KL}(z_L \| z_m) + "
         r"c\,\mathrm{KL}(z_{\bar m} \| z_m) + D_m}{2 + b + c}",
         "Leader L, Teammates A and B: labels, guidance, exchange, and the sub-networks of each. Weights are divided out, not summed up: "
         "summed they multiply the learning rate, and training collapses."),
        (r"D_m = \frac{1}{|S|} \sum_{d \in S} e\,T^2\,\mathrm{KL}(z_m \| z_{m,d}) + (1-e)\,\mathrm{CE}(z_{m,d}), \quad "
         r"S = \{\min,\ \text{one at random},\ \max - 1\}", "The sandwich rule: smallest, one drawn, one block fewer than full."),
    ),
    assumptions=(
        "BatchNorm statistics are estimated again for each depth on training images, by one forward pass. Scale and shift are shared, "
        "unless the setting BatchNorm gives each depth its own; one net stands here with both.",
        "What the depths of one step do alike from the beginning on is computed once: the gradients are the same, the cost is lower than "
        "that of as many passes. Equal cost means equally many multiply-adds.",
        "Every network has the same learning rate and number of epochs, except the one that is trained for equal cost.",
        "The Leader learns from labels alone: it is, to the last bit, the plain network trained with the same first weights.",
        "On clothes shallow networks do as well as deep ones: that a depth is \"as good as full\" says little there. Sums of two digits "
        "are a task on which depth pays.",
        "Time is wall time of one thread on this machine, the median of 15 passes; multiply-adds are exact.",
        "Small networks on few images, trained briefly: that a claim fails here is no proof against the paper.",
    ),
    sources=(
        "Chen et al. 2023, Cooperative training of dynamic-depth networks (2312.08532): abstract and introduction only.",
        "Yu and Huang 2019, Universally Slimmable Networks: the sandwich rule and statistics estimated again.",
        "Huang et al. 2016, Deep Networks with Stochastic Depth: blocks left out in training.",
        "Teerapittayanon et al. 2016, BranchyNet: early exits.",
    ),
)

PREDICTION = Prediction(
    metric="truncated_smallest_shared",
    question="A plain network loses most of its blocks after training. How accurate is it?",
    label="Your guess (0.10 is chance among ten classes)",
    low=0.0, high=1.0, step=0.01, start=0.5,
    why=why,
)
