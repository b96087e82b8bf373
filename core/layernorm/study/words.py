"""The words of the LayerNorm room: answer, method, prediction."""

import math

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.layernorm.panels import placements_of
from core.layernorm.study.figures_layers import thirds_table
from core.layernorm.study.plain import UNTESTED, plain
from core.layernorm.variants import PLACEMENT_TITLES

PUBLISHED_DROP = {"post": 0.73, "pre": 0.325}  # published.ROWS: intact minus stripped
ENOUGH = 0.5  # of the wrong labels; below it there is little that stripping could prevent
ABSORPTION = r"W(w \odot n + b) + c = (W\,\mathrm{diag}(w))\,n + (Wb + c)"
LAYERS = {"early": "Early layers", "middle": "Middle layers", "later": "Later layers"}


def answer(run: Run) -> str:
    """Return the answer in two sentences: what stripping changes after the last epoch, then whether that is more than a delay."""
    placement = placements_of(run)[0]
    drop, title = run.estimate(f"memorised_drop_{placement}"), PLACEMENT_TITLES[placement]
    intact, stripped = (run.estimate(f"memorised{end}_{placement}").value for end in ("", "_stripped"))
    both = f"stripped, the {title} model memorises {words.number(stripped, '%')} of the wrong labels; intact, {words.number(intact, '%')}"
    if drop.low is None:
        return words.undecided(both, drop.n)
    if intact < ENOUGH:
        return f"Not decided: {both}. There is too little memorised to prevent: train for longer."
    fall = f"{both} (a fall of {words.interval(drop, 'pt')})"
    if drop.low > 0:
        return f"{_if_matched(run, placement)}: {fall}. {_matched(run, placement)}"
    verdict = "No" if drop.high < PUBLISHED_DROP[placement] / 2 else "Not decided"
    return f"{verdict}: {fall}. {_matched(run, placement)}"


def _if_matched(run: Run, placement: str) -> str:
    """Return the verdict where less is memorised at the end: a store only if that holds at equal fit, too."""
    matched = run.estimate(f"memorised_drop_matched_{placement}")
    return "Yes" if matched.low is not None and matched.low > 0 else "Not decided"


def _matched(run: Run, placement: str) -> str:
    matched = run.estimate(f"memorised_drop_matched_{placement}")
    if matched.low is None:
        return "At equal fit of the right labels they cannot be compared."
    fitted, fall = "With the right labels fitted equally well", f"(a fall of {words.interval(matched, 'pt')})"
    if matched.low <= 0 <= matched.high:
        return f"{fitted} the two cannot be told apart {fall}."
    if matched.low > 0:
        return f"{fitted} it memorises less {fall}."
    rise = Estimate(-matched.value, -matched.high, -matched.low, matched.n)
    return f"{fitted} it memorises more (a rise of {words.interval(rise, 'pt')})."


def winner(run: Run) -> str:
    """Return the third of the depth whose stripping costs most before training."""
    table = thirds_table(run, "damage")
    if table.empty:
        return "None"
    return LAYERS[str(table[table["where"] == "stripped"].groupby("group")["lost"].mean().idxmax())]


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    left = run.estimate("memorised_stripped_post").value
    if math.isnan(left):
        return "This run holds no Post-LN model. **Look next:** what stripping costs the Pre-LN one."
    opening = surprise(left, guess, within=0.1, more="Stripped models memorise more than you expected.",
                       less="Stripped models memorise less than you expected.")
    return (f"{opening} Removing learnt values is a shock that fine-tuning repairs, and the weights left are many. "
            "**Look next:** whether less is memorised also when right labels are fitted equally well.")


