"""The figures of a membership audit, as a literal table in the order of the page; drawing stands in the two files beside it."""

from core.lab import words
from core.lab.figure import Figure
from core.lab.runs import Run
from core.privacy.audit import figures_leakage, figures_training
from core.privacy.audit.figures_leakage import HEADLINE, titles
from core.privacy.audit.figures_samples import alt_text as under_each_attack_alt
from core.privacy.audit.figures_samples import under_each_attack
from core.privacy.audit.figures_thresholds import alt_text as thresholds_alt
from core.privacy.audit.figures_thresholds import thresholds
from core.privacy.audit.figures_training import leakage_against_gap

__all__ = ["CURVES", "EARLY_STOPPING", "FIGURES", "HEADLINE", "LEAGUE", "MEASURE_WORDS", "NORMS", "ROC", "SCORES", "SLICES",
           "THRESHOLDS", "leakage_against_gap", "titles", "under_each_attack", "under_each_attack_alt"]
LONGEST_ALT = 159
MEASURE_WORDS = {"auc": "AUC", "10pct": "10% false alarms", "1pct": "1%", "01pct": "0.1%"}


def _alt_roc(run: Run) -> str:
    found = run.estimate("tpr_at_1_percent")
    return (f"LiRA online finds {words.number(found.value, '%')} of members at 1% false alarms; chance finds 1%. Both axes are "
            "logarithmic.")


def _alt_scores(run: Run) -> str:
    return f"Scores of members lie above those of non-members in {words.number(run.estimate('auc').value, '%')} of pairs."


def _alt_league(run: Run) -> str:
    rows = figures_leakage.ranking(run)
    best, worst = rows.iloc[-1], rows.iloc[0]
    said = f"{len(rows)} attacks: {best['title']} leads with AUC {best['value']:.2f}, {worst['title']} is last with {worst['value']:.2f}."
    return said


def _alt_slices(run: Run) -> str:
    table = run.table("slices")
    mine = table[(table["attack"] == figures_leakage.HEADLINE) & (table["kind"] == "class")].groupby("slice")["auc"].mean()
    if mine.empty:
        return "No class has members and non-members enough for an AUC."
    return f"By class, AUC runs from {mine.min():.2f} for {mine.idxmin()} to {mine.max():.2f} for {mine.idxmax()}."


def _alt_early(run: Run) -> str:
    table = run.table("early_stopping").groupby("epoch")[["auc", "loss_gap"]].mean()
    if table.empty:
        return "No epochs were kept."
    first, last = table.iloc[0], table.iloc[-1]
    return (f"From epoch {table.index[0]:g} to {table.index[-1]:g} the loss gap goes from {first['loss_gap']:.2f} to "
            f"{last['loss_gap']:.2f} and the AUC from {first['auc']:.2f} to {last['auc']:.2f}.")


def _alt_curves(run: Run) -> str:
    table = run.table("curves")
    last = table[table["epoch"] == table["epoch"].max()]
    return (f"After the last epoch the mean loss is {last['train_loss'].mean():.2f} on training images and "
            f"{last['test_loss'].mean():.2f} on test images.")


def _alt_norms(run: Run) -> str:
    return (f"A member's representation is longer than a non-member's in {words.number(run.estimate('feature_norm_auc').value, '%')} "
            "of pairs.")


ROC = Figure(
    id="roc", title="How many members the attacker finds", draw=figures_leakage.roc, alt=_alt_roc,
    caption="The further above the dotted line, the more the model gives away. Band: middle 95% of target models. "
            "Thresholds here are oracles, chosen on the target's own non-members.")
SCORES = Figure(
    id="scores", title="What the attacker sees", draw=figures_leakage.scores, alt=_alt_scores,
    caption="Where the two shapes overlap, the attacker can only guess. All target models of the first seed.")
LEAGUE = Figure(
    id="league", title="Which attack finds most", draw=figures_leakage.league, alt=_alt_league,
    caption="Mean over seeds. Bars: for AUC the middle 95% of target models, for rates the 95% interval within a seed. Dotted: chance. "
            "Click a name in the legend to hide it; double click to see it alone.")
SLICES = Figure(
    id="slices", title="Who is exposed most", draw=figures_leakage.slices, alt=_alt_slices,
    caption="Bars: middle 95% of target models. Dotted: chance. Difficulty is the loss of models that never saw the image.")
THRESHOLDS = Figure(
    id="thresholds", title="What a real attacker keeps", draw=thresholds, alt=thresholds_alt,
    caption="Filled: threshold transferred from the reference models, which an attacker can choose. Open: oracle, chosen on the target's "
            "own labels, an upper bound. The eight best; 50% is guessing.")
EARLY_STOPPING = Figure(
    id="early-stopping", title="Leakage follows the gap", draw=figures_training.early_stopping, alt=_alt_early,
    caption="Above: what one loss threshold finds after each epoch. Below: loss on non-members minus on members. "
            "Bands: middle 95% of targets.")
CURVES = Figure(
    id="curves", title="How the models trained", draw=figures_training.curves, alt=_alt_curves,
    caption="Mean over all models. Bands: middle 95% of models. The distance of the two lines is what leaks.")
NORMS = Figure(
    id="norms", title="Are members' representations longer?", draw=figures_training.feature_norms, alt=_alt_norms,
    caption="Length of the vector that the classifier reads. All target models of the first seed.")

FIGURES: tuple[Figure, ...] = (ROC, SCORES, LEAGUE, THRESHOLDS, SLICES, EARLY_STOPPING, CURVES, NORMS)
