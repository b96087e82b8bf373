"""The columns of the room's tables: what experiment writes and figures read. Imports no torch.

Shares, accuracies and rates are fractions from 0 to 1. A table that a run leaves out has its columns and no rows.
"""

from types import MappingProxyType

import pandas as pd

RULES = MappingProxyType({
    "none": "Nothing pruned",
    "hardest": "Hardest of every class",
    "random": "Random of every class",
    "easiest": "Easiest of every class",
    "oracle_hardest": "Hardest carriers, labels known",
    "oracle_random": "Random carriers, labels known",
    "oracle_easiest": "Easiest carriers, labels known",
    "others_hardest": "Hardest of every class but the carriers",
    "inferred_hardest": "Hardest of the inferred carriers",
})
OUTCOMES = (
    "reliance",  # share of harmed-class test images with the cue that are called the biased class (the headline)
    "reliance_unmarked",  # the same without the cue: what is ordinary confusion
    "harmed_accuracy",  # accuracy on harmed-class test images with the cue
    "worst_group_accuracy",  # smallest accuracy over the groups class x cue (biased, harmed) and the other classes
    "average_accuracy",  # accuracy on all test images without the cue
    "validation_accuracy",  # mean over classes, on validation images that are biased like the training set
    "validation_worst_class",  # smallest class accuracy on them: needs no group labels
)
_COLUMNS = {
    # Causal figure: a clean net and the same number of carriers at five places of the difficulty ranking of a clean net.
    "causal": (
        "block",  # "clean" (nothing marked), "easiest", "easy", "middle", "hard", "hardest"
        "difficulty",  # place of the block in the ranking, 0 easiest to 1 hardest; NaN for clean
        "n_carriers", "mean_score", *OUTCOMES),
    # One row per scenario, rule and share; share 0 has the rules "none" and "clean": a network trained without the cue,
    # put to the same exam. A share of an oracle or inferred rule is of the carriers.
    # Outcomes at the headline share are means over repeated trainings for the rules "hardest" and "random".
    "sweep": (
        "scenario", "rule", "share", "n_pruned", "n_train",
        "n_carriers",  # before pruning
        "n_carriers_left",
        "n_wrong",  # training images with a wrong label before pruning; 0 outside "noisy"
        "n_wrong_left", "epochs", "steps", *OUTCOMES),
    # Rivals, each with the labels that it needs; "erm" and the pruning rules at the headline share stand beside them.
    "rivals": (
        "scenario",  # "main" or "identifiable"
        "method",  # "erm", "jtt", "group_dro", "dfr", "hardest", "random", "inferred_hardest" (identifiable), "oracle_hardest"
        "labels",  # labels needed beyond the class, in words; "none" for none
        *OUTCOMES),
    # Difficulty in bins: shares of the carriers, of the other images of the biased class, and of the harmed class.
    "histogram": ("scenario", "left", "right", "carriers", "others", "harmed"),
    # Kolmogorov-Smirnov test of carriers against the rest of the biased class, by scenario and epoch of one run's EL2N.
    "regimes": (
        "scenario", "epoch",
        "is_used",  # whether pruning uses this epoch
        "statistic",  # largest distance of the two distribution functions, 0 to 1
        "p_value",
        "carrier_auc",  # chance that a carrier is harder than another image of its class; 0.5 when they cannot be told apart
        "n_carriers", "n_carriers_pruned",  # how many carriers the hardest-per-class rule removes at the headline share
        "regime"),  # "hidden" (p >= 0.05) or "identifiable"
    # Scores compared in scenario "main": stability, and pruning the hardest of every class by each at the headline share.
    "scores": (
        "score",  # "el2n", "loss", "margin", "forgetting"
        "runs",  # how many short runs were averaged
        "stability",  # mean Spearman correlation between two runs, within classes; NaN for a single run
        "agreement",  # Spearman correlation with averaged EL2N, within classes
        "carrier_auc", "n_carriers_pruned", *OUTCOMES),
    # The share that a user without group labels would choose, one row per scenario and criterion (hardest rule).
    "choice": (
        "scenario",
        "criterion",  # "worst_class": smallest share after which worst-class validation accuracy stops improving within the budget;
        #                "affordable": largest share within the budget
        "share", "accuracy_budget",
        "validation_cost",  # average validation accuracy lost at that share
        *OUTCOMES),
    # Images to look at; row k is sample_images[k].
    "samples": (
        "kind",  # "carrier_pruned", "carrier_kept", "pruned" (hardest pruned images, no carriers), "kept" (easiest kept images)
        "row",  # place in the training set
        "y", "name", "score",
        "percentile",  # of its score within its class, 0 easiest to 100 hardest
        "is_carrier"),
    # Marked and clean test images of the harmed class; row k is example_images[k].
    "examples": ("y", "name", "is_marked", "p_biased"),  # p_biased: probability of the biased class under the net without pruning
    # Share of attribution on the mark, mean over marked test images of the harmed class.
    "attribution": (
        "model",  # "clean", "none" (nothing pruned), "hardest", "random", "oracle_hardest", "oracle_easiest"
        "method",  # "integrated_gradients", "grad_cam"
        "share_on_mark",
        "area",  # share of the image that the mark covers: what a map without information gives
        "n_images"),
    # Maps to look at; row k is attribution_maps[k], float32, largest absolute value 1 over the networks of one image and method.
    "maps": ("model", "method", "image"),  # image: place in example_images
    # See core.spurious.diffroar: two networks trained anew per row; the map "random" is the control.
    "diffroar": ("map", "fraction", "accuracy_top", "accuracy_bottom", "diffroar"),
    # See core.spurious.simplicity: two stacked blocks that both tell the class, one shuffled at test time.
    "simplicity": (
        "network",  # "stacked", or "complex_only" whose simple block was shuffled in training already (the control)
        "shuffled",  # at test time: "none", "simple", "complex"
        "auc"),
    "curves": ("model", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"),  # "clean" and each scenario's "none"
    "classes": ("y", "name", "role"),  # role: "biased", "harmed" or "other"
}
COLUMNS = MappingProxyType(_COLUMNS)


def table_of(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return rows as the table ``name`` with its columns in their order.

    Raises:
        ValueError: If a row lacks a column of the table or has another one.
    """
    columns = COLUMNS[name]
    for row in rows:
        if set(row) != set(columns):
            raise ValueError(f"a row of {name} must have {', '.join(columns)}, got {', '.join(row)}")
    return pd.DataFrame(rows, columns=list(columns))
