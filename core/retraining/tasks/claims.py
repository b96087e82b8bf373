"""What the paper claims of RESQUE for tasks, and what the house asks of it and of reuse."""

import math

from core.lab.claims import Claim, Precondition

RESQUE, HOUSE, DATE = "RESQUE, arXiv 2412.15511, abstract", "A question of the house", "2026-11-29"
STRONG, STRONG_WHY = 0.7, "a rank correlation of 0.7 is what is commonly called strong"
UNREAD = "strong correlation; no coefficient could be read"
FEW = "Eight tasks a source: a rank correlation of so few is rough"
REACHED = Precondition(metric="best_accuracy", at_least=0.7, words="the tasks were learned", remedy="raise cap")

CLAIMS = (
    Claim(
        id="ranks", kind="paper", statement="RESQUE ranks what retraining for a new task costs", source=RESQUE, effect="rank_task",
        effect_words="rank correlation of RESQUE (mean, centroids)", control="rank_permuted",
        control_words="RESQUE of other tasks, dealt out at random", expected="above", margin=STRONG, margin_reason=STRONG_WHY,
        margin_date=DATE, published=UNREAD, note=FEW, preconditions=(REACHED,)),
    Claim(
        id="ranks-flat", kind="paper", statement="Read off the flat map, RESQUE ranks what a new task costs", source=RESQUE,
        effect="rank_flat", effect_words="rank correlation of RESQUE (flat, centroids)", control="rank_permuted",
        control_words="RESQUE of other tasks, dealt out at random", expected="above", margin=STRONG, margin_reason=STRONG_WHY,
        margin_date=DATE, published=UNREAD, note="The released code computes four variants and names none as the index",
        preconditions=(REACHED,)),
    Claim(
        id="probe", kind="question", statement="A linear probe ranks cost better than RESQUE", source=HOUSE, effect="rank_probe",
        effect_words="rank correlation of 1 - linear probe", control="rank_task", control_words="RESQUE (mean, centroids)",
        expected="above", margin_date=DATE, note="Both need labels of the new task", preconditions=(REACHED,)),
    Claim(
        id="neighbours", kind="question", statement="Nearest neighbours rank cost better than RESQUE", source=HOUSE, effect="rank_knn",
        effect_words="rank correlation of 1 - k-NN", control="rank_task", control_words="RESQUE (mean, centroids)", expected="above",
        margin_date=DATE, preconditions=(REACHED,)),
    Claim(
        id="adds", kind="question", statement="RESQUE adds to what a linear probe tells", source=HOUSE, effect="partial_task",
        effect_words="partial rank correlation, probe fixed", control_words="nothing added", expected="above", margin_date=DATE, note=FEW),
    Claim(
        id="network", kind="question", statement="Neighbours among features rank cost better than neighbours among pixels", source=HOUSE,
        effect="rank_knn", effect_words="1 - k-NN on features", control="rank_pixels", control_words="1 - k-NN on raw pixels",
        expected="above", margin_date=DATE, note="Pixels know the task's difficulty and nothing of the network"),
    Claim(
        id="saves-own", kind="question", statement="On its own kind of images reuse saves at least a fifth of the work", source=HOUSE,
        effect="ratio_own", effect_words="images needed as a ratio to random weights", control_words="random weights: 1", reference=1.0,
        expected="below", margin=math.log(1.25), margin_reason="a fifth less work is worth a look", margin_date=DATE, ratio=True,
        preconditions=(REACHED,)),
    Claim(
        id="saves-other", kind="question", statement="On another kind of images reuse saves at least a fifth of the work", source=HOUSE,
        effect="ratio_other", effect_words="images needed as a ratio to random weights", control_words="random weights: 1", reference=1.0,
        expected="below", margin=math.log(1.25), margin_reason="a fifth less work is worth a look", margin_date=DATE, ratio=True,
        preconditions=(REACHED,)),
    Claim(
        id="sources", kind="question", statement="RESQUE names the cheapest source more often than a random pick", source=HOUSE,
        effect="right_task", effect_words="right source by RESQUE", control="right_random", control_words="a random pick",
        expected="above", unit="%", margin_date=DATE, resolution=1 / 8),
    Claim(
        id="sources-probe", kind="question", statement="A linear probe names the cheapest source more often than RESQUE", source=HOUSE,
        effect="right_probe", effect_words="right source by the probe", control="right_task", control_words="right source by RESQUE",
        expected="above", unit="%", margin_date=DATE, resolution=1 / 8),
    Claim(
        id="shuffled", kind="self-check", statement="Where classes are dealt out at random, RESQUE finds no structure",
        source="Self-check", effect="shuffled", effect_words="RESQUE with shuffled classes", control_words="no structure: 1",
        reference=1.0, expected="within", margin=0.02, margin_reason="chance agreement of 600 samples is below 0.01", margin_date=DATE),
)
