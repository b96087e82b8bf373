"""One part of the outputs, judged: nothing is trained, and no model is there."""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.calibration import judge
from core.calibration.model_outputs import Outputs, check_parts, with_shift
from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.result import HOME, SHIFTED, OutputsResult
from core.calibration.outputs_files import load_outputs
from core.lab.errors import InputError
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.subjects.asked import ask

FEWEST_OF_GROUP = 10  # rows without which a group's numbers are left out
NAN = float("nan")


def run(config: OutputsConfig, seed: int, context: Context) -> OutputsResult:
    """Return what one part of the outputs says.

    Raises:
        InputError: If the file breaks a rule, or there is no such part.
    """
    if seed >= config.parts:
        raise InputError(f"a seed must be one of the {config.parts} parts, counted from 0, got {seed}: more would count rows twice.")
    context.begin(0)
    # every seed makes the same deal and takes another part of it
    part = _whole(config, context).part(seed, config.parts, generator(0, "calibration", "outputs", "parts"))
    context.begin(1)
    return judged(config, part, seed)


def judged(config: OutputsConfig, part: Outputs, seed: int) -> OutputsResult:
    """Return what outputs say, whoever brings them; ``seed`` deals them into what is fitted on and what is judged."""
    rows = generator(seed, "calibration", "outputs", "half").permutation(len(part.y))
    fit, rest = rows[:len(rows) // 2], rows[len(rows) // 2:]
    home = judge.at_home(part.home[fit], part.y[fit])
    sides = {HOME: (part.home[rest], part.y[rest]), SHIFTED: (part.shifted, part.shifted_y)}
    scores = _scores(config, seed, part, sides, home)
    bins, risk, classes = [], [], []
    for place, (logits, y) in sides.items():
        bins += [(place, *row) for row in judge.diagrams(logits, y, home, config.coldest, config.hottest)]
        risk += [(place, float(share), float(value)) for share, value in zip(judge.SHARES, judge.risks(logits, y), strict=True)]
        classes += [(place, *row) for row in judge.by_class(logits, y)]
    return OutputsResult(
        **_numbers(scores, home), scores=scores,
        bins=pd.DataFrame(bins, columns=["place", "repair", "bin", "count", "confidence", "accuracy"]),
        risk=pd.DataFrame(risk, columns=["place", "answered", "risk"]),
        classes=pd.DataFrame(classes, columns=["place", "class", "n", "accuracy", "confidence"]))


def _whole(config: OutputsConfig, context: Context) -> Outputs:
    """Return the outputs of a file, or of a model at home and on corrupted images; at home it is asked about test images alone."""
    if not config.has_model:
        return load_outputs(config.outputs)
    given, _ = ask(config, device=context.device, threads=context.threads, corruption=config.corruption, level=config.level)
    fresh = slice(None) if given.members is None else ~given.members
    outputs = with_shift(replace(given, logits=given.logits[fresh], y=given.y[fresh]))
    check_parts(outputs, config.parts)
    return outputs


def _scores(config: OutputsConfig, seed: int, part: Outputs, sides: dict, home: judge.AtHome) -> pd.DataFrame:
    """Return every number of both places, and of every group of the shifted rows that is large enough."""
    rng = generator(seed, "calibration", "outputs", "bootstrap")
    asked = [(place, "all", *side) for place, side in sides.items()]
    if len(part.group_names) > 1:
        asked += [(SHIFTED, name, part.shifted[part.group == index], part.shifted_y[part.group == index])
                  for index, name in enumerate(part.group_names)]
    rows = [(place, name, repair, len(y), *row.values()) for place, name, logits, y in asked if len(y) >= FEWEST_OF_GROUP
            for repair, row in judge.score(logits, y, home, config.coldest, config.hottest, rng).items()]
    return pd.DataFrame(rows, columns=["place", "group", "repair", "n", *judge.SCORES])


def _numbers(scores: pd.DataFrame, home: judge.AtHome) -> dict[str, float]:
    """Return every headline number by name."""
    whole = scores[scores["group"] == "all"].set_index(["place", "repair"])
    groups = scores[(scores["group"] != "all") & (scores["repair"] == "none")]["overconfidence"]

    def at(column: str, place: str = SHIFTED, repair: str = "none") -> float:
        return float(whole.loc[(place, repair), column])

    return {
        "over_shifted": at("overconfidence"), "over_home": at("overconfidence", HOME), "ece_shifted": at("ece"),
        "ece_home": at("ece", HOME),
        "ece_home_temperature": at("ece", repair="home"), "ece_stream": at("ece", repair="stream"),
        "ece_sample": at("ece", repair="sample"), "ece_oracle": at("ece", repair="oracle"), "floor_shifted": at("floor"),
        "nll_shifted": at("nll"), "nll_oracle": at("nll", repair="oracle"), "accuracy_home": at("accuracy", HOME),
        "accuracy_shifted": at("accuracy"), "accuracy_repaired": at("accuracy", repair="home"), "auroc_shifted": at("auroc"),
        "coverage_home": at("coverage", HOME), "coverage_shifted": at("coverage"),
        "over_worst": float(np.max(groups)) if len(groups) else NAN, "over_best": float(np.min(groups)) if len(groups) else NAN,
        "temperature_home": home.temperature, "temperature_oracle": at("temperature", repair="oracle")}
