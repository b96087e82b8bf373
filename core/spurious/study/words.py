"""What the room says beside its figures."""

import math

from core.lab import words
from core.lab.estimate import Estimate, over_seeds
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.spurious.figures_means import names_of
from core.spurious.study.figures_rivals import standings
from core.spurious.study.plain import UNTESTED, plain
from core.subjects.given import beside_given

WORTH_SAYING = 0.05
BROUGHT = ("The network that you brought is judged where nothing is pruned; blocks, prunings and rivals were trained here "
           "anew.")


def gap(run: Run, first: str, second: str) -> Estimate:
    """Return the difference of two numbers with its interval over the seeds, first minus second, paired by seed."""
    return over_seeds([getattr(one, first) - getattr(one, second) for one in run.results], (-1.0, 1.0))


def answer(run: Run) -> str:
    """Return the answer in a sentence or two: how often the cue misleads, beside a network that never saw it, and what pruning does."""
    return beside_given(run.request.config.model, _judged(run), BROUGHT)


def _judged(run: Run) -> str:
    biased, harmed = names_of(run)
    reliance, clean = run.estimate("reliance"), words.number(run.estimate("reliance_clean").value, "%")
    effect = gap(run, "reliance", "reliance_clean")
    if reliance.low is None or effect.low is None:
        return words.undecided(f"with the cue {words.number(reliance.value, '%')} of {harmed} are called {biased}, {clean} by a network "
                               "that never saw it", reliance.n)
    verdict = "Yes" if effect.low > WORTH_SAYING else "No" if effect.high < WORTH_SAYING else "Not decided"
    return (f"{verdict}: with the cue {words.number(reliance.value, '%')} ({words.interval(reliance, '%')}) of {harmed} are called "
            f"{biased}, {clean} by a network that never saw it. {mended(run)}").strip()


def mended(run: Run) -> str:
    """Return what pruning the hardest and random images leaves, in a sentence; empty where the run did not prune."""
    pruned, random = run.estimate("reliance_pruned"), run.estimate("reliance_random")
    if math.isnan(pruned.value) or math.isnan(random.value):
        return ""
    share = words.number(run.request.config.share, "%").replace(".0%", "%")
    return (f"Without the hardest {share} of every class it is {words.number(pruned.value, '%')}, without a random {share} it is "
            f"{words.number(random.value, '%')}.")


def winner(run: Run) -> str:
    """Return the family of the method with the best worst group among those that need no group labels."""
    rows = standings(run)
    free = rows[rows["labels"].str.startswith("none") & rows["method"].isin(list(FAMILIES))]
    return FAMILIES[free.iloc[0]["method"]] if len(free) else ""


FAMILIES = {"erm": "Plain training", "jtt": "JTT", "hardest": "Pruning the hardest", "random": "Random pruning"}


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    reliance = run.estimate("reliance").value
    n = int(run.results[0].sweep["n_carriers"].iloc[0])
    opening = surprise(reliance, guess, within=0.05, more="The cue misleads more than you expected.",
                       less="The cue misleads less than you expected.")
    return (f"{opening} {n:,} training images carried it; average accuracy is measured without it. "
            "**Look next:** slide the pruned share, and see which carriers go.")


TEXTS = Texts(
    measures="Misled by the cue",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "never misled"),
    span=(-0.04, 1.04),
    idea=("A few training images of one class carry a mark. At test time the mark stands on images of another class, and the network calls "
          "them by the first. The network learns the mark where it helps, and that is on images it finds hard without the mark; carriers "
          "that are easy anyway teach it nothing. So difficulty is read off early in training, the hardest images of every class are "
          "removed, and a fresh network is trained on the rest: the harmful carriers go, although nobody had to know which images "
          "carry the mark. Random pruning of equal size is the control, a network that never saw the mark the base line."),
    formulas=(
        (r"\mathrm{EL2N}(x, y) = \lVert p(x) - e_y \rVert_2 \in [0, \sqrt 2)",
         "Difficulty: the distance between the predicted probabilities and the label, early in training, in evaluation mode and without "
         "augmentation. Larger is harder."),
        (r"S_c = \{\text{the } \lceil p\, n_c \rceil \text{ hardest of class } c\}",
         "Removed from every class: a share p of its images, so that classes keep their proportions."),
        (r"D = \sup_t \lvert F_\mathrm{carriers}(t) - F_\mathrm{others}(t) \rvert",
         "Kolmogorov-Smirnov: the largest distance between the difficulty of the carriers and that of the rest of their class. A small "
         "p-value means that carriers can be told apart."),
        (r"\mathrm{DiffROAR} = \mathrm{acc}_\mathrm{top} - \mathrm{acc}_\mathrm{bottom}",
         "Check of a map: accuracy after retraining on the pixels it ranks highest, minus that on the lowest."),
    ),
    assumptions=(
        "The mark tells nothing about the class at test time; in training it occurs in one class alone.",
        "Carriers are spread over easy and hard images. Where the mark makes them easy, pruning the hardest spares them: see the regime.",
        "The mark alone can move a clean network, so the clean network on marked images is the base line of every figure.",
        "On classes that are hard to tell apart, pruning the hardest moves their balance and costs accuracy.",
        "Hard images may be hard because their label is wrong. The part with wrong labels shows what pruning removes then.",
        "No rival was tuned. DFR and GroupDRO are told groups, which pruning is not.",
    ),
    sources=(
        "Mulchandani and Kim 2025, Severing Spurious Correlations with Data Pruning (ICLR): the claims, the rules, the released settings.",
        "Paul, Ganguli and Dziugaite 2021, Deep Learning on a Data Diet: EL2N.",
        "Toneva et al. 2019, An Empirical Study of Example Forgetting: forgetting counts.",
        "Liu et al. 2021, Just Train Twice; Sagawa et al. 2020, GroupDRO; Kirichenko et al. 2023, DFR: the rivals.",
        "Sundararajan et al. 2017, Integrated gradients; Selvaraju et al. 2017, Grad-CAM; both by captum.",
        "Shah et al. 2021, Do Input Gradients Highlight Discriminative Features: DiffROAR.",
        "Shah et al. 2020, The Pitfalls of Simplicity Bias: the two-block test.",
        "Yang et al. 2023, Change is Hard: worst-class validation accuracy as a choice without group labels.",
    ),
)

PREDICTION = Prediction(
    metric="reliance",
    question="How many images will the cue mislead?",
    label="Your guess (0.00 misleads none, 1.00 every image)",
    low=0.0, high=1.0, step=0.01, start=0.3,
    choice="Which method without group labels will protect the worst group best?",
    answers=tuple(FAMILIES.values()),
    winner=winner,
    why=why,
)
