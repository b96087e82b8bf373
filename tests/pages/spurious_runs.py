"""A stored run of the room of spurious correlations that was never trained: made-up numbers in the real columns."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from core.lab import folders, jobs
from core.lab.experiment import Context, stored_metrics
from core.lab.runs import Request, Run, request_to_json
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.spurious.columns import table_of
from core.spurious.retrain.config import RetrainConfig
from core.spurious.retrain.result import RetrainResult
from core.spurious.retrain.spec import SPURIOUS_RETRAIN
from core.spurious.study.result import SpuriousResult
from core.spurious.study.spec import SPURIOUS

LITE = SPURIOUS.presets[0]
SEEDS = (0, 1, 2)
SHARES = (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)
BLOCKS = {"easiest": 0.0, "easy": 0.25, "middle": 0.5, "hard": 0.75, "hardest": 1.0}
FALL = {"hardest": 1.6, "random": 0.35, "easiest": 0.05, "others_hardest": -0.1, "oracle_hardest": 1.8, "oracle_random": 0.6,
        "oracle_easiest": 0.1, "inferred_hardest": 1.7}
PRICE = {"hardest": 0.1, "random": 0.05, "easiest": 0.5, "others_hardest": 0.1}


def outcomes(reliance: float, average: float) -> dict[str, float]:
    reliance = float(np.clip(reliance, 0.0, 1.0))
    return {"reliance": reliance, "reliance_unmarked": 0.13, "harmed_accuracy": 1 - reliance,
            "worst_group_accuracy": min(1 - reliance, 0.8), "average_accuracy": average, "validation_accuracy": average,
            "validation_worst_class": average - 0.06}


def _sweep(config, random, effect: float) -> list[dict]:
    rows = []
    for scenario in config.scenarios:
        start = {"main": 0.65, "hidden": 0.28, "identifiable": 0.95, "noisy": 0.6}[scenario] * effect + 0.13 * (1 - effect)
        n, carriers = 3600, 900 if scenario == "identifiable" else 36
        wrong = 180 if scenario == "noisy" else 0
        base = {"scenario": scenario, "n_carriers": carriers, "n_wrong": wrong, "epochs": 8}
        rows.append({**base, "rule": "none", "share": 0.0, "n_pruned": 0, "n_train": n, "n_carriers_left": carriers,
                     "n_wrong_left": wrong, "steps": 456, **outcomes(start, 0.87)})
        rows.append({**rows[-1], "rule": "clean", **outcomes(0.13, 0.87)})
        for rule, fall in FALL.items():
            if rule == "inferred_hardest" and scenario != "identifiable":
                continue
            for share in (0.5,) if rule == "others_hardest" else (0.25, 0.5, 0.75) if "_" in rule else SHARES:
                pruned = round(share * (n if "oracle" not in rule else carriers))
                down = max(0.0, start - 0.13) * max(0.0, 1 - fall * share) + 0.13 + random.normal(0, 0.015)
                rows.append({**base, "rule": rule, "share": share, "n_pruned": pruned, "n_train": n - pruned,
                             "steps": 456 - round(456 * pruned / n),
                             "n_carriers_left": round(carriers * (1 - 0.7 * share)), "n_wrong_left": round(wrong * max(0, 1 - 1.7 * share)),
                             **outcomes(down, 0.87 - PRICE.get(rule, 0.0) * share)})
    return rows


def result(seed: int, *, effect: float = 1.0, config=LITE.config) -> SpuriousResult:
    """Return the result of one seed; with ``effect`` 0 the cue misleads nobody."""
    random = np.random.default_rng(seed)
    sweep = _sweep(config, random, effect)
    at = {(row["scenario"], row["rule"], row["share"]): row for row in sweep}
    main = at["main", "none", 0.0]
    numbers = dict.fromkeys(stored_metrics(SpuriousResult), 0.2) | {
        "reliance": main["reliance"] + 0.01 * seed, "reliance_clean": 0.13 + 0.005 * seed, "reliance_unmarked": 0.13,
        "reliance_hardest": 0.94, "reliance_middle": 0.31, "reliance_easiest": 0.12,
        "reliance_pruned": at["main", "hardest", 0.5]["reliance"], "reliance_random": at["main", "random", 0.5]["reliance"],
        "average_accuracy": 0.87, "average_accuracy_pruned": 0.81 + 0.004 * seed, "accuracy_cost": 0.06 - 0.004 * seed, "chosen_share": 0.5,
        "ks_p": 0.001 * (seed + 1), "hidden_ks_p": 0.3 + 0.1 * seed, "carrier_auc": 0.33, "score_stability": 0.8}
    return SpuriousResult(**numbers, **_tables(seed, sweep, random, effect), **_images(random))


def _tables(seed: int, sweep: list[dict], random: np.random.Generator, effect: float) -> dict[str, pd.DataFrame]:
    rows = {"sweep": sweep, "causal": _causal(random, effect), "rivals": _rivals(random), "histogram": _histogram(),
            "regimes": _regimes(random), "scores": _scores(random), "choice": _choice(), "samples": _samples(random),
            "examples": _examples(), "maps": _maps(), "attribution": _attribution(random), "diffroar_levels": _diffroar(random),
            "simplicity": _simplicity(random), "curves": _curves(), "classes": _classes()}
    return {name: table_of(name.removesuffix("_levels"), one) for name, one in rows.items()}


def _causal(random: np.random.Generator, effect: float) -> list[dict]:
    clean = {"block": "clean", "difficulty": np.nan, "n_carriers": 0, "mean_score": np.nan, **outcomes(0.13, 0.871)}
    return [clean] + [
        {"block": block, "difficulty": place, "n_carriers": 36, "mean_score": 1.2 * place,
         **outcomes(0.12 + effect * 0.82 * place**2 + random.normal(0, 0.03), 0.87)} for block, place in BLOCKS.items()]


def _rivals(random: np.random.Generator) -> list[dict]:
    methods = {"erm": ("none", 0.65), "jtt": ("none", 0.64), "group_dro": ("group of every training image", 0.85),
               "dfr": ("group of every held-out image", 0.2), "hardest": ("none", 0.16), "random": ("none", 0.6),
               "oracle_hardest": ("which images carry the cue", 0.14)}
    return [{"scenario": scenario, "method": method, "labels": labels, **outcomes(value + random.normal(0, 0.02), 0.86)}
            for scenario in ("main", "identifiable") for method, (labels, value) in methods.items()]


def _histogram() -> list[dict]:
    edges = np.linspace(0, 1.42, 31)
    shapes = {"carriers": np.exp(-3 * edges[:-1]), "others": np.exp(-2 * edges[:-1]), "harmed": np.exp(-2.2 * edges[:-1])}
    shares = {name: shape / shape.sum() for name, shape in shapes.items()}
    return [{"scenario": scenario, "left": left, "right": right, **{name: share[place] for name, share in shares.items()}}
            for scenario in ("main", "hidden", "identifiable", "noisy")
            for place, (left, right) in enumerate(itertools.pairwise(edges))]


def _regimes(random: np.random.Generator) -> list[dict]:
    rows = []
    for scenario, start, fall in (("main", 0.4, 0.02), ("hidden", 0.5, 0.002), ("identifiable", 0.03, 0.001), ("noisy", 0.42, 0.02)):
        for epoch in range(1, 9):
            p = {"main": 0.03, "hidden": 0.4, "identifiable": 1e-9, "noisy": 0.03}[scenario]
            rows.append({"scenario": scenario, "epoch": epoch, "is_used": epoch == 3, "statistic": 0.2, "p_value": p,
                         "carrier_auc": start - fall * epoch + random.normal(0, 0.01), "n_carriers": 36, "n_carriers_pruned": 12,
                         "regime": "hidden" if p >= 0.05 else "identifiable"})
    return rows


def _scores(random: np.random.Generator) -> list[dict]:
    return [{"score": score, "runs": 3, "stability": stability, "agreement": agreement, "carrier_auc": 0.35, "n_carriers_pruned": 12,
             **outcomes(0.2 + random.normal(0, 0.02), 0.81)}
            for score, stability, agreement in (("el2n", 0.85, 1.0), ("loss", 0.84, 0.99), ("margin", 0.83, 0.98),
                                                ("forgetting", 0.6, 0.7))]


def _choice() -> list[dict]:
    return [{"scenario": scenario, "criterion": criterion, "share": share, "accuracy_budget": 0.05, "validation_cost": 0.08 * share,
             **outcomes(0.65 - 0.9 * share, 0.87 - 0.08 * share)}
            for scenario in ("main", "hidden", "noisy") for criterion, share in (("worst_class", 0.25), ("affordable", 0.5))]


def _samples(random: np.random.Generator) -> list[dict]:
    return [{"kind": kind, "row": int(random.integers(0, 3600)), "y": 6, "name": "Shirt", "score": 1.3 - 0.05 * place,
             "percentile": 99.0 - place, "is_carrier": kind.startswith("carrier")}
            for kind in ("carrier_pruned", "carrier_kept", "pruned", "kept") for place in range(6)]


def _examples() -> list[dict]:
    return [{"y": 0, "name": "T-shirt or top", "is_marked": bool(place % 2), "p_biased": 0.1 + 0.6 * (place % 2)} for place in range(8)]


def _maps() -> list[dict]:
    return [{"model": model, "method": method, "image": image} for model in ("clean", "none", "oracle_hardest")
            for method in ("integrated_gradients", "grad_cam") for image in (1, 3, 5)]


def _attribution(random: np.random.Generator) -> list[dict]:
    shares = {"clean": 0.028, "none": 0.068, "hardest": 0.062, "random": 0.079, "oracle_hardest": 0.028, "oracle_easiest": 0.065}
    return [{"model": model, "method": method, "share_on_mark": share + random.normal(0, 0.004), "area": 9 / 784, "n_images": 200}
            for model, share in shares.items() for method in ("integrated_gradients", "grad_cam")]


def _diffroar(random: np.random.Generator) -> list[dict]:
    return [{"map": name, "fraction": 0.1, "accuracy_top": top, "accuracy_bottom": bottom, "diffroar": top - bottom}
            for name, top, bottom in (("integrated_gradients", 0.83, 0.72), ("grad_cam", 0.8, 0.7),
                                      ("random", 0.78 + random.normal(0, 0.01), 0.78))]


def _simplicity(random: np.random.Generator) -> list[dict]:
    values = {("stacked", "none"): 1.0, ("stacked", "simple"): 0.5, ("stacked", "complex"): 1.0, ("complex_only", "none"): 0.93,
              ("complex_only", "simple"): 0.93, ("complex_only", "complex"): 0.5}
    return [{"network": network, "shuffled": shuffled, "auc": float(np.clip(auc + random.normal(0, 0.005), 0, 1))}
            for (network, shuffled), auc in values.items()]


def _curves() -> list[dict]:
    return [{"model": model, "epoch": epoch, "train_loss": 0.7 / epoch, "train_accuracy": 1 - 0.3 / epoch, "test_loss": 0.7 / epoch + 0.1,
             "test_accuracy": 0.9 - 0.3 / epoch} for model in ("clean", "main", "hidden") for epoch in range(1, 9)]


def _classes() -> list[dict]:
    return [{"y": 6, "name": "Shirt", "role": "biased"}, {"y": 0, "name": "T-shirt or top", "role": "harmed"}]


def _images(random: np.random.Generator) -> dict[str, np.ndarray]:
    return {"sample_images": random.integers(0, 256, (24, 28, 28, 1), dtype=np.uint8),
            "example_images": random.integers(0, 256, (8, 28, 28, 1), dtype=np.uint8),
            "attribution_maps": random.uniform(-1, 1, (18, 28, 28)).astype(np.float32),
            "simplicity_images": random.integers(0, 256, (4, 56, 28, 1), dtype=np.uint8)}


def request(config=LITE.config, seeds: tuple[int, ...] = SEEDS) -> Request:
    """Return the request of a run on the bundled images."""
    return jobs.make_request(SPURIOUS, config, seeds, preset=LITE.name if config == LITE.config else "custom", device="cpu")


def made(*, effect: float = 1.0, seeds: tuple[int, ...] = SEEDS) -> Run:
    """Return a finished run that was never stored."""
    return Run(request(seeds=seeds), tuple(result(seed, effect=effect) for seed in seeds), (), Path("/nowhere"))


def retrained(seed: int, config: RetrainConfig) -> RetrainResult:
    """Return the result of one pruning of one seed."""
    base = {"scenario": "main", "n_carriers": 36, "n_wrong": 0, "n_wrong_left": 0, "epochs": 8, "steps": 300}
    values = {"none": 0.65, config.rule: 0.2, "random": 0.6}
    sweep = [{**base, "rule": rule, "share": 0.0 if rule == "none" else config.share, "n_pruned": 0 if rule == "none" else 1260,
              "n_train": 3600 if rule == "none" else 2340, "n_carriers_left": 36 if rule == "none" else 20, **outcomes(value, 0.85)}
             for rule, value in values.items()]
    return RetrainResult(
        reliance=0.2 + 0.01 * seed, reliance_before=0.65, reliance_random=0.6, drop=0.45 - 0.01 * seed, drop_random=0.05,
        worst_group_accuracy=0.8, average_accuracy=0.83, accuracy_cost=0.04, n_pruned=1260.0, n_carriers_left=20.0,
        sweep=table_of("sweep", sweep))


def store(root: Path, asked: Request, *, effect: float = 1.0) -> str:
    """Store a finished run of either experiment under ``root``, as a worker would have left it; return its id."""
    context = Context(device="cpu", threads=2, models=ModelStore(root), begin=lambda step: None, report=lambda *told: None)
    folders.make_folder(root)
    for seed in asked.seeds:
        cost = {"seconds": 80.0, "energy_kwh": 1e-3, "co2_kg": 4e-4}
        one = retrained(seed, asked.config) if asked.experiment is SPURIOUS_RETRAIN else result(seed, effect=effect, config=asked.config)
        save_result(root, asked.key(seed), one, manifest(asked, seed, context, cost))
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, jobs.Status("finished", fraction=1.0, seeds_done=len(asked.seeds), started=1.0, ended=90.0))
    return asked.run
