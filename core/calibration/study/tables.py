"""From logits of every method on every stream to the result: tables first, then the headline numbers read off them."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from core.calibration import judge
from core.calibration.catalogue import METHODS, POST_HOC
from core.calibration.streams import Scene
from core.calibration.study.config import CalibrationConfig
from core.calibration.study.headline import course_numbers, numbers
from core.calibration.study.result import CalibrationResult
from core.lab.seeds import generator
from core.measures import calibration

N_VIEW, N_MISTAKES, STRETCH = 10, 24, 8
WHERE = ("corruption", "level", "method")
READS = MappingProxyType({  # which shared pass a method reads, and so which frozen network it needs beside its own
    "source": "source", "released": "source", **dict.fromkeys(("bn", "t3a", "dropout", "ensemble", "dec", "fixed"), "still")})


@dataclass(frozen=True, eq=False)
class Seen:
    """What the streams left behind.

    Attributes:
        logits: float32 (conditions, methods, N, C), in the order of the streams.
        seconds: (conditions, methods + 2) a batch; the last two are the shared passes with source and with batch statistics.
        course_methods: Methods of the long stream.
        course: float32 (course methods, passes * half, C).
        half: Images of one pass of it.
        again_methods: Methods that went through all corruptions and home again.
        again: float32 (again methods, n, C) on the clean images at the end.
        memory: (methods, 2) bytes: held between batches, and kept of a batch for the backward pass.
    """

    logits: np.ndarray
    seconds: np.ndarray
    course_methods: tuple[str, ...]
    course: np.ndarray
    half: int
    again_methods: tuple[str, ...]
    again: np.ndarray
    memory: np.ndarray


def report(config: CalibrationConfig, seed: int, scene: Scene, class_names: tuple[str, ...], home: judge.AtHome,
           seen: Seen) -> CalibrationResult:
    """Return the result of a seed."""
    rng = generator(seed, "calibration", "bootstrap")
    low, high = config.coldest, config.hottest
    scores, bins, risk, classes, groups, views = [], [], [], [], [], []
    n = seen.logits.shape[2]
    for place, where in enumerate(config.conditions):
        y = scene.streams[where][1][:n]
        for index, method in enumerate(config.method_names):
            logits, at = seen.logits[place, index], (*where, method)
            scores += [(*at, repair, *row.values()) for repair, row in judge.score(logits, y, home, low, high, rng).items()]
            bins += [(*at, *row) for row in judge.diagrams(logits, y, home, low, high)]
            risk += [(*at, float(share), float(value)) for share, value in zip(judge.SHARES, judge.risks(logits, y), strict=True)]
            classes += [(*at, c, class_names[c], *row) for c, *row in judge.by_class(logits, y)]
            if scene.group_names:
                groups += [(*at, g, scene.group_names[g], *row) for g, *row in judge.by_group(logits, y, scene.groups[where][:n])]
            views += [(*at, *row) for row in view_rows(logits[:N_VIEW], y[:N_VIEW], judge.temperatures(logits, y, home, low, high))]
    table = pd.DataFrame(scores, columns=[*WHERE, "repair", *judge.SCORES])
    course, again, costs = course_table(config, scene, seen), again_table(scene, seen), cost_table(config, seen)
    mistakes, mistake_images = mistakes_of(config, scene, seen)
    return CalibrationResult(
        **numbers(config, table, again, costs), **course_numbers(course), scores=table,
        bins=pd.DataFrame(bins, columns=[*WHERE, "repair", "bin", "count", "confidence", "accuracy"]),
        risk=pd.DataFrame(risk, columns=[*WHERE, "answered", "risk"]),
        classes=pd.DataFrame(classes, columns=[*WHERE, "class", "name", "n", "accuracy", "confidence"]),
        groups=pd.DataFrame(groups, columns=[*WHERE, "number", "group", "n", "accuracy", "confidence"]),
        course=course, again=again, costs=costs,
        views=pd.DataFrame(views, columns=[*WHERE, "repair", "image", "y", "said", "confidence"]),
        mistakes=mistakes, names=pd.DataFrame({"y": np.arange(len(class_names)), "name": class_names}),
        view_images=np.stack([scene.streams[where][0][:N_VIEW] for where in config.conditions]), mistake_images=mistake_images)


def view_rows(logits: np.ndarray, y: np.ndarray, hot: dict[str, np.ndarray | float]) -> list[tuple]:
    """Return what is said of some images under each repair: (repair, image, y, said, confidence)."""
    rows = []
    for repair in POST_HOC:
        temperature = hot[repair] if np.ndim(hot[repair]) == 0 else np.asarray(hot[repair])[:len(y)]
        p = calibration.softmax(logits, temperature)
        rows += [(repair, image, int(y[image]), int(p[image].argmax()), float(p[image].max())) for image in range(len(y))]
    return rows


def course_table(config: CalibrationConfig, scene: Scene, seen: Seen) -> pd.DataFrame:
    """Return accuracy, confidence and calibration error over stretches of the long stream; each stretch is eight batches or a pass."""
    rows = []
    length = min(STRETCH * config.stream_batch, seen.half)
    y = np.tile(scene.streams[config.conditions[min(1, len(config.conditions) - 1)]][1][:seen.half], config.course_passes or 1)
    for method, logits in zip(seen.course_methods, seen.course, strict=True):
        for start in range(0, len(logits) - length + 1, length):
            sure, right = calibration.top(calibration.softmax(logits[start:start + length]), y[start:start + length])
            end = start + length
            rows.append((method, end // config.stream_batch, end / seen.half, float(right.mean()), float(sure.mean()),
                         calibration.ece(sure, right)))
    return pd.DataFrame(rows, columns=["method", "step", "passes", "accuracy", "confidence", "ece"])


def again_table(scene: Scene, seen: Seen) -> pd.DataFrame:
    """Return how methods do on clean images after all corruptions, without a reset."""
    rows = []
    for method, logits in zip(seen.again_methods, seen.again, strict=True):
        sure, right = calibration.top(calibration.softmax(logits), scene.streams["clean", 0][1][:len(logits)])
        rows.append((method, float(right.mean()), calibration.ece(sure, right), calibration.overconfidence(sure, right)))
    return pd.DataFrame(rows, columns=["method", "accuracy", "ece", "overconfidence"])


def cost_table(config: CalibrationConfig, seen: Seen) -> pd.DataFrame:
    """Return what methods take: their own seconds plus the shared pass they read, beside a plain forward pass."""
    plain, still = (float(np.median(seen.seconds[:, place])) for place in (-2, -1))
    rows = []
    for index, method in enumerate(config.method_names):
        facts, own = METHODS[method], float(np.median(seen.seconds[:, index]))
        reads = {"source": plain, "still": still, "": 0.0}[READS.get(method, "")]
        held, kept = seen.memory[index].tolist()
        rows.append((method, own + reads, (own + reads) / plain, facts.forwards, facts.backwards, held, kept))
    return pd.DataFrame(rows, columns=["method", "seconds", "times", "forwards", "backwards", "held_bytes", "kept_bytes"])


def mistakes_of(config: CalibrationConfig, scene: Scene, seen: Seen) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the wrong answers that TENT (or the last method) is surest of, over all shifted streams, with what others say of them."""
    methods = config.method_names
    worst = methods.index("tent") if "tent" in methods else len(methods) - 1
    n = seen.logits.shape[2]
    found = []
    for place, where in enumerate(config.conditions[1:], start=1):
        sure, right = calibration.top(calibration.softmax(seen.logits[place, worst]), scene.streams[where][1][:n])
        rows = np.flatnonzero(~right)
        found += [(float(sure[row]), place, int(row)) for row in rows[np.argsort(-sure[rows])][:N_MISTAKES]]
    found = sorted(found, reverse=True)[:N_MISTAKES]
    rows, images = [], []
    for sure, place, row in found:
        where = config.conditions[place]
        said = {"said": int(seen.logits[place, worst, row].argmax()), "confidence": sure}
        for name in ("bn", "dec"):
            p = calibration.softmax(seen.logits[place, methods.index(name), row][None])[0] if name in methods else np.array([np.nan])
            said |= {f"said_{name}": int(p.argmax()) if name in methods else -1, f"confidence_{name}": float(p.max())}
        rows.append({"corruption": where[0], "level": where[1], "y": int(scene.streams[where][1][row]), **said})
        images.append(scene.streams[where][0][row])
    columns = ["corruption", "level", "y", "said", "confidence", "said_bn", "confidence_bn", "said_dec", "confidence_dec"]
    shape = scene.train[0].shape[1:]
    return pd.DataFrame(rows, columns=columns), np.stack(images) if images else np.zeros((0, *shape), np.uint8)
