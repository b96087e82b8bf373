"""A tiny experiment that really trains, on forked processes as every room does: for kills that hit a trainer, and for equal repeats."""

import dataclasses

import numpy as np
import pandas as pd
import torch

from core.lab.experiment import Context
from core.lab.seeds import generator
from core.training.forked import run_each, shared_array
from tests.lab.experiments import TOY, ToyConfig, ToyResult

STEPS, SAMPLES, FEATURES = 60, 400, 20
TRAINED = dataclasses.replace(TOY, name="trained", run="tests.benchmarks.trained:run")


def fitted(seed: int, index: int) -> np.ndarray:
    """Return the weights of one network after its training, (FEATURES,)."""
    rng = generator(seed, "trained", index)
    x = torch.from_numpy(rng.normal(size=(SAMPLES, FEATURES)).astype(np.float32))
    y = (x @ torch.from_numpy(rng.normal(size=FEATURES).astype(np.float32)) > 0).float()
    inner, outer = (torch.from_numpy(rng.normal(0, 0.3, size).astype(np.float32)).requires_grad_() for size in ((FEATURES, 32), (32,)))
    for _ in range(STEPS):  # by hand: an optimiser of torch's takes seconds to import in each process
        loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.relu(x @ inner) @ outer, y)
        slopes = torch.autograd.grad(loss, (inner, outer))
        with torch.no_grad():
            inner -= 0.1 * slopes[0]
            outer -= 0.1 * slopes[1]
    return (inner @ outer).detach().numpy().astype(np.float64)


def run(config: ToyConfig, seed: int, context: Context) -> ToyResult:
    """Train what is not stored yet on as many processes as the run may use, and keep each network as it ends."""
    context.begin(0)
    names = [{"kind": "trained", "seed": seed, "index": index} for index in range(config.n_models)]
    made = shared_array((config.n_models, FEATURES))
    stored = [context.models.get(name) for name in names]
    todo = [index for index, one in enumerate(stored) if one is None]

    def work(index: int) -> None:
        made[index] = fitted(seed, index)

    run_each(todo, work, processes=context.threads, on_done=lambda index: context.models.put(names[index], {"weights": made[index].copy()}))
    weights = np.array([made[index] if one is None else one["weights"] for index, one in enumerate(stored)])
    context.begin(1)
    table = pd.DataFrame({"model": np.arange(config.n_models), "weight": weights.sum(axis=1)})
    return ToyResult(mean=float(weights.mean()), nothing=float("nan"), control=0.0, models=table, values=weights.ravel())