TEXTS = Texts(
    measures="Memorised less after stripping, Post-LN",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no effect"),
    span=(-0.3, 0.8),
    idea=("A transformer is pretrained, so that the scales and biases of its norms move away from 1 and 0. Then some training labels are "
          "replaced by wrong ones and the model is fine-tuned twice from the same weights, on the same batches in the same order: once "
          "intact, once stripped, with every scale of the layers' norms set to 1, every bias to 0, and both frozen. The normalisation "
          "itself stays. After each epoch we ask what the model says about the wrongly labelled samples: the wrong label (memorised), "
          "the true one (recovered), or another (random). Published work reports that a stripped Post-LN model stops memorising, and "
          "that a stripped Pre-LN model loses learning instead. This room is built to find out: with controls that move as many values "
          "elsewhere, with a comparison at equal fit, and with rivals."),
    formulas=(
        (r"\mathrm{LN}(x) = w \odot \frac{x - \mathrm{mean}(x)}{\mathrm{sd}(x)} + b, \qquad \text{stripped: } w = 1,\ b = 0",
         "What is stripped is what LayerNorm learnt, not the normalisation."),
        (r"\text{Pre-LN: } x + F(\mathrm{LN}(x)) \qquad \text{Post-LN: } \mathrm{LN}(x + F(x))",
         "The two placements. In Post-LN the norm's output is the residual stream itself."),
        (r"\tfrac1{|Z|}\textstyle\sum_{Z}[\hat y = t] + \tfrac1{|Z|}\sum_{Z}[\hat y = y] "
         r"+ \tfrac1{|Z|}\sum_{Z}[\hat y \notin \{t, y\}] = 1",
         "Memorised, recovered and random shares of the wrongly labelled samples Z; y is the true label, t the wrong one."),
        (ABSORPTION,
         "Absorption: in Pre-LN the next linear layer can take over scale and bias exactly. So stripping removes no capacity there, and "
         "what it costs is no property of the function. In Post-LN this does not hold."),
        (r"\lVert \nabla_{x_\ell} L_\mathrm{test} \rVert \ge \lVert \nabla_{x_\ell} L_Z \rVert",
         "Theorem 1 of the paper: once wrong labels are memorised, test samples have the larger gradients at every norm. Everything but "
         "the output residual is shared, so the comparison is mostly one of residuals."),
        (r"t \leftarrow \beta t + (1 - \beta)\,p, \qquad L = L_\mathrm{CE} + \lambda \log(1 - \langle p, t \rangle)",
         "Early-learning regularisation, the rival: it holds each sample's early answer, given before memorising began."),
    ),
    assumptions=(
        "Stripping starts from values that pretraining moved: brief training hardly moves them, so norms learn faster in pretraining here.",
        "Shares are of few wrongly labelled samples, 30 per seed in the lite preset, 24 in the standard one and 18 in the run on texts: "
        "one seed's share is good to about 9, 10 and 12 points.",
        "The standard preset follows the paper's protocol on a smaller encoder: dropout of 0.1 in every variant, a constant rate after one "
        "epoch of warm-up, and every epoch read. Its texts are cut after 24 tokens. Intact and stripped differ in nothing but the norms.",
        "The paper reads when the intact model first fits every training label. That moment hangs on the last label, and a model that only "
        "learns more slowly has fitted less by then; so the same course is read again where the loss on right labels is equal.",
        "The lite preset and the run on texts train without dropout; a contrast with dropout is a setting. The latter keeps six of "
        "SmolLM2's 30 layers.",
        "Models are compared at the paper's point, at the end and at equal fit of the right labels. A gap at the end alone may be a delay.",
        "Wrong labels are asked for with dropout switched off.",
        "Small models on small data: a published effect that is absent here is not refuted.",
    ),
    sources=(
        "Singhal and Kim 2025, Impact of Layer Norm on Memorization and Generalization in Transformers, arXiv 2511.10566: protocol, "
        "shares, gradient theorems, published rows.",
        "Xiong et al. 2020, On Layer Normalization in the Transformer Architecture: Post-LN and Pre-LN, warm-up.",
        "Liu et al. 2020, Early-Learning Regularization Prevents Memorization of Noisy Labels: the rival.",
        "Zhang and Sennrich 2019, Root Mean Square Layer Normalization: norms with a scale alone.",
    ),
)

PREDICTION = Prediction(
    metric="memorised_stripped_post",
    question="How much will a stripped model still memorise?",
    label="Your guess for Post-LN (0.00 forgets every wrong label, 1.00 gives all of them back)",
    low=0.0, high=1.0, step=0.05, start=0.3,
    choice="Which layers will be missed most?",
    answers=tuple(LAYERS.values()),
    winner=winner,
    why=why,
)
