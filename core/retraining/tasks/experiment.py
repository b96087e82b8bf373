"""Train sources, compute every index on every task, then teach each source each task and see what it cost."""

import time

import numpy as np
import pandas as pd

from core.lab.experiment import Context
from core.lab.seeds import generator
from core.measures.linear_probe import probe_accuracy
from core.retraining.cost import points_up_to
from core.retraining.data import stratified
from core.retraining.forward import forward
from core.retraining.free_rivals import unconfidence
from core.retraining.leep import leep
from core.retraining.logme import logme
from core.retraining.nearest_neighbours import knn_accuracy
from core.retraining.resque_task import task_index
from core.retraining.retrain import READ, Course, retrain_all, retraining_config
from core.retraining.tasks.config import TasksConfig
from core.retraining.tasks.draw import Drawn, read
from core.retraining.tasks.result import TasksResult
from core.retraining.tasks.study import Source, image_shape, network, train_sources, with_new_head
from core.retraining.tasks.tables import result
from core.training.forked import run_each, shared_array

FIRST_STREAM = 200  # of retraining; every source of one task sees its images in one order


def run(config: TasksConfig, seed: int, context: Context) -> TasksResult:
    """Return one seed.

    Raises:
        InputError: If data are missing or do not go together.
        RunFailed: If a training diverges.
    """
    pools, tasks = read(config, seed)
    context.begin(0)
    sources = train_sources(config, pools, seed, context)
    context.begin(1)
    pairs = [(source, task) for source in sources for task in tasks]
    rows = index_rows(config, pairs, seed, context)
    context.begin(2)
    curves = teach(config, sources, tasks, seed, context)
    cases = pd.DataFrame([{
        "source": source.name, "task": drawn.task.name, "title": drawn.task.title, "data": drawn.task.data,
        "n_classes": float(drawn.n_classes), "n_train": float(len(drawn.y)), **row}
        for (source, drawn), row in zip(pairs, rows, strict=True)])
    points = points_up_to(config.cap)
    told = pd.concat([pd.DataFrame({"source": source.name, "task": drawn.task.name, "images": points,
                                    **{name: curve[name] for name in READ}})
                      for (source, drawn), curve in zip(pairs, curves, strict=True)], ignore_index=True)
    return result(cases, told, config, seed)


def index_rows(config: TasksConfig, pairs: list[tuple[Source, Drawn]], seed: int, context: Context) -> list[dict[str, float]]:
    """Return every index and rival of every pair, a pair a process."""
    def one(place: int) -> dict[str, float]:
        source, drawn = pairs[place]
        chosen = stratified(drawn.y, min(config.n_index, len(drawn.y)), generator(seed, "index images", drawn.task.name))
        return indices_of_task(network(config, source, image_shape(drawn.x)), drawn.x[chosen], drawn.y[chosen], seed)

    names = list(one(0))
    values = shared_array((len(pairs), len(names)))

    def work(place: int) -> None:
        values[place] = list(one(place).values())

    run_each(len(pairs), work, processes=context.threads)
    context.report(1.0, f"indices of {len(pairs)} pairs of source and task")
    return [dict(zip(names, row.tolist(), strict=True)) for row in values]


def indices_of_task(old, images: np.ndarray, y: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Return every index and rival of an old network for a new task, whose images come in random order; higher means dearer."""
    started = time.process_time()
    seen = forward(old, images)
    found = {
        "task_mean": task_index(seen.mean, y), "task_mean_plus": task_index(seen.mean, y, begin="plusplus"),
        "task_flat": task_index(seen.flat, y), "task_flat_plus": task_index(seen.flat, y, begin="plusplus"),
        "task_features": task_index(seen.features, y),
        "probe_error": 1.0 - probe_accuracy(seen.features, y, len(y) // 2), "knn_error": 1.0 - knn_accuracy(seen.features, y),
        "leep": -leep(seen.probabilities, y), "logme": -logme(seen.features, y),
        "pixel_error": 1.0 - knn_accuracy(images.reshape(len(images), -1), y), "unconfidence": unconfidence(seen.probabilities)}
    found["index_seconds"] = time.process_time() - started
    dealt = generator(seed, "shuffled classes").permutation(y)
    return found | {"shuffled": task_index(seen.mean, dealt, begin="plusplus")}


def teach(config: TasksConfig, sources: list[Source], tasks: list[Drawn], seed: int, context: Context) -> list[dict[str, np.ndarray]]:
    """Return the curves of every source and task, sources outermost; tasks of equally many classes are taught in one go."""
    found: dict[tuple[int, int], dict[str, np.ndarray]] = {}
    training = retraining_config(config.model, config.width, config.learning_rate, config.batch_size, config.cap)
    alike: dict[int, list[int]] = {}
    for place, drawn in enumerate(tasks):
        alike.setdefault(drawn.n_classes, []).append(place)
    for n_classes, places in alike.items():
        pairs = [(index, place) for index in range(len(sources)) for place in places]
        courses = [Course(tasks[place].x, tasks[place].y, tasks[place].x_test, tasks[place].y_test,
                          with_new_head(config, sources[index], n_classes, image_shape(tasks[place].x), seed), FIRST_STREAM + place)
                   for index, place in pairs]
        curves = retrain_all(courses, training, config.cap, seed=seed, n_classes=n_classes, context=context)
        found |= dict(zip(pairs, curves, strict=True))
    return [found[index, place] for index in range(len(sources)) for place in range(len(tasks))]
