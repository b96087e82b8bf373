"""The figures of the room, in the order of the page."""

from core.calibration.study import figures_curves as curves
from core.calibration.study import figures_rows as rows
from core.lab import words
from core.lab.figure import Figure
from core.lab.runs import Run


def _number(run: Run, name: str, unit: str = "%") -> str:
    return words.number(run.estimate(name).value, unit)


RELIABILITY = Figure(
    id="reliability", title="How right at how sure", draw=curves.reliability,
    caption="Below the dotted line is too sure. Bars at the foot: share of images in each bin. All seeds together.",
    alt=lambda run: f"TENT is {_number(run, 'over_tent', 'pt')} surer than right, batch statistics {_number(run, 'over_bn', 'pt')}.")
LEVELS = Figure(
    id="levels", title="Worse data, more error", draw=curves.levels,
    caption="Mean over corruptions with 95% interval over seeds. Level 0 is clean.",
    alt=lambda run: f"At the last level the error is {_number(run, 'ece_tent')} by TENT, {_number(run, 'ece_bn')} by batch statistics and "
                    f"{_number(run, 'ece_dec')} by distillation.")
REPAIRS = Figure(
    id="repairs", title="Every method, and what one number repairs", draw=rows.repairs,
    caption="Last level. Dotted: what a perfect predictor would show with as many images, or as sure as right. The best temperature needs "
            "labels: a bound.",
    alt=lambda run: f"Batch statistics fall from {_number(run, 'ece_bn')} to {_number(run, 'ece_bn_home')} by a temperature from home and "
                    f"{_number(run, 'ece_bn_stream')} by the stream's.")
COURSE = Figure(
    id="course", title="Along the stream, pass after pass", draw=curves.course,
    caption="First corruption at the first level. Distillation softens step by step: calibrated is a moment at which it passes zero.",
    alt=lambda run: f"Confidence minus accuracy over passes of one stream; distillation comes down to zero after "
                    f"{_number(run, 'crossing_dec', '')} passes and ends at {_number(run, 'over_dec_end', 'pt')}.")
RISK = Figure(
    id="risk", title="If it may abstain", draw=curves.risk,
    caption="Mean over corruptions at the last level. Confidence ranks well where a curve starts low.",
    alt=lambda run: "Wrong answers among the surest images at the last level: source, batch statistics, TENT, distillation.")
COVERAGE = Figure(
    id="coverage", title="Sets that promise nine in ten", draw=rows.coverage,
    caption="Conformal sets, made on clean images for 90% (dotted).",
    alt=lambda run: f"Conformal sets hold the truth in {_number(run, 'coverage_clean')} at home and {_number(run, 'coverage_bn')} at the "
                    "last level, batch statistics.")
GROUPS = Figure(
    id="groups", title="Who is over-trusted", draw=rows.groups,
    caption="By the group of the images, where the data tells groups, last level. Right of the dotted line is too sure.",
    alt=lambda run: "Confidence minus accuracy for each group of images, batch statistics and TENT, at the last level.")
NORMS = Figure(
    id="norms", title="The length of the logits", draw=curves.norms,
    caption="Source network. The certainty rule reads a short vector as a strong shift.",
    alt=lambda run: f"Mean logit norm {_number(run, 'norm_clean', '')} at home and {_number(run, 'norm_far', '')} at the last level.")
CLASSES = Figure(
    id="classes", title="Whose answers are over-trusted", draw=rows.classes,
    caption="By the class that is said, last level. Right of the dotted line is too sure.",
    alt=lambda run: "Confidence minus accuracy for each class that is said, batch statistics and TENT, at the last level.")
COSTS = Figure(
    id="costs", title="What a batch costs", draw=rows.costs,
    caption="Measured beside a plain forward pass of the same batch in the same process.",
    alt=lambda run: f"TENT takes {_number(run, 'cost_tent', '')} and distillation {_number(run, 'cost_dec', '')} plain passes a batch.")

FIGURES: tuple[Figure, ...] = (RELIABILITY, LEVELS, REPAIRS, COURSE, RISK, COVERAGE, CLASSES, GROUPS, NORMS, COSTS)
