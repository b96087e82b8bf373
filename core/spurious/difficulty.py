"""How hard every image is, from several short runs of a training set: clean networks, and those of each biased set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.lab.experiment import Context
from core.spurious.design import Design
from core.spurious.networks import Network, TrainingArm, Version, Versions, make_versions, train_arms
from core.spurious.scenarios import CLEAN, Scenario, clean_kept
from core.spurious.scores import FORGETTING, SCORE_NAMES, agreement, el2n, score_run, stability


@dataclass(frozen=True, eq=False)
class Difficulty:
    """Scores of one training set.

    Attributes:
        runs: For each score by name, (R, N): one row per run; forgetting, which takes a whole training, has one row.
        y: Labels (N,).
    """

    runs: dict[str, np.ndarray]
    y: np.ndarray

    def mean(self, name: str) -> np.ndarray:
        """Return a score averaged over the runs, (N,)."""
        return self.runs[name].mean(axis=0)

    def stability(self, name: str) -> float:
        """Return the mean rank correlation between two runs, within classes; NaN for a single run."""
        return stability(self.runs[name], self.y)

    def agreement(self, name: str) -> float:
        """Return the rank correlation of an averaged score with averaged EL2N, within classes."""
        return agreement(self.mean(name), self.mean("el2n"), self.y)


def difficulty(networks: Sequence[Network], y: np.ndarray, epoch: int) -> Difficulty:
    """Return the scores of networks that kept the logits of ``epoch``.

    Args:
        networks: Runs of one training set; the first kept further epochs where it was trained to the end.
        y: Labels (N,).
        epoch: Epoch (from 1) at which difficulty is read; forgetting counts over all epochs that the first network kept.
    """
    runs = {name: np.stack([score_run(name, [network.logits[epoch]], y) for network in networks])
            for name in SCORE_NAMES if name != FORGETTING}
    kept = networks[0].logits
    return Difficulty(runs | {FORGETTING: score_run(FORGETTING, [kept[at] for at in sorted(kept)], y)[None]}, y)


N_KEPT = 5  # epochs, spaced in the logarithm, at which carriers are compared with the rest, beside the scoring epoch


@dataclass(frozen=True, eq=False)
class Learned:
    """What is known of one biased training set before anything is pruned.

    Attributes:
        whole: Network trained on all of it to the end.
        difficulty: Scores after the scoring epoch, one row per run.
        early: EL2N after the first epoch, mean over runs (N,).
        timeline: EL2N (N,) of ``whole`` after each epoch that was kept.
    """

    whole: Network
    difficulty: Difficulty
    early: np.ndarray
    timeline: Mapping[int, np.ndarray]


def kept_epochs(score_epoch: int, epochs: int) -> tuple[int, ...]:
    """Return the epochs whose logits are kept: the first, the scoring epoch, and some up to the last."""
    spaced = np.geomspace(1, epochs, N_KEPT).round().astype(int)
    return tuple(sorted({1, score_epoch, *spaced.tolist()}))


def learn_clean(design: Design, context: Context) -> Difficulty:
    """Return the difficulty of every training image under networks that never saw the cue."""
    config, nothing = design.config, np.zeros(0, dtype=int)
    versions = make_versions(design.x, design.y, {CLEAN: Version(nothing, design.x[:0], design.y[:0])})
    to_the_end = config.score == FORGETTING
    runs = range(1 if to_the_end else config.score_runs)
    arms = {str(run): TrainingArm(CLEAN, clean_kept(design), run, 0 if to_the_end else config.score_epoch) for run in runs}
    epochs = kept_epochs(config.score_epoch, config.epochs) if to_the_end else (config.score_epoch,)
    networks = train_arms(versions, arms, config, seed=design.seed, n_classes=design.n_classes, context=context, checkpoints=epochs)
    return difficulty(list(networks.values()), design.y, config.score_epoch)


def learn(design: Design, scenarios: Mapping[str, Scenario], versions: Versions, context: Context) -> dict[str, Learned]:
    """Return the scoring networks of each scenario: one trained to the end, the others to the scoring epoch."""
    config, everyone = design.config, np.ones(len(design.y), dtype=bool)
    whole = train_arms(versions, {name: TrainingArm(name, everyone) for name in scenarios}, config, seed=design.seed,
                       n_classes=design.n_classes, context=context, checkpoints=kept_epochs(config.score_epoch, config.epochs),
                       test=_curve_images(design))
    arms = {f"{name} {run}": TrainingArm(name, everyone, run, config.score_epoch)
            for name in scenarios for run in range(1, config.score_runs)}
    short = train_arms(versions, arms, config, seed=design.seed, n_classes=design.n_classes, context=context,
                       checkpoints=sorted({1, config.score_epoch}))
    return {name: _learned([whole[name], *(short[f"{name} {run}"] for run in range(1, config.score_runs))], scenario.y, config.score_epoch)
            for name, scenario in scenarios.items()}


def _learned(networks: list[Network], y: np.ndarray, epoch: int) -> Learned:
    early = np.mean([el2n(network.logits[1], y) for network in networks], axis=0)
    timeline = {at: el2n(logits, y) for at, logits in networks[0].logits.items()}
    return Learned(networks[0], difficulty(networks, y, epoch), early, timeline)


def _curve_images(design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Return every so many-th validation image for the live curve, so that images sorted by class give all of them."""
    step = max(1, len(design.y_validation) // 256)
    return design.x_validation[::step], design.y_validation[::step]
