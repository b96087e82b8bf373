"""Two demonstrations that need no training: what stripping does to a finished model, and that this is no property of its function."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.lab.seeds import generator
from core.layernorm.displacement import displace_elsewhere, stripping_amounts
from core.layernorm.pretrained import Subject
from core.models.normalisation import GROUPS, NormPlace, choose, fold, n_layers_of, regauge, strip
from core.training.forked import run_each, shared_array
from core.training.workbench import State

TITLES = {
    "intact": "Intact", "all": "All norms stripped", "scale": "Scales alone set to 1", "bias": "Biases alone set to 0",
    "early": "Early layers stripped", "middle": "Middle layers stripped", "later": "Later layers stripped",
    "shuffled": "Values exchanged between features", "elsewhere": "Equal displacement elsewhere",
    "elsewhere_early": "Elsewhere, early layers", "elsewhere_middle": "Elsewhere, middle layers",
    "elsewhere_later": "Elsewhere, later layers", "folded": "Folded, then stripped"}
STRENGTHS = (0.0, 0.25, 0.5, 1.0)


@dataclass(frozen=True, eq=False)
class Intervention:
    """A changed state: how many values were set, and by how much they moved (root mean square)."""

    state: State
    n_changed: int
    displacement: float


def interventions(subject: Subject, norms: tuple[NormPlace, ...], seed: int) -> dict[str, Intervention]:
    """Return every change of the pretrained weights that can be judged without training, by id of ``TITLES``.

    Args:
        subject: The pretrained model.
        norms: The norms that "all" strips.
        seed: Draws the places of displacements elsewhere.
    """
    state = subject.state
    found = {"intact": Intervention(dict(state), 0, 0.0), "all": _stripped(state, norms)}
    found |= {"scale": _partly(state, norms, 0), "bias": _partly(state, norms, 1)}
    thirds = {} if n_layers_of(norms) % 3 else {group: choose(norms, group) for group in GROUPS}
    found |= {group: _stripped(state, chosen) for group, chosen in thirds.items()}
    found["shuffled"] = _shuffled(state, norms, seed)
    inside = choose(norms)
    for name, chosen in {"elsewhere": inside, **{f"elsewhere_{group}": chosen for group, chosen in thirds.items()}}.items():
        moved = displace_elsewhere(subject.network, state, chosen, generator(seed, "elsewhere", name))
        found[name] = Intervention(moved.state, len(moved.amounts), _rms(moved.amounts))
    if subject.reads is not None:
        found["folded"] = Intervention(strip(fold(state, subject.reads), norms), found["all"].n_changed, found["all"].displacement)
    return {name: found[name] for name in TITLES if name in found}


def damage_table(subject: Subject, norms: tuple[NormPlace, ...], seed: int, n_test: int, *, processes: int = 1) -> pd.DataFrame:
    """Return the table ``damage`` of one placement: see ``study.result``. The number of processes changes no number."""
    changes = interventions(subject, norms, seed)
    accuracies = judged(subject, [change.state for change in changes.values()], processes)
    rows = []
    for (name, change), accuracy in zip(changes.items(), accuracies, strict=True):
        rows.append({"placement": subject.placement, "intervention": name, "title": TITLES[name], "n_changed": change.n_changed,
                     "displacement": change.displacement, "accuracy": accuracy, "n": n_test, "head": subject.readout_kind})
    return pd.DataFrame(rows)


def judged(subject: Subject, states: Sequence[State], processes: int) -> list[float]:
    """Return the test accuracy of each state before fine-tuning, on forked processes where that is sound; equal states are judged once.

    A norm without a bias has several: stripping its scales alone is stripping it, and its biases alone nothing.
    """
    first = [next(other for other in range(index + 1) if _are_equal(states[index], states[other])) for index in range(len(states))]
    found = shared_array((len(states),))

    def work(index: int) -> None:
        found[index] = subject.readout(states[index])

    todo = sorted(set(first))
    run_each(todo, work, processes=processes)
    return found[first].tolist()


def _are_equal(one: State, other: State) -> bool:
    return all(value is other[name] or torch.equal(value, other[name]) for name, value in one.items())


def gauge_state(subject: Subject, strength: float, seed: int) -> State:
    """Return weights of the same function whose scales are exp(strength z) and biases strength z' / 2, with z and z' normal.

    The same z is used at every strength. Only sound where linear layers alone read the norms: Pre-LN.
    """
    values: dict[str, tuple[Tensor, Tensor | None]] = {}
    for index, (name, readers) in enumerate(subject.reads.items()):
        rng = generator(seed, "gauge", index)
        scale = subject.state[f"{name}.weight"]
        drawn = torch.from_numpy(rng.standard_normal((2, scale.numel()))).to(scale.dtype)
        takes_bias = f"{name}.bias" in subject.state and all(reader.bias in subject.state for reader in readers)
        values[name] = torch.exp(strength * drawn[0]), 0.5 * strength * drawn[1] if takes_bias else None
    return regauge(subject.state, subject.reads, values)


def gauge_table(subject: Subject, seed: int, n_test: int, strengths: tuple[float, ...] = STRENGTHS, *, processes: int = 1) -> pd.DataFrame:
    """Return the table ``gauge`` of a Pre-LN subject: see ``study.result``. The number of processes changes no number."""
    norms = tuple(norm for norm in subject.norms if norm.name in subject.reads)
    states = [gauge_state(subject, strength, seed) for strength in strengths]
    accuracies = judged(subject, [*states, *(strip(state, norms) for state in states)], processes)
    return pd.DataFrame({
        "placement": subject.placement, "strength": strengths, "accuracy_before": accuracies[: len(states)],
        "accuracy_after": accuracies[len(states) :], "logit_difference": relative_differences(subject, states),
        "n": n_test})


@torch.no_grad()
def relative_differences(subject: Subject, states: Sequence[State], n: int = 256) -> list[float]:
    """Return the largest change of a logit from the pretrained to each other state, as a share of the logits' standard deviation."""
    feed, network = subject.task.feed, subject.network.eval()
    x = feed.prepare(feed.inputs[:n])
    logits = []
    for weights in (subject.state, *states):
        network.load_state_dict(weights)
        logits.append(network(x)[0].double())
    return [float((logits[0] - other).abs().max() / logits[0].std()) for other in logits[1:]]


def _stripped(state: State, norms: tuple[NormPlace, ...]) -> Intervention:
    amounts = stripping_amounts(state, norms)
    return Intervention(strip(state, norms), len(amounts), _rms(amounts))


def _partly(state: State, norms: tuple[NormPlace, ...], part: int) -> Intervention:
    """Strip scales alone (0) or biases alone (1)."""
    names = [norm.weights[part] for norm in norms if len(norm.weights) > part]
    bare = strip(state, norms)
    amounts = torch.cat([(bare[name] - state[name]).flatten() for name in names]).double().numpy() if names else np.zeros(1)
    return Intervention(dict(state) | {name: bare[name] for name in names}, len(amounts) if names else 0, _rms(amounts))


def _shuffled(state: State, norms: tuple[NormPlace, ...], seed: int) -> Intervention:
    changed, amounts = dict(state), []
    for index, norm in enumerate(norms):
        order = torch.from_numpy(generator(seed, "shuffled", index).permutation(state[f"{norm.name}.weight"].numel()))
        for name in norm.weights:
            changed[name] = state[name][order]
            amounts.append((changed[name] - state[name]).flatten())
    moved = torch.cat(amounts).double().numpy()
    return Intervention(changed, len(moved), _rms(moved))


def _rms(amounts: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(amounts)))) if len(amounts) else 0.0
