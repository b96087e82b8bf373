"""The words of the room: answer, method, prediction."""

import math

from core.calibration.study.plain import UNTESTED, plain
from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts

ENOUGH = 0.05  # confidence above accuracy that a reader would call too sure


def answer(run: Run) -> str:
    """Return how much too sure the adapted network is, beside batch statistics alone and a temperature."""
    found = run.estimate("over_tent")
    if math.isnan(found.value):
        return "Not decided: this run leaves out TENT, which the answer is about."
    still, hot = words.number(run.estimate("over_bn").value, "pt"), words.number(run.estimate("ece_bn_home").value, "%")
    sure, rest = words.number(found.value, "pt"), f"{still} without training; one temperature from home leaves an error of {hot}"
    if found.low is None:
        return words.undecided(f"adapted by TENT it is {sure} surer than right, {rest}", found.n)
    verdict = "No" if found.low > ENOUGH else "Yes" if found.high < ENOUGH else "Not decided"
    return f"{verdict}: adapted by TENT it is {sure} ({words.interval(found, 'pt')}) surer than right, {rest}."


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    said = surprise(run.estimate("over_tent").value, guess, within=0.04, more="It is surer than you expected.",
                    less="It is less sure than you expected.")
    return (f"{said} Batch statistics alone, without a single step, are {words.number(run.estimate('over_bn').value, 'pt')} too sure. "
            "**Look next:** the repairs, where one number divides the logits.")


TEXTS = Texts(
    measures="Confidence above accuracy, adapted",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "as sure as right"),
    span=(-0.1, 0.5),
    idea=("A network learns from clean images. Test images then come as streams, clean and corrupted at several levels, and every method "
          "meets the same batches in the same order: it predicts a batch and may adapt to it afterwards, without labels. Batch statistics "
          "alone are the control that most of adaptation's credit belongs to. Confidence is compared with accuracy in 15 bins; beside each "
          "error stand a bootstrap interval and the floor that a perfect predictor would show with as many images. Repairs that divide the "
          "logits need no training: by the temperature that fits at home, by the mean over the stream of a label-free rule, by that rule "
          "for each image, and by the best temperature for the stream's labels, which is a bound and no method."),
    formulas=(
        (r"\mathrm{ECE}=\sum_{m=1}^{15}\frac{n_m}{n}\,\bigl|\mathrm{acc}(B_m)-\mathrm{conf}(B_m)\bigr|",
         "Expected calibration error over bins of equal width."),
        (r"\mathrm{TENT}:\ \min_{\gamma,\beta}\ \frac1B\sum_i H(p_i)", "Entropy of predictions, by scales and shifts of norms."),
        (r"\tau_i=\Bigl[t_{\min}+\sigma\!\Bigl(\tfrac{H_i-h_0}{\sqrt{\log_2 C}}\Bigr)(t_{\max}-t_{\min})\Bigr]"
         r"\frac{\kappa}{\lVert z_i\rVert}",
         "The certainty rule: hotter where entropy is above home's and where logits are short."),
        (r"\min_{\gamma,\beta}\ -\frac1B\sum_i\sum_c \mathrm{softmax}_c\!\bigl(z^{\text{teacher}}_i/\tau_i\bigr)\log p_{ic}",
         "Certainty distillation: the frozen network, softened, teaches its own copy."),
    ),
    assumptions=(
        "Calibration depends on bins and on the number of images: an error near its floor says nothing.",
        "Rates and passes decide what entropy minimisation does; they were chosen on seeds below 100 and are printed with the run.",
        "The ablation's one temperature is the mean over the whole stream: it has seen the stream once before it begins.",
        "Published figures are of other networks and data; ours are of a small network on small images.",
        "A network without BatchNorm has no batch statistics to follow: choose other methods for it.",
    ),
    sources=(
        "Amin and Kim, Over-Certainty Phenomenon in Modern Test-Time Adaptation Algorithms, TMLR 2025, arXiv 2404.16168: the phenomenon, "
        "the certainty rule, certainty distillation. The update is partly inferred; the released notebook differs and is the method "
        "\"as released\".",
        "Wang et al. 2021 (TENT); Niu et al. 2022 (ETA, EATA); Iwasawa and Matsuo 2021 (T3A); Liang et al. 2020 (SHOT); Zhang et al. 2025 "
        "(COME); Nado et al. 2020 (batch statistics at test time).",
        "Guo et al. 2017 (ECE, temperature); Nixon et al. 2019 (equal-mass and classwise errors); Murphy 1973 (parts of the Brier score); "
        "Angelopoulos and Bates 2021 (conformal sets).",
        "Hendrycks and Dietterich 2019 (the kinds of corruption; levels are our own).",
        "Accuracies on Tiny-ImageNet-C by tier 1 to 5, as the paper's appendix prints them: none .41 .37 .31 .24 .19; certainty "
        "distillation .49 .46 .41 .35 .29; T3A .42 .38 .32 .26 .21; ETA .33 .29 .26 .22 .19.",
    ),
)

PREDICTION = Prediction(
    metric="over_tent",
    question="How much surer than right is the adapted network?",
    label="Your guess (0.00 is as sure as right, 0.30 is thirty points too sure)",
    low=-0.2, high=0.6, step=0.01, start=0.1,
    why=why,
)
