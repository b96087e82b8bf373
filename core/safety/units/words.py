"""The words of the safety room: answer, method, glossary, prediction."""

import math

from core.lab import words
from core.lab.prediction import Prediction
from core.lab.runs import Run
from core.lab.texts import Texts
from core.safety.units.plain import UNTESTED, plain

ENOUGH = 0.25  # points of refusals: the margin of the claim
MOSTLY = 2 / 3
PLACES = {"mlp": "Mostly MLP units", "attention": "Mostly attention units", "both": "Units of both kinds"}
GLOSSARY = {
    "Unit": "A hidden channel of a block: what one neuron of the MLP, or one channel of attention, hands on.",
    "SCU (ESU)": "Safety-critical unit: its safety score most exceeds its utility score. ESU in the first version of the paper.",
    "UCU (EUU)": "Utility-critical unit: its utility score most exceeds its safety score. EUU in the first version.",
    "CU": "Complex unit: everything between, in use for both.",
    "RU": "Redundant unit: both scores together are lowest.",
    "Score": "Variance of the unit's activation over response tokens, times the squared length of the weights that read it.",
    "Refused": "The generated answer begins with a refusal. Two further judges stand beside it.",
    "Aligned twin": "The model after a short training on refusals and ordinary answers.",
    "Unaligned twin": "The same model after as many steps on ordinary answers alone.",
    "Perplexity": "How surprised the model is by held-out ordinary answers; lower is better.",
}


def kind_of(run: Run) -> str:
    """Return in which kind of module most safety-critical units sit: ``mlp``, ``attention`` or ``both``."""
    table = run.table("layers")
    mine = table[table["category"] == "SCU"].groupby("kind")["n_units"].sum()
    share = float(mine.get("mlp", 0.0)) / max(1.0, float(mine.sum()))
    return "mlp" if share > MOSTLY else "attention" if share < 1 - MOSTLY else "both"


def answer(run: Run) -> str:
    """Return where the refusals sit, how many are lost without those units, and without as many random ones."""
    drop, random = run.estimate("refusal_drop_scu"), run.estimate("refusal_drop_random")
    before, after = (words.number(run.estimate(f"refusal_{name}").value, "%") for name in ("aligned", "scu"))
    share = f"{run.request.config.scu_percent:g}% of the units"
    if math.isnan(drop.value):
        return "Not decided: this run could not resolve what is refused."
    if drop.low is None:
        return (f"Not decided: without {share} the model refuses {after} instead of {before}, but {words.seeds(drop.n)} "
                f"{'gives' if drop.n == 1 else 'give'} no interval.")
    fall = f"without {share} the model refuses {after} instead of {before} (a fall of {words.interval(drop, 'pt')})"
    control = f"Without as many random units it refuses {words.number(run.estimate('refusal_random').value, '%')}."
    if drop.low > ENOUGH and random.high is not None and random.high < drop.low:
        return f"{PLACES[kind_of(run)]}: {fall}. {control}"
    if drop.high < ENOUGH:
        return f"None that these scores find: {fall}. {control}"
    return f"Not decided: {fall}. {control}"


def winner(run: Run) -> str:
    """Return where the safety-critical units sit, as one of the answers of the prediction."""
    return PLACES[kind_of(run)]


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    left = run.estimate("refusal_scu").value
    surprise = ("More is still refused than you expected." if left > guess + 0.1 else
                "Less is still refused than you expected." if left < guess - 0.1 else "You were close.")
    return (f"{surprise} A refusal is a short, fixed opening, so a few units can carry most of it. **Look next:** what random units of "
            "equal number take, and what perplexity says of the rest.")


