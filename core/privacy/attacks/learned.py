"""Learned attack: a small network that tells members from non-members by the target's posterior and the label.

It is trained on reference models, whose members are known, and applied to the target. One network per target would cost K
trainings; instead the models are dealt into two folds, and so are the samples. One network attacks one fold of models on one fold
of samples and is trained on the other models and the other samples. Were it trained on the same samples, it would learn how often
each was a member of the references, which in a half-and-half design is the opposite of what it was to the target: with shuffled
membership that drags the AUC down to .48.

Source: Shokri et al. 2017 and Salem et al. 2019; architecture of the evaluation of Fang and Kim 2024 (CRL): posterior and one-hot
label, layers 2C-128-64-64-2, ReLU, dropout 0.2 after the first two, weight decay 5e-4. Where the published networks take 100
epochs of SGD, ours take a fixed number of Adam steps: the AUC stops rising long before, and the cost does not grow with K or N.
"""

from itertools import product

import numpy as np

from core.lab.errors import InputError
from core.lab.seeds import generator, torch_seed
from core.privacy.signals import Signals, log_sum_exp


def learned(
    signals: Signals, *, n_steps: int = 200, batch_size: int = 256, learning_rate: float = 3e-3, seed: int = 0
) -> np.ndarray:
    """Return the network's log-odds of membership, averaged over queries, (K, N).

    It trains on query 0 of the reference models and answers all queries of the target.

    Raises:
        InputError: If there are fewer than two models.
    """
    n_models, n_samples, n_queries, _ = signals.logits.shape
    random = generator(seed, "learned attack folds")
    model_fold, sample_fold = random.permutation(n_models) % 2, random.permutation(n_samples) % 2
    if n_models < 2:
        raise InputError(f"the learned attack needs at least 1 reference model, got {n_models - 1}: train one more.")
    features = np.stack([attack_features(logits, signals.y) for logits in signals.logits])
    scores = np.empty((n_models, n_samples))
    for fold in product((0, 1), (0, 1)):
        target = np.ix_(model_fold == fold[0], sample_fold == fold[1])
        reference = np.ix_(model_fold != fold[0], sample_fold != fold[1])
        answers = _fit_and_answer(
            features[reference][:, :, 0].reshape(-1, features.shape[-1]), signals.members[reference].ravel(),
            features[target].reshape(-1, features.shape[-1]), n_steps=n_steps, batch_size=batch_size,
            learning_rate=learning_rate, seed=torch_seed(seed, "learned attack", *fold))
        scores[target] = answers.reshape(*scores[target].shape, n_queries).mean(axis=-1)
    return scores


def attack_features(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the posterior beside the one-hot label, (N, A, 2C) float32 from (N, A, C) logits."""
    logits = np.asarray(logits, dtype=np.float64)
    posterior = np.exp(logits - log_sum_exp(logits)[..., None])
    label = np.broadcast_to(np.eye(logits.shape[-1])[y][:, None], posterior.shape)
    return np.concatenate([posterior, label], axis=-1).astype(np.float32)


def _fit_and_answer(
    x: np.ndarray, members: np.ndarray, x_target: np.ndarray, *, n_steps: int, batch_size: int, learning_rate: float, seed: int
) -> np.ndarray:
    """Train one network on labelled rows and return its log-odds on the target's rows, (rows,) float64."""
    import torch
    from torch import nn

    from core.training.forked import one_thread

    # Dropout and initialisation draw from the global generator, so it is put back as it was afterwards.
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        width = x.shape[1]
        network = nn.Sequential(
            nn.Linear(width, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.2),
            nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
        optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=5e-4, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
        inputs, labels = torch.from_numpy(x), torch.from_numpy(members.astype(np.int64))
        for _ in range(n_steps):
            rows = torch.randint(len(inputs), (batch_size,))
            loss = nn.functional.cross_entropy(network(inputs[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        network.eval()
        with torch.no_grad():
            answer = torch.cat([network(rows) for rows in torch.from_numpy(x_target).split(65536)])
    return (answer[:, 1] - answer[:, 0]).double().numpy()
