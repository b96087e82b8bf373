"""Train models on old data, compute every index on new data, then retrain and see what it cost."""

import numpy as np
import pandas as pd

from core.lab.energy import metered
from core.lab.experiment import Context
from core.retraining.all_indices import Old, indices_of, with_preindex
from core.retraining.cost import points_up_to
from core.retraining.data import Parts
from core.retraining.forward import chosen_layer, forward, multiplications, network_of
from core.retraining.resque import shift_index
from core.retraining.retrain import READ, Course, retrain_all, retraining_config
from core.retraining.shifts.config import RetrainingConfig
from core.retraining.shifts.result import RetrainingResult
from core.retraining.shifts.study import Model, Shift, index_images, old_images, read, train_models
from core.retraining.shifts.tables import result
from core.training.forked import run_each, shared_array

FIRST_STREAM = 100  # of retraining; those before belong to the models


def run(config: RetrainingConfig, seed: int, context: Context) -> RetrainingResult:
    """Return one seed.

    Raises:
        InputError: If data are missing or do not go together, or the layer does not exist.
        RunFailed: If a training diverges.
    """
    parts, shifts, n_classes = read(config, seed)
    shape = (parts.x_old.shape[3], *parts.x_old.shape[1:3])
    context.begin(0)
    models = train_models(config, parts, n_classes, seed, context)
    networks = [network_of(model.family, model.width, model.state, n_classes, shape) for model in models]
    layers = [config.layer if model.family != "mlp" else "last" for model in models]  # the perceptron has layers of its own
    for network, layer in zip(networks, layers, strict=True):
        chosen_layer(network, layer)
    context.begin(1)
    cases, own = index_cases(config, parts, shifts, networks, layers, seed, context)
    context.begin(2)
    with metered() as meter:
        curves = retrain_cases(config, models, shifts, n_classes, seed, context)
        energy = meter.read()
    told = pd.DataFrame([{
        "model": model.name, "title": model.title, "weights": sum(value.numel() for value in network.parameters()),
        "multiplications": multiplications(network, shape), "clean_accuracy": accuracy, "resque_clean": clean}
        for model, network, (accuracy, clean) in zip(models, networks, own, strict=True)])
    rows = [{"model": model.name, "kind": shift.kind, "level": shift.level, "shift": shift.title} for model in models for shift in shifts]
    cases = pd.concat([pd.DataFrame(rows), pd.DataFrame(cases)], axis=1)
    return result(cases, curve_table(cases, curves, config.cap), told, config, seed, energy)


def index_cases(config: RetrainingConfig, parts: Parts, shifts: list[Shift], networks: list, layers: list[str], seed: int,
                context: Context) -> tuple[list[dict[str, float]], list[tuple[float, float]]]:
    """Return every index of every model and shift, models outermost; and of each model its clean accuracy and RESQUE of nothing."""
    known, others = old_images(parts, config.n_index, seed)
    found, own = [], []
    for place, (network, layer) in enumerate(zip(networks, layers, strict=True)):
        first = forward(network, parts.x_old[known], layer)
        second = forward(network, parts.x_old[others], layer)
        test = forward(network, parts.x_test, layer).logits
        own.append((float((test.argmax(1) == parts.y_test).mean()),
                    shift_index(first.chosen, parts.y_old[known], second.chosen, parts.y_old[others])))
        rows = _rows(config, parts, shifts, network, layer, (first, parts.y_old[known]), seed, context)
        with_preindex(rows)
        found += rows
        context.report((place + 1) / len(networks), f"indices of model {place + 1} of {len(networks)}")
    return found, own


def _rows(config: RetrainingConfig, parts: Parts, shifts: list[Shift], network, layer: str, known: tuple, seed: int,
          context: Context) -> list[dict[str, float]]:
    """Return the indices of one model, a shift a process."""
    def one(index: int) -> dict[str, float]:
        x, y, twins, y_twins = index_images(parts, shifts[index], config.n_index, seed)
        old = Old(known[0], known[1], forward(network, twins, layer), y_twins)
        return indices_of(network, old, x, y, layer=layer, bins=config.bins)

    names = list(one(0))
    values = shared_array((len(shifts), len(names)))

    def work(index: int) -> None:
        values[index] = list(one(index).values())

    run_each(len(shifts), work, processes=context.threads)
    return [dict(zip(names, row.tolist(), strict=True)) for row in values]


def retrain_cases(config: RetrainingConfig, models: list[Model], shifts: list[Shift], n_classes: int, seed: int,
                  context: Context) -> list[dict[str, np.ndarray]]:
    """Return the curves of every model and shift, models outermost; models of one architecture are retrained in one go."""
    found: dict[tuple[int, int], dict[str, np.ndarray]] = {}
    alike: dict[tuple[str, int], list[int]] = {}
    for index, model in enumerate(models):
        alike.setdefault((model.family, model.width), []).append(index)
    for (family, width), members in alike.items():
        training = retraining_config(family, width, config.learning_rate, config.batch_size, config.cap)
        pairs = [(index, place) for index in members for place in range(len(shifts))]
        courses = [Course(shifts[place].x, shifts[place].y, shifts[place].x_test, shifts[place].y_test, models[index].state,
                          FIRST_STREAM + place) for index, place in pairs]
        curves = retrain_all(courses, training, config.cap, seed=seed, n_classes=n_classes, context=context)
        found |= dict(zip(pairs, curves, strict=True))
    return [found[index, place] for index in range(len(models)) for place in range(len(shifts))]


def curve_table(cases: pd.DataFrame, curves: list[dict[str, np.ndarray]], cap: int) -> pd.DataFrame:
    """Return all curves as one long table."""
    points = points_up_to(cap)
    return pd.concat([pd.DataFrame({"model": case.model, "kind": case.kind, "level": case.level, "images": points,
                                    **{name: curve[name] for name in READ}})
                      for case, curve in zip(cases.itertuples(), curves, strict=True)], ignore_index=True)