TEXTS = Texts(
    measures="Refusals lost without SCU",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no effect"),
    span=(-0.2, 1.05),
    idea=("A language model is first made into two twins: one is trained for a few steps on refusals and ordinary answers (aligned), one "
          "on ordinary answers alone (unaligned). Then each hidden unit of the aligned twin gets two scores from two forward passes: how "
          "strongly it acts while the model refuses, and how strongly while it answers. Units that act for refusing much more than for "
          "answering are called safety-critical (SCU), the opposite ones utility-critical (UCU), those with little of both redundant "
          "(RU), the rest complex (CU). What the names promise is then put to the test: categories are removed beside random units of "
          "equal number, frozen during an attack by ordinary fine-tuning beside equally many random ones, and used as the only units "
          "that alignment may update. A refusal is what a judge finds in the generated answer, never a difference of probabilities. "
          "The taught refusal is a short template, so what is found is where this template sits."),
    formulas=(
        (r"f(X) = B\,\sigma(A X), \qquad I_j = \frac1{N-1}\sum_{n=1}^{N}\bigl(X^B_{n,j} - \bar X^B_j\bigr)^2 "
         r"\cdot \lVert W^B_{:,j}\rVert_2^2",
         "Score of unit j: variance of the input of B (the MLP's down projection, attention's output projection) over response "
         "tokens, times the squared length of the column that reads it. Computed once on refusals (safety) and once on ordinary answers "
         "(utility)."),
        (r"z_j = \frac{I_j - \mathrm{mean}(I)}{\mathrm{sd}(I)} \ \text{ within kind and block}, \qquad \Delta_j = z^S_j - z^U_j",
         "Scores are made comparable within each kind of module and block before they are ranked over the whole model. This choice "
         "decides the outcome, so the other ways are shown beside it."),
        (r"\mathrm{RU}: \text{lowest } z^S + z^U, \quad \mathrm{SCU}: \text{highest } \Delta, \quad \mathrm{UCU}: \text{lowest } \Delta, "
         r"\quad \mathrm{CU}: \text{the rest}",
         "Categories, in this order; their shares are chosen, not found. CU are ranked by their safety score where only a part is frozen."),
        (r"W^B_{:,j} \leftarrow 0",
         "Removing a unit: the column that reads it is set to zero, which is the same as taking the unit out."),
        (r"d_b(q, o) = 1 - \cos\bigl(h_b(q),\, h_b(q \oplus o)\bigr)",
         "Probe: how far an opening o of an answer moves the last hidden state of block b away from that of the request q alone. The "
         "content baseline is the same opening after harmless requests."),
    ),
    assumptions=(
        "The refusal was taught in this run by a short training on a few phrasings. A model aligned at length may keep it elsewhere.",
        "A unit whose removal takes refusals is needed for them here; others may back it up, or learn to.",
        "Refusals are counted on prompts that neither alignment nor scoring saw. Intervals are over seeds, which retrain the twins.",
        "Attacks are compared at equal training loss, where an arm reached it: an arm that learns less also forgets less.",
        "Frozen entries are equal to the last bit after training. Queries, keys, norms and embeddings belong to no unit.",
        "The mini-evaluation is small, and its questions are our own: it says whether a model is broken, not how good it is.",
        "The lite model is small and speaks a made-up language of topics; the standard one is SmolLM2 with 135 million weights.",
    ),
    sources=(
        "Li and Kim, Superficial Safety Alignment Hypothesis, arXiv 2410.10862: units, scores, categories, freezing, budget, probe.",
        "An et al. 2024, Fluctuation-based Adaptive Structured Pruning (FLAP): the same score, standardised per layer.",
        "Wei et al. 2024, Assessing the Brittleness of Safety Alignment via Pruning and Low-Rank Modifications, arXiv 2402.05162: "
        "calibration on the model's own refusals, response tokens only.",
        "Hu et al. 2021, LoRA: Low-Rank Adaptation of Large Language Models.",
    ),
)

PREDICTION = Prediction(
    metric="refusal_scu",
    question="How much will be refused without these units?",
    label="Your guess (0.00 answers every request, 1.00 refuses them all as before)",
    low=0.0, high=1.0, step=0.05, start=0.5,
    choice="Where will most of them sit?",
    answers=tuple(PLACES.values()),
    winner=winner,
    why=why,
)
