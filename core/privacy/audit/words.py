"""The words of the membership audit: answer, method, prediction."""

from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.privacy.audit.plain import UNTESTED, caution, plain
from core.subjects.given import beside_given

WORTH_SAYING = 0.51  # an AUC that stays below it says less than the audit's own resolution
BROUGHT = ("The target is the network that you brought; its references were trained here by the house's "
           "recipe.")


def answer(run: Run) -> str:
    """Return the answer in one or two sentences: verdict word, AUC with interval, what guessing gives, and what is found at low cost."""
    return beside_given(run.request.config.model, _judged(run), BROUGHT)


def _judged(run: Run) -> str:
    auc = run.estimate("auc")
    if auc.low is None:
        return words.undecided(f"the attack reaches AUC {words.number(auc.value)} where guessing gives 0.50", auc.n)
    verdict = "Yes" if auc.low > WORTH_SAYING else "No" if auc.high < WORTH_SAYING else "Not decided"
    text = (f"{verdict}: the attack reaches AUC {words.number(auc.value)} ({words.interval(auc)}) where guessing gives 0.50.")
    return f"{text} {found(run)}"


def found(run: Run) -> str:
    """Return what is found at the lowest false-alarm rate that the run resolves; empty when it resolves none."""
    for metric, rate in (("tpr_at_01_percent", "0.1%"), ("tpr_at_1_percent", "1%")):
        estimate = run.estimate(metric)
        if estimate.low is not None:
            return f"At {rate} false alarms it finds {words.number(estimate.value, '%')} of members ({words.interval(estimate, '%')})."
    return ""


def winner(run: Run) -> str:
    """Return the family of the attack with the largest AUC, diagnostics left out."""
    table = run.table("attacks")
    real = table[table["family"] != "Diagnostic"].groupby("family")["auc"].max()
    return str(real.idxmax())


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    auc, gap = run.estimate("auc").value, run.estimate("accuracy_gap").value
    opening = surprise(auc, guess, within=0.03, more="The attack finds more than you expected.",
                       less="The attack finds less than you expected.")
    return (f"{opening} The models are {words.number(gap, 'pt')} better on images they trained on, and that gap is what an attacker "
            "reads. **Look next:** who is exposed most, and how stopping early changes it.")


TEXTS = Texts(
    measures="Attack AUC, LiRA online",
    answer=answer,
    plain=plain,
    caution=caution,
    untested=UNTESTED,
    baseline=(0.5, "guessing"),
    span=(0.4, 1.02),
    idea=("A model is trained on a random half of a pool of images. An attacker who may ask it for predictions tries to tell that half "
          "from the other. Models trained on other halves show what is normal for each image: an image on which the audited model "
          "is unusually sure was probably in its training set. Here every model is the target in turn and the others are its "
          "references, so one batch of training serves all attacks and yields a spread over targets."),
    formulas=(
        (r"\phi(x, y) = \log\frac{p_y}{1 - p_y}", "Log-odds of the true label: roughly normal over models, so two numbers describe it."),
        (r"\Lambda(x, y) = \log\frac{\mathcal N(\phi;\, \mu_\mathrm{in}, \sigma^2_\mathrm{in})}"
         r"{\mathcal N(\phi;\, \mu_\mathrm{out}, \sigma^2_\mathrm{out})}",
         "LiRA, online: is the answer more typical of models that saw the image, or of models that did not?"),
        (r"\mathrm{RMIA}(x) = \Pr_{z}\!\left[\frac{p(x\mid\theta)/p(x)}{p(z\mid\theta)/p(z)} \ge \gamma\right]",
         "RMIA: the share of strangers that the image beats once its general difficulty is divided out."),
        (r"\mathrm{AUC} = \Pr[s_\mathrm{member} > s_\mathrm{non\text{-}member}] "
         r"+ \tfrac12 \Pr[s_\mathrm{member} = s_\mathrm{non\text{-}member}]",
         "Larger scores always mean more likely a member; guessing gives 0.50."),
    ),
    assumptions=(
        "Members and non-members are random halves of one pool, so nothing but training tells them apart.",
        "The attacker knows the training recipe and has data of the same kind.",
        "An oracle threshold is chosen on the target's own labels and only bounds what an attacker can do. A transferred threshold is "
        "chosen on the reference models and could really be used.",
        "No rate is quoted below one false alarm among the non-members.",
        "With few reference models LiRA is weaker than in the literature; a low AUC here does not prove safety.",
    ),
    sources=(
        "Carlini et al. 2022, Membership Inference Attacks From First Principles: LiRA, log-log ROC, low false-alarm rates.",
        "Zarifzadeh, Liu and Shokri 2024, Low-Cost High-Power Membership Inference Attacks: RMIA.",
        "Yeom et al. 2018, Privacy Risk in Machine Learning: loss threshold, the gap as the cause.",
        "Song and Mittal 2021, Systematic Evaluation of Privacy Risks: modified entropy, thresholds per class.",
        "Choquette-Choo et al. 2021, Label-Only Membership Inference Attacks.",
        "Fang and Kim 2024, Representation Magnitude has a Liability to Privacy Vulnerability: length of representations.",
    ),
)

PREDICTION = Prediction(
    metric="auc",
    question="What will the attack AUC be?",
    label="Your guess (0.50 is chance, 1.00 finds every member)",
    low=0.5, high=1.0, step=0.01, start=0.65,
    choice="Which kind of attack will find most?",
    answers=("Threshold", "Learned", "Likelihood ratio", "Label only", "White box"),
    winner=winner,
    why=why,
)
