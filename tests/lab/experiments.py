"""A tiny experiment that trains nothing: NumPy only, with ways to hang, crash and fill the disk on request."""

import ctypes
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from core.lab.claims import Claim
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.lab.experiment import Array, Context, Experiment, Metric, Preset, Step, Table
from core.lab.seeds import generator
from core.lab.store import home
from core.lab.texts import Texts
from core.lab.work import Work


@dataclass(frozen=True, kw_only=True)
class ToyConfig(Config):
    n_models: Annotated[int, Knob("Models", "How many pretended models a seed needs.", low=0, high=50)] = 3
    seconds: Annotated[float, Knob("Seconds", "How long each model takes.", low=0.0, high=600.0)] = 0.0
    n_values: Annotated[int, Knob("Values", "Length of the array that is kept.", low=1, high=10_000_000)] = 100
    ending: Annotated[Literal["plain", "native", "hold", "sleep", "child", "crash", "refuse", "exit"], Knob(
        "Ending", "What happens last.")] = "plain"


@dataclass(frozen=True, kw_only=True, eq=False)
class ToyResult:
    mean: Annotated[float, Metric("Mean", "Mean of the values.")]
    nothing: Annotated[float, Metric("Nothing", "Never resolved.")]
    control: Annotated[float, Metric("Control", "Zero.")]
    models: Annotated[pd.DataFrame, Table("One row per model: number and weight.")]
    values: Annotated[np.ndarray, Array("float64 (n_values,)")]


def trace(*words: object) -> None:
    """Append one line to a file beside the results, so that a test can count what was computed."""
    with (home() / "trace.txt").open("a") as file:
        file.write(" ".join(str(word) for word in words) + "\n")


def read_trace() -> list[list[str]]:
    """Return what was traced, line by line."""
    path = home() / "trace.txt"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def model(context: Context, seed: int, index: int, seconds: float) -> np.ndarray:
    """Return a model's weights, stored or made now."""
    identity = {"kind": "toy", "seed": seed, "index": index}
    stored = context.models.get(identity)
    if stored is None:
        trace("begin", seed, index)
        time.sleep(seconds)
        stored = {"weights": generator(seed, "model", index).normal(size=20)}
        context.models.put(identity, stored)
        trace("made", seed, index)
    return stored["weights"]


def run(config: ToyConfig, seed: int, context: Context) -> ToyResult:
    trace("seed", seed)
    context.begin(0)
    weights = []
    for index in range(config.n_models):
        weights.append(model(context, seed, index, config.seconds))
        context.report((index + 1) / config.n_models, f"Model {index + 1}",
                       curve={"epoch": float(index), "train_loss": 1.0, "test_loss": None, "label": "toy"})
    context.begin(1)
    end(config.ending)
    values = generator(seed, "values").normal(size=config.n_values)
    table = pd.DataFrame({"model": np.arange(config.n_models), "weight": [float(w.sum()) for w in weights]})
    return ToyResult(mean=float(values.mean()), nothing=float("nan"), control=0.0, models=table, values=values)


def end(ending: str) -> None:
    """Do what a run may do to the process it lives in."""
    trace("ending", ending)
    if ending == "native":
        np.linalg.svd(np.random.default_rng(0).normal(size=(6000, 6000)))  # one call into LAPACK, about a minute
    elif ending == "hold":
        ctypes.PyDLL(None).sleep(120)  # C code that never lets Python run
    elif ending == "sleep":
        time.sleep(120)
    elif ending == "child":
        child = subprocess.Popen(["sleep", "120"])
        trace("child", child.pid)
        child.wait()
    elif ending == "crash":
        raise ZeroDivisionError("as asked")
    elif ending == "refuse":
        raise InputError("ending must not be refuse, got refuse: choose another.")
    elif ending == "exit":
        sys.stdout.flush()
        os._exit(7)


TOY = Experiment(
    name="toy", title="Toy", question="Does the lab keep its promises?", config=ToyConfig, result=ToyResult,
    presets=(Preset("lite", "lite", ToyConfig(), (0, 1, 2), 1.0), Preset("full", "full", ToyConfig(n_models=5), (0,), 1.0)),
    steps=(Step("Make the models", 3.0), Step("End", 1.0)),
    run="tests.lab.experiments:run", figures="tests.lab.experiments:FIGURES", texts="tests.lab.experiments:TEXTS",
    claims=(Claim(
        id="zero", kind="paper", statement="The mean is zero", source="Definition", effect="mean", effect_words="mean", control="control",
        control_words="zero", expected="within", margin=1.0, margin_reason="as wide as it gets", margin_date="2026-11-29"),),
    version=1, fingerprint=lambda config: "toy-data", work=lambda config: Work(0.0, 1.0), headline="mean")
FIGURES = ()
TEXTS = Texts(
    measures="mean of the values", answer=lambda run: "It does.", baseline=(0.0, "nothing"), span=(-1.0, 1.0), idea="None.",
    formulas=(), assumptions=(), sources=())
SPECS = {"toy": "tests.lab.experiments:TOY"}
MEASURE = "tests.lab.experiments:measure"


def measure(processes: int) -> tuple[float, float]:
    """Stand in for the calibration of a machine."""
    return 1000.0, 1000.0 * processes
