"""A stored audit that was never trained: made-up outputs through the real report, so that every table has its real columns."""

from pathlib import Path

import numpy as np
import pandas as pd

from core.lab import folders, jobs
from core.lab.experiment import Context, stored_metrics
from core.lab.runs import Request, request_to_json
from core.lab.store import ModelStore, save_result
from core.lab.worker import manifest
from core.privacy.attacks import ATTACKS
from core.privacy.audit.result import PrivacyResult
from core.privacy.audit.spec import PRIVACY
from core.privacy.audit.tables import build_tables
from core.privacy.config import PrivacyConfig
from core.privacy.control import shuffled_control
from core.privacy.scores import score_all
from tests.privacy.synthetic import make_signals

LITE = PRIVACY.presets[0]
SMALL = LITE.config
CLASSES = ("coat", "shirt", "bag", "sandal", "boot")
CHEAP = tuple(attack for attack in ATTACKS if attack.family != "Learned")


def result(seed: int, *, leak: float = 2.0) -> PrivacyResult:
    """Return the result of one seed; with ``leak`` 0 members look like everybody else."""
    signals = make_signals(seed=seed, leak=leak)
    scores = score_all(signals, attacks=CHEAP)
    control = shuffled_control(signals, seed=seed, attacks=CHEAP)
    tables = build_tables(signals, scores, attacks=CHEAP, shuffled=control, class_names=CLASSES)
    of = tables.attacks.set_index("attack")
    best, loss, norm = of.loc["lira_online"], of.loc["loss"], of.loc["feature_norm"]
    random = np.random.default_rng(seed)
    numbers = dict.fromkeys(stored_metrics(PrivacyResult), 0.5) | {
        "auc": best["auc"], "auc_loss": loss["auc"], "auc_gain": best["auc"] - loss["auc"], "tpr_at_1_percent": best["tpr_1pct"],
        "tpr_at_01_percent": best["tpr_01pct"], "train_accuracy": 0.98, "test_accuracy": 0.75, "accuracy_gap": 0.2 + 0.01 * seed,
        "loss_gap": 0.6,
        "gap_correlation": 0.9, "gap_correlation_shuffled": 0.01 * seed, "feature_norm_auc": norm["auc"],
        "feature_norm_auc_shuffled": norm["auc_shuffled"], "auc_shuffled": best["auc_shuffled"],
        "auc_gain_shuffled": best["auc_shuffled"] - loss["auc_shuffled"]}
    return PrivacyResult(
        **numbers, attacks=tables.attacks, operating_points=tables.operating_points, roc=tables.roc, histograms=tables.histograms,
        slices=tables.slices, samples=tables.samples, curves=_curves(random), early_stopping=_early_stopping(random),
        feature_norms=_norms(signals), sample_images=random.integers(0, 256, (len(tables.samples), 28, 28, 1), dtype=np.uint8),
        classes=pd.DataFrame({"y": range(len(CLASSES)), "name": CLASSES}))


def _curves(random: np.random.Generator) -> pd.DataFrame:
    rows = [(model, epoch, 2.0 / epoch + random.uniform(0, 0.1), 0.2 * epoch, 2.0 / epoch + 0.4, 0.15 * epoch)
            for model in range(4) for epoch in range(1, 6)]
    return pd.DataFrame(rows, columns=["model", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"])


def _early_stopping(random: np.random.Generator) -> pd.DataFrame:
    rows = [(target, epoch, 1.0 / epoch, 1.0 / epoch + 0.1 * epoch, 0.1 * epoch, 0.2 * epoch, 0.15 * epoch, 0.05 * epoch,
             0.5 + 0.05 * epoch + random.uniform(0, 0.01), 0.5 + random.uniform(-0.01, 0.01))
            for target in range(4) for epoch in (1, 2, 3, 5)]
    return pd.DataFrame(rows, columns=["target", "epoch", "member_loss", "non_member_loss", "loss_gap", "member_accuracy",
                                       "non_member_accuracy", "accuracy_gap", "auc", "auc_shuffled"])


def _norms(signals) -> pd.DataFrame:
    edges = np.linspace(0, 10, 21)
    inside, outside = (np.histogram(signals.feature_norms[rows], edges)[0] for rows in (signals.members, ~signals.members))
    return pd.DataFrame({"left": edges[:-1], "right": edges[1:], "members": inside / inside.sum(), "non_members": outside / outside.sum()})


def request(config: PrivacyConfig = SMALL, seeds: tuple[int, ...] = LITE.gallery_seeds) -> Request:
    """Return the request of an audit on the bundled images."""
    return jobs.make_request(PRIVACY, config, seeds, preset=LITE.name if config == SMALL else "custom", device="cpu")


def store(root: Path, asked: Request, *, leak: float = 2.0) -> str:
    """Store a finished audit under ``root``, as a worker would have left it; return the run's id."""
    folders.make_folder(root)
    for seed in asked.seeds:
        store_seed(root, asked, seed, leak=leak)
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, jobs.Status("finished", fraction=1.0, seeds_done=len(asked.seeds), started=1.0, ended=37.0))
    return asked.run


def store_seed(root: Path, asked: Request, seed: int, *, leak: float = 2.0) -> None:
    """Store one seed of an audit, as a worker leaves it when it goes on to the next."""
    context = Context(device="cpu", threads=2, models=ModelStore(root), begin=lambda step: None, report=lambda *told: None)
    cost = {"seconds": 12.0, "energy_kwh": 1e-4, "co2_kg": 4e-5}
    save_result(root, asked.key(seed), result(seed, leak=leak), manifest(asked, seed, context, cost))


def leave(root: Path, asked: Request, status: jobs.Status) -> str:
    """Leave a run without a result in the given state; return its id."""
    folder = root / "runs" / asked.run
    folder.mkdir(parents=True)
    folders.write_json(folder / "spec.json", request_to_json(asked))
    jobs.write_status(folder, status)
    return asked.run
