"""Every lens, in the order in which a reader sees them. Imports no torch."""

from types import MappingProxyType

from core.scorecard.row import Lens

STEPS = ("Read the subject", "Calibration and groups", "Smaller copies", "Cue and reuse", "Leakage", "Summary")

LENSES: tuple[Lens, ...] = (
    Lens("leak_simple", "privacy", "Found without references", "Can a stranger tell who was in training?",
         "members found by one loss threshold when 1% of strangers are accused", "%", "low",
         ("membership",), "core.scorecard.lenses.leakage:simple", "privacy", "privacy_defence", anchor=(0.01, "a guess"),
         step=1, frameworks=("NIST AI RMF MEASURE 2.10", "EDPB Opinion 28/2024, paragraph 55")),
    Lens("leak", "privacy", "Found with references", "Can an attacker with models of their own tell?",
         "members found by LiRA, online, when 1% of strangers are accused", "%", "low",
         ("membership", "references"), "core.scorecard.lenses.leakage:with_references", "privacy", "privacy_defence",
         anchor=(0.01, "a guess"), step=4, frameworks=("NIST AI RMF MEASURE 2.10", "EDPB Opinion 28/2024, paragraph 55")),
    Lens("leak_strict", "privacy", "Found at 0.1% false alarms", "And if nearly nobody may be accused wrongly?",
         "members found by LiRA, online, when 0.1% of strangers are accused", "%", "low",
         ("membership", "references"), "core.scorecard.lenses.leakage:strict", "privacy", "privacy_defence", anchor=(0.001, "a guess"),
         step=4, frameworks=("NIST AI RMF MEASURE 2.10", "EDPB Opinion 28/2024, paragraph 55")),
    Lens("worst_group", "spurious", "Accuracy, worst group", "Whom does it serve worst?",
         "accuracy of the group with the lowest; the interval is widened for choosing it among all", "%", "high",
         ("outputs",), "core.scorecard.lenses.groups:worst", "spurious", "compression_repair", step=1,
         frameworks=("EU AI Act, Annex IV 3", "NIST AI RMF MEASURE 2.11")),
    Lens("cue", "spurious", "Misled by a mark", "Does it lean on a cue that will not hold?",
         "images of one class that a mark, named beforehand, moves to another, minus those moved back", "pt", "low",
         ("weights", "training_data"), "core.scorecard.lenses.cue:misled", "spurious", "spurious_retrain", (-1.0, 1.0),
         anchor=(0.0, "no change"), step=3,
         frameworks=("NIST AI RMF MEASURE 2.5",)),
    Lens("wrong_labels", "layernorm", "Wrong labels repeated", "Does it learn labels by heart?",
         "wrong training labels that it gives back", "%", "low",
         ("weights", "wrong_labels"), "core.scorecard.lenses.labels:memorised", "layernorm", "layernorm", step=1,
         frameworks=("NIST AI RMF MEASURE 2.5",)),
    Lens("rounded", "compression", "Worst loss at 4 bits", "Who pays when it is rounded?",
         "accuracy that the group hit hardest loses with weights of 4 bits; widened for choosing it among all", "pt", "low",
         ("weights", "training_data"), "core.scorecard.lenses.smaller:rounded", "compression_setting", "compression_repair", (-1.0, 1.0),
         anchor=(0.0, "no change"), step=2, frameworks=("NIST AI RMF MEASURE 2.11",)),
    Lens("pruned", "compression", "Worst loss at 80% pruned", "Who pays when it is pruned?",
         "accuracy that the group hit hardest loses without 80% of the weights; widened for choosing it among all", "pt", "low",
         ("weights", "training_data"), "core.scorecard.lenses.smaller:pruned", "compression_setting", "compression_repair", (-1.0, 1.0),
         anchor=(0.0, "no change"), step=2, frameworks=("NIST AI RMF MEASURE 2.11",)),
    Lens("sure_home", "calibration", "Calibration error, home", "Is it as sure as it is right?",
         "expected calibration error where nothing has drifted, 15 bins", "%", "low",
         ("outputs",), "core.scorecard.lenses.calibration:at_home", "calibration_outputs", "calibration", step=1,
         frameworks=("NIST AI RMF MEASURE 2.5", "EU AI Act, Article 15(3)")),
    Lens("sure_shifted", "calibration", "Calibration error, drifted", "And when the data drift?",
         "the same on data that have drifted", "%", "low",
         ("outputs", "shifted"), "core.scorecard.lenses.calibration:shifted", "calibration_outputs", "calibration", step=1,
         frameworks=("NIST AI RMF MEASURE 2.5",)),
    Lens("reuse", "retraining", "Images to retrain", "How dear will reuse be under a shift?",
         "images that retraining on blurred data will take by RESQUE, with the band of the nearest stored retrainings", "", "low",
         ("weights", "training_data"), "core.scorecard.lenses.reuse:retraining", "retraining_index", "retraining", (0.0, 1e9), step=3),
)
BY_ID = MappingProxyType({lens.id: lens for lens in LENSES})
TRADE_OFFS: tuple[tuple[str, str, str, str], ...] = (
    ("leak", "worst_group", "Defences against leakage cost accuracy.", "privacy_map"),
    ("leak", "sure_home", "Stopping early leaks less and also changes how sure a network is.", "privacy_defence"),
    ("rounded", "worst_group", "Smaller copies lose most where there was least to learn from.", "compression"),
    ("cue", "worst_group", "Removing examples against a cue also removes hard and rare ones.", "spurious"),
)
"""Rows that pull against each other: (row, row, sentence, experiment whose room shows it)."""
