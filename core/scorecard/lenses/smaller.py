"""Who pays for a smaller copy: the compression rooms' one-shot settings, each group of the subject before and after."""

import numpy as np

from core.compression.cohorts import Cohorts, rows_per_group
from core.compression.compressed_model import Architecture, FloatModel
from core.compression.config import StudyConfig
from core.compression.jobs import one_shot_model, origin, plain_network
from core.compression.layers import layers_of
from core.compression.observe import NetworkAtPoint, observe
from core.compression.points import FLOAT, Point, quantised
from core.compression.points import pruned as pruned_to
from core.compression.tables import Measured, chain_table
from core.lab.seeds import generator
from core.measures.paired import paired_interval
from core.scorecard.material import Material
from core.scorecard.row import Found, Slice

N_TEST, N_CHAIN, N_CALIBRATION = 400, 8, 200
BITS, SHARES = (8, 4, 2), (0.5, 0.8, 0.95)
POINTS: tuple[Point, ...] = (
    Point(FLOAT, "Float", "none"), *(quantised(bits, "weights") for bits in BITS), *(pruned_to(share) for share in SHARES))
ROUNDED, PRUNED = quantised(4, "weights").id, pruned_to(0.8).id


def rounded(material: Material) -> Found:
    """Return what rounding weights to 4 bits costs the group it costs most."""
    return _found(material, ROUNDED, "rounded to 4 bits")


def pruned(material: Material) -> Found:
    """Return what removing 80 % of the weights costs the group it costs most."""
    return _found(material, PRUNED, "without 80% of its weights")


def config_of(material: Material) -> StudyConfig:
    """Return the settings of the room that the subject is made smaller by."""
    network = material.network
    return StudyConfig(model=network.training.model, width=network.training.width, n_train=max(200, len(network.rows)), n_test=N_TEST,
                       n_calibration=min(N_CALIBRATION, len(network.rows)))


def cohorts_of(material: Material) -> Cohorts:
    """Return the subject's images as the room takes them; both copies are the same, and only the first is measured."""
    network, seed = material.network, material.seed
    data = network.data
    groups, tests, names = data.y_train, data.y_test, data.class_names
    n_test = min(N_TEST, int(np.bincount(tests, minlength=len(names)).min()))
    tested = rows_per_group(tests, names, n_test, generator(seed, "scorecard", "compression test images"))
    sizes = np.bincount(groups[network.rows], minlength=len(names))
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(names))
    members = np.ones((2, len(network.rows)), dtype=bool)
    return Cohorts(data, network.rows, members, groups[network.rows], tested, tests[tested], names, rank)


def measured(material: Material) -> Measured:
    """Return what the room sees of the subject at every setting."""
    network, cohorts, config = material.network, cohorts_of(material), config_of(material)
    _, height, width, channels = network.data.x_train.shape
    shape = Architecture(network.training.model, network.training.width, cohorts.n_classes, (channels, height, width))
    model = FloatModel(shape, network.state)
    source = origin(cohorts, config, material.seed, 0, model)
    records = [plain_network(source, model.state) if point.id == FLOAT else one_shot_model(source, point, config, reestimated=True)
               for point in POINTS]
    tasks = [NetworkAtPoint(0, point, lambda record=record: record) for point, record in zip(POINTS, records, strict=True)]
    seen = observe(tasks, cohorts, tuple(layers_of(shape.build())), material.seed, material.context, n_chain=N_CHAIN)
    return Measured(tasks, records, seen, cohorts)


def _found(material: Material, setting: str, words: str) -> Found:
    seen: Measured = material.once("smaller", lambda: measured(material))
    chain, cohorts = chain_table(seen).set_index(["setting", "group"]), seen.cohorts
    right = {task.setting.id: seen.observed.test_logits[index].argmax(axis=1) == cohorts.test[1] for index, task in enumerate(seen.tasks)}
    drops = chain.loc[setting]["drop"].to_numpy()
    hit = int(drops.argmax())
    slices = []
    for group, name in enumerate(cohorts.names):
        mine = cohorts.group_test == group
        low, high = paired_interval(right[FLOAT][mine], right[setting][mine], confidence=1 - 0.05 / cohorts.n_groups)
        slices.append(Slice(name, float(drops[group]), int(mine.sum()), low, high, "accuracy lost"))
    others = [Slice(f"{task.setting.title}: {cohorts.names[int(lost.argmax())]}", float(lost.max()), slices[0].n, kind="worst loss")
              for task in seen.tasks[1:] for lost in [chain.loc[task.setting.id]["drop"].to_numpy()]]
    name, worst, mean = cohorts.names[hit], slices[hit], float(drops.mean())
    lost, gained = (int((a & ~b)[cohorts.group_test == hit].sum())
                    for a, b in ((right[FLOAT], right[setting]), (right[setting], right[FLOAT])))
    sentence = (f"{words.capitalize()} it loses {100 * worst.value:.1f} points of accuracy on {name} and {100 * mean:.1f} on average "
                "over groups.")
    return Found(worst.value, worst.low, worst.high, worst.n, f"{lost} of {worst.n} images of {name} lost, {gained} gained", sentence,
                 f"paired, 95% for all {cohorts.n_groups} groups at once", name, (*slices, *others))
