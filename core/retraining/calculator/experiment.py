"""Every index of one model and one shift, and what stored retrainings say of them."""

import time

import numpy as np
import pandas as pd
import safetensors.torch
from torch import nn

from core.data.dataset import ImageDataset
from core.data.sources import load
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.retraining import arm, preindex
from core.retraining.all_indices import Old, indices_of
from core.retraining.calculator.checks import weights_path
from core.retraining.calculator.config import NONE, IndexConfig
from core.retraining.calculator.features import Features, read_features
from core.retraining.calculator.result import IndexResult
from core.retraining.calculator.tables import Measured, result
from core.retraining.data import Parts, divide, stratified
from core.retraining.forward import forward, network_of
from core.retraining.k_means import centroids_of
from core.retraining.nearest_neighbours import knn_accuracy
from core.retraining.resque import class_angles, shift_index
from core.retraining.shifts.config import RetrainingConfig
from core.retraining.shifts.study import index_images, old_images, own_new, same_classes, shifted, train_models


def run(config: IndexConfig, seed: int, context: Context) -> IndexResult:
    """Return one seed.

    Raises:
        InputError: If data or features are missing or do not go together.
        RunFailed: If the model's training diverges.
    """
    if config.is_features:
        context.begin(1)
        return result(config, of_features(read_features(config.features), config.bins, seed))
    data = load(config.dataset)
    n_images = min(config.n_images, len(data.y_train))
    parts = divide(data, n_images, min(800, len(data.y_test)), seed)
    context.begin(0)
    network = _network(config, data, parts, seed, context)
    context.begin(1)
    return result(config, of_images(config, data, parts, network, seed))


def _network(config: IndexConfig, data: ImageDataset, parts: Parts, seed: int, context: Context) -> nn.Module:
    """Return the model: the one that the study of shifted data trains of the same images, or given weights."""
    n_classes, shape = len(data.class_names), (data.x_train.shape[3], *data.x_train.shape[1:3])
    if config.weights != NONE:
        width = max(2, config.width // 2) if config.which == "half" else config.width
        return network_of(config.model, width, safetensors.torch.load_file(weights_path(config)), n_classes, shape)
    n = min(config.n_images, len(data.y_train))
    study = RetrainingConfig(dataset=config.dataset, model=config.model, width=config.width, epochs=config.epochs, n_images=n,
                             n_index=max(20, min(config.n_index, 3 * n // 10)))
    model = train_models(study, parts, n_classes, seed, context, config.which)[0]
    return network_of(model.family, model.width, model.state, n_classes, shape)


def of_images(config: IndexConfig, data: ImageDataset, parts: Parts, network: nn.Module, seed: int) -> Measured:
    """Return every index from one pass of old and one of new images, and the angles class by class."""
    n = min(config.n_index, len(parts.y_new))
    if ":" in config.new:
        shift = own_new(data, load(config.new), parts, len(parts.y_test), seed)
    else:
        shift = shifted(parts, config.new, config.level, seed)
    x, y, twins, y_twins = index_images(parts, shift, n, seed)
    known, others = old_images(parts, n, seed)
    first, y_first = forward(network, parts.x_old[known], config.layer), parts.y_old[known]
    second = forward(network, parts.x_old[others], config.layer)
    started = time.process_time()
    forward(network, np.concatenate([parts.x_old[known], x]), config.layer)
    took = time.process_time() - started
    found = indices_of(network, Old(first, y_first, forward(network, twins, config.layer), y_twins), x, y, layer=config.layer,
                       bins=config.bins)
    new, test = forward(network, x, config.layer), forward(network, parts.x_test, config.layer)
    angles = class_angles(first.chosen, y_first, new.chosen, y)
    right = new.logits.argmax(1) == y
    per_class = pd.DataFrame([{
        "class": float(label), "name": data.class_names[label], "angle": float(angle), "n_old": float((y_first == label).sum()),
        "n_new": float((y == label).sum()), "accuracy": float(right[y == label].mean())}
        for label, angle in zip(np.unique(y), angles, strict=True)])
    return Measured(found, shift_index(first.chosen, y_first, second.chosen, parts.y_old[others]), per_class,
                    float((test.logits.argmax(1) == parts.y_test).mean()), took)


def of_features(given: Features, bins: int, seed: int) -> Measured:
    """Return what can be told from features alone: no accuracy, no gradient, no BatchNorm."""
    started = time.process_time()
    twins = given.old[same_classes(given.y_old, given.y_new)]
    apart = preindex.distances([twins], [given.new], bins=bins)
    index = shift_index(given.old, given.y_old, given.new, given.y_new)
    found = {
        "resque": index, "resque_features": index, "arm_released": arm.released([twins], [given.new], bins=bins),
        "arm_corrected": arm.corrected([twins], [given.new], bins=bins), **{f"p_{name}": float(one.mean()) for name, one in apart.items()},
        "p_spread": float(apart["jensen_shannon"].std()), "lost_own": preindex.lost_structure(given.new, given.y_new),
        "lost_clean": preindex.lost_structure(given.new, given.y_new, centroids_of(given.old, given.y_old)),
        "knn_error": 1.0 - knn_accuracy(given.new, given.y_new)}
    found["index_seconds"] = time.process_time() - started
    half = stratified(given.y_old, len(given.y_old) // 2, generator(seed, "half of the old features"))
    rest = np.setdiff1d(np.arange(len(given.y_old)), half)
    is_whole = len(np.unique(given.y_old[half])) == len(np.unique(given.y_old[rest])) == len(np.unique(given.y_old))
    clean = shift_index(given.old[half], given.y_old[half], given.old[rest], given.y_old[rest]) if is_whole else float("nan")
    angles = class_angles(given.old, given.y_old, given.new, given.y_new)
    per_class = pd.DataFrame([{
        "class": float(label), "name": f"class {label}", "angle": float(angle), "n_old": float((given.y_old == label).sum()),
        "n_new": float((given.y_new == label).sum()), "accuracy": float("nan")} for label, angle in enumerate(angles)])
    return Measured(found, clean, per_class, float("nan"), float("nan"))
