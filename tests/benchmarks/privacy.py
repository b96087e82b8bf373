"""Attacks and gradient norms against peers, on the same arrays in the same run: ``python -m tests.benchmarks.privacy``.

Every line says whether the results are equal (or what both reach), and the ratio of the peer's time to ours over interleaved
repeats: median, smallest and largest, and their number. One thread on both sides.
"""

import contextlib
import io
import os
import time
import warnings
from functools import partial

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from scipy.stats import norm
from torch import nn

from core.measures.gradients import parameter_gradient_norms
from core.measures.roc import auc, auc_many, balanced_accuracy
from core.models.registry import build
from core.privacy.attacks import ATTACKS, lira, rmia
from core.privacy.attacks.label_only import label_only, perturbed_copies
from core.privacy.attacks.learned import learned
from core.privacy.audit.tables import build_tables
from core.privacy.protocol import assign_members, content_hashes
from core.privacy.scores import score_all
from core.privacy.signals import Signals, log_sum_exp
from tests.benchmarks.compare import compare
from tests.privacy.synthetic import make_signals


def whole_audit() -> None:
    signals_of = partial(make_signals, n_models=17, n_samples=2000, n_queries=2, n_classes=10, n_population=1000)
    quick = tuple(attack for attack in ATTACKS if attack.id != "learned")
    times = []
    for seed in range(5):
        signals = signals_of(seed=seed)
        start = time.perf_counter()
        scores = score_all(signals, attacks=quick)
        middle = time.perf_counter()
        build_tables(signals, scores, attacks=quick)
        times.append((middle - start, time.perf_counter() - middle))
    for name, column in zip((f"All {len(quick)} attacks but the learned one", "All tables"), np.array(times).T, strict=True):
        print(f"{name}, 17 models x 2000 samples x 2 queries x 10 classes\n"
              f"    {np.median(column):.2f} s [{column.min():.2f}, {column.max():.2f}], n = 5")


