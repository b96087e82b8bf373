"""The words of an audit of outputs: answer, method, prediction."""

from core.lab import words
from core.lab.estimate import Estimate
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.privacy.audit.words import TEXTS as AUDIT
from core.privacy.audit.words import WORTH_SAYING
from core.privacy.outputs.figures import headline
from core.privacy.outputs.plain import UNTESTED, caution, plain


def answer(run: Run) -> str:
    """Return how much the outputs give away, with the interval over parts, or over rows where there is one part."""
    name = headline(run)
    attack = run.table("attacks").set_index("attack").loc[[name]].iloc[0]
    found = run.estimate("auc")
    if found.low is None:
        found = Estimate(float(attack["auc"]), float(attack["auc_low"]), float(attack["auc_high"]), 1)
    verdict = "Yes" if found.low > WORTH_SAYING else "No" if found.high < WORTH_SAYING else "Not decided"
    low, high = words.number(float(attack["tpr_1pct_low"]), "%"), words.number(float(attack["tpr_1pct_high"]), "%")
    share = "" if attack["tpr_1pct"] != attack["tpr_1pct"] else (
        f" At 1% false alarms it finds {words.number(float(attack['tpr_1pct']), '%')} of members ({low} to {high}).")
    return (f"{verdict}: {'members are given away' if verdict == 'Yes' else 'the attack is'} with AUC {words.number(found.value)} "
            f"({words.interval(found)}) by {attack['title']}, where guessing gives 0.50.{share}")


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    said = surprise(run.estimate("auc").value, guess, within=0.03, more="More is given away than you expected.",
                    less="Less is given away than you expected.")
    gap = run.estimate("accuracy_members").value - run.estimate("accuracy_others").value
    return f"{said} The model is {words.number(gap, 'pt')} better on what it was trained on. **Look next:** who is exposed most."


TEXTS = Texts(
    measures="Attack AUC",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    caution=caution,
    repeats="judged in {n} disjoint parts of its rows",
    baseline=(0.5, "guessing"),
    span=(0.4, 1.02),
    idea=("A file holds what a classifier said of rows it was trained on and of others, as logits or probabilities. No model is loaded, so "
          "that any framework can write it. Attacks that read one number off an answer need nothing else; with outputs of reference models "
          "that were trained by the same recipe on other rows, LiRA and RMIA ask whether an answer is more typical of models that saw the "
          "row. All rows are scored once. The parts of the headline are disjoint, so that an interval over parts is one over rows; "
          "curves and tables are of all rows, with exact intervals."),
    formulas=AUDIT.formulas,
    assumptions=(
        "Members and others must come from one source: where they differ by date or place, an attack finds that, not membership.",
        "Intervals speak of this one model: another training of the same recipe may leak more or less.",
        "References must be trained without regard to what the target was trained on. How many of them hold a row is checked: where that "
        "number tells members, LiRA takes equally many for each row.",
        "Probabilities come in as logarithms; those under 10⁻¹² are taken as 10⁻¹², so that very sure answers look alike.",
        "A file without references allows only attacks with one threshold for all: a low AUC then does not prove safety.",
    ),
    sources=AUDIT.sources[:4],
)

PREDICTION = Prediction(
    metric="auc",
    question="What will the attack AUC be?",
    label="Your guess (0.50 is chance, 1.00 finds every member)",
    low=0.5, high=1.0, step=0.01, start=0.65,
    why=why,
)
