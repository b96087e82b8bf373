"""The words of one defence: answer, method, prediction."""

from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.privacy.defence.plain import UNTESTED, caution, plain
from core.privacy.defences import defence_by_id

SOURCES = (
    "Fang and Kim 2024, Center-Based Relaxed Learning: algorithm from its public code; the authors' settings are not public.",
    "Fang and Kim 2024, Representation Magnitude has a Liability to Privacy Vulnerability: interface and defaults from public code; "
    "the ring itself is reconstructed.",
    "Fang and Kim 2026, Learnability and Privacy Vulnerability are Entangled in a Few Critical Weights: reconstructed from the "
    "abstract and notes of third parties.",
    "Fang and Kim 2026, Decoupling Generalizability and Membership Privacy Risks: our reading of the abstract.",
    "Chen, Yu and Fritz 2022, RelaxLoss: both published forms.",
    "Carlini et al. 2022, Membership Inference Attacks From First Principles: the attack.",
)
ASSUMPTIONS = (
    "The attacker adapts: the reference models went through the whole defence too.",
    "Members and non-members are random halves of one pool; images that a defence needs beside its members are in neither.",
    "Accuracy is that on images of the pool which a model was not trained on.",
    "Except DP-SGD nothing here is a guarantee: a stronger attack may find more.",
    "Small networks on few images: that a claim fails here is no proof against the paper, whose networks are larger.",
)


def answer(run: Run) -> str:
    """Return what one defence buys and costs, with intervals."""
    drop, cost, after = (run.estimate(name) for name in ("auc_drop", "accuracy_cost", "auc"))
    title = defence_by_id(run.request.config.defence).title
    before = run.estimate("auc_plain").value
    change = f"{title} takes the attack from AUC {words.number(before)} to {words.number(after.value)}"
    price = f"at {words.number(cost.value, 'pt')} of accuracy"
    if drop.low is None:
        return words.undecided(f"{change} {price}", drop.n)
    verdict = "Yes" if drop.low > 0.01 else "No" if drop.high < 0.01 else "Not decided"
    removed = f"{words.interval(drop, signed=True)} removed, {words.seeds(drop.n)}"
    return f"{verdict}: {change} ({removed}) {price} ({words.interval(cost, 'pt')})."


TEXTS = Texts(
    measures="Attack AUC after the defence",
    answer=answer,
    plain=plain,
    caution=caution,
    untested=UNTESTED,
    baseline=(0.5, "guessing"),
    span=(0.4, 1.02),
    idea=("The plain models of an audit are repaired: by another loss, another classifier, changed answers, or by touching only the "
          "weights or regions that leak. Then plain and defended models are attacked alike, each model in turn by all others, which "
          "ran the defence as well. A defence is worth its name only if it removes more leakage than it costs accuracy, and more than "
          "stopping early would."),
    formulas=(
        (r"\mathcal L_\mathrm{relax} = |\mathcal L - \alpha|", "RelaxLoss in even epochs: the loss is held at a level."),
        (r"S_t(v) = \frac{v}{1 + t\,\lVert v\rVert_2}", "CRL squashes logits and features into a ball of radius 1/t."),
        (r"z' = z\,\frac{\min(\max(\lVert z\rVert_2,\, r),\, r + d)}{\lVert z\rVert_2}", "SRCM confines features to a ring."),
        (r"s_i = \sum_t |g_{t,i}\, w_i|", "Vulnerability of weight i while members are learned and others forgotten."),
    ),
    assumptions=ASSUMPTIONS,
    sources=SOURCES,
)


def surprised(found: float, guess: float) -> str:
    """Return how what is left compares with what was guessed."""
    return surprise(found, guess, within=0.03, more="More is left than you expected.", less="Less is left than you expected.")


def why(run: Run, guess: float) -> str:
    """Return what decides how much is left, and what to look at next."""
    after, gap = run.estimate("auc").value, run.estimate("loss_gap").value
    return (f"{surprised(after, guess)} The loss on other images is still {words.number(gap)} above that on members, and an attacker "
            "reads that gap. **Look next:** whether stopping early would have done as well.")


PREDICTION = Prediction(
    metric="auc", question="What will the attack AUC be after the defence?", label="Your guess (0.50 is chance, 1.00 finds every member)",
    low=0.5, high=1.0, step=0.01, start=0.6, why=why)