def rmia_matrix(n: int = 25_000, chunk: int = 500) -> None:
    random = np.random.default_rng(0)
    x, z = random.normal(size=(1, n)), random.normal(size=(1, n))

    def whole_matrix() -> np.ndarray:
        return np.concatenate([(rows[:, None] >= z).mean(axis=1) for rows in np.split(x[0], n // chunk)])[None]

    mine, theirs = compare(
        f"RMIA, sorted search against the {n:,} x {n:,} matrix in chunks of {chunk} rows",
        lambda: rmia.share_beaten(x, z), whole_matrix, repeats=3)
    print(f"    equal to the last bit: {np.array_equal(mine, theirs)}")


def lira_loop() -> None:
    signals = make_signals(n_models=17, n_samples=2000, n_queries=2, n_classes=10, n_population=10)
    phi, members = signals.phi, signals.members

    def one_target_at_a_time() -> np.ndarray:
        scores = np.empty(members.shape)
        for k in range(len(phi)):
            others = np.arange(len(phi)) != k
            groups = {side: [phi[others & (members[:, i] == side), i] for i in range(phi.shape[1])] for side in (True, False)}
            centres = {side: np.array([rows.mean(axis=0) for rows in groups[side]]) for side in groups}
            freedom = {side: sum(len(rows) - 1 for rows in groups[side]) for side in groups}
            widths = {side: np.sqrt(sum(((rows - rows.mean(axis=0)) ** 2).sum(axis=0) for rows in groups[side]) / freedom[side])
                      for side in groups}
            scores[k] = (norm.logpdf(phi[k], centres[True], widths[True])
                         - norm.logpdf(phi[k], centres[False], widths[False])).mean(axis=-1)
        return scores

    mine, theirs = compare(
        "LiRA, online, all 17 targets at once against one sample at a time", lambda: lira.online(signals, counts="ignored"),
        one_target_at_a_time, repeats=5)
    print(f"    largest difference: {np.abs(mine - theirs).max():.1e}")


def opacus_norms(n: int = 256) -> None:
    from opacus.grad_sample import GradSampleModule

    model = build("cnn_groupnorm", n_classes=10, image_shape=(1, 28, 28), width=16).double().eval()
    x, y = torch.randn(n, 1, 28, 28, dtype=torch.float64), torch.randint(10, (n,))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Opacus records nothing in eval mode; without dropout and batch norm its training mode computes the same.
        twin = build("cnn_groupnorm", n_classes=10, image_shape=(1, 28, 28), width=16).double().train()
        wrapped = GradSampleModule(twin, loss_reduction="sum")
        wrapped._module.load_state_dict(model.state_dict())

        def theirs() -> torch.Tensor:
            wrapped.zero_grad()
            nn.functional.cross_entropy(wrapped(x)[0], y, reduction="sum").backward()
            return sum(weight.grad_sample.flatten(1).square().sum(1) for weight in wrapped.parameters()).sqrt()

        theirs()
        mine, other = compare(
            f"Weight gradient norms of {n} samples, GroupNorm CNN, float64, against Opacus",
            lambda: parameter_gradient_norms(model, x, y), theirs, repeats=7)
    print(f"    largest relative difference: {((mine - other) / other).abs().max():.1e}")


def memorising_network(n: int = 400) -> tuple[nn.Module, Signals, np.ndarray]:
    """Return the last of six networks trained on noise with random labels, the signals of all, and its images."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (n + 100, 8, 8, 1), dtype=np.uint8)
    y, members = random.integers(0, 3, n + 100), assign_members(6, n, seed=0)
    as_inputs = lambda batch: torch.from_numpy(batch.astype(np.float32)).flatten(1) / 127.5 - 1.0  # noqa: E731
    x, labels, logits, correct = as_inputs(images), torch.from_numpy(y), [], []
    copies = [as_inputs(copy) for _, copy in perturbed_copies(images[:n], noise_scales=(0.1, 0.2, 0.4))]
    for k in range(6):
        torch.manual_seed(k)
        model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 3))
        optimizer, inside = torch.optim.Adam(model.parameters(), lr=2e-3), torch.from_numpy(np.flatnonzero(members[k]))
        for _ in range(60):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[inside]), labels[inside]).backward()
            optimizer.step()
        with torch.no_grad():
            logits.append(model(x).numpy()[:, None])
            correct.append(np.stack([model(copy).argmax(1).numpy() == y[:n] for copy in copies], axis=1))
    logits = np.stack(logits)
    signals = Signals(
        logits=logits[:, :n], y=y[:n], members=members, population_logits=logits[:, n:], population_y=y[n:],
        sample_ids=content_hashes(images[:n]), label_only_correct=np.stack(correct))
    return model, signals, images[:n]


def art_black_box() -> None:
    from art.attacks.inference.membership_inference import MembershipInferenceBlackBox
    from art.estimators.classification import PyTorchClassifier

    model, signals, images = memorising_network()
    x = images.astype(np.float32).reshape(len(images), -1) / 127.5 - 1.0
    posterior = np.exp(signals.logits[:, :, 0] - log_sum_exp(signals.logits[:, :, 0])[..., None]).astype(np.float32)
    classifier = PyTorchClassifier(model, loss=nn.CrossEntropyLoss(), input_shape=(64,), nb_classes=3, device_type="cpu")
    labels = np.eye(3, dtype=np.float32)[signals.y]
    inside = signals.members[:5]

    def theirs() -> np.ndarray:
        attack = MembershipInferenceBlackBox(classifier, attack_model_type="nn")
        rows = [np.concatenate([values[k][chosen[k]] for k in range(5)]) for values, chosen in (
            (posterior, inside), (np.stack([labels] * 5), inside), (posterior, ~inside), (np.stack([labels] * 5), ~inside))]
        with contextlib.redirect_stdout(io.StringIO()):
            attack.fit(pred=rows[0], y=rows[1], test_pred=rows[2], test_y=rows[3])
            return attack.infer(x, labels, pred=posterior[5], probabilities=True).reshape(len(x), -1)[:, -1]

    mine, other = compare(
        "Learned attack, all 6 targets, against ART's black-box network for the last target alone", lambda: learned(signals),
        theirs, repeats=3)
    print(f"    AUC on the last target: ours {auc(mine[5], signals.members[5]):.3f}, "
          f"ART {auc(other.astype(float), signals.members[5]):.3f} (different networks, no equal scores expected)")


class TakesDoubles(nn.Module):
    """ART's HopSkipJump asks in float64 along the way."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model(x.float())


def art_label_only(n_per_side: int = 20) -> None:
    from art.attacks.inference.membership_inference import LabelOnlyDecisionBoundary
    from art.estimators.classification import PyTorchClassifier

    model, signals, images = memorising_network()
    x = images.astype(np.float32).reshape(len(images), -1) / 127.5 - 1.0
    classifier = PyTorchClassifier(
        TakesDoubles(model), loss=nn.CrossEntropyLoss(), input_shape=(64,), nb_classes=3, clip_values=(-1, 1), device_type="cpu")
    inside, outside = np.flatnonzero(signals.members[5]), np.flatnonzero(~signals.members[5])
    rows = np.concatenate([inside[:n_per_side], outside[:n_per_side]])
    settings = {"max_iter": 10, "max_eval": 500, "init_eval": 10, "verbose": False}
    attack = LabelOnlyDecisionBoundary(classifier)
    known = slice(n_per_side, 2 * n_per_side)
    attack.calibrate_distance_threshold(
        x[inside[known]], signals.y[inside[known]], x[outside[known]], signals.y[outside[known]], **settings)

    def queries_and_score() -> np.ndarray:
        for _, copy in perturbed_copies(images[rows], noise_scales=(0.1, 0.2, 0.4)):
            with torch.no_grad():
                model(torch.from_numpy(copy.astype(np.float32)).flatten(1) / 127.5 - 1.0).argmax(1)
        return label_only(signals)

    mine, theirs = compare(
        f"Label only, {rows.size} samples: 10 perturbed copies against ART's HopSkipJump (10 steps of at most 500 evaluations)",
        queries_and_score, lambda: attack.infer(x[rows], signals.y[rows], **settings), repeats=3)
    members = signals.members[5]
    print(f"    AUC over {members.size} samples, ours: {auc(mine[5], members):.3f}; balanced accuracy of ART's decisions on "
          f"{rows.size} of them: {balanced_accuracy(np.ravel(theirs) > 0, members[rows]):.3f}, "
          "calibrated on the target's own members")


def few_references() -> None:
    """Print what matching the number of references changes, our own change to LiRA."""
    for n_models in (4, 5, 9, 17):
        worlds = [make_signals(n_models=n_models, n_samples=1000, n_population=10, n_queries=1, leak=leak, seed=seed,
                               with_optional=False) for leak in (0.0, 2.0) for seed in range(8)]
        areas = {counts: [auc_many(lira.online(world, counts=counts), world.members).mean() for world in worlds]
                 for counts in ("ignored", "matched")}
        text = "; ".join(f"{counts} {np.mean(values[:8]):.3f} and {np.mean(values[8:]):.3f}" for counts, values in areas.items())
        print(f"LiRA, online, {n_models - 1} references: AUC without and with leakage, counts {text}, n = 8 worlds each")


def main() -> None:
    torch.set_num_threads(1)
    for benchmark in (whole_audit, rmia_matrix, lira_loop, opacus_norms, art_black_box, art_label_only, few_references):
        benchmark()


if __name__ == "__main__":
    main()
