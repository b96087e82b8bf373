"""Made-up model outputs with a known amount of leakage, shared by the tests of this room."""

import numpy as np

from core.privacy.protocol import assign_members
from core.privacy.signals import Signals


def make_signals(
    *, n_models=9, n_samples=600, n_queries=2, n_classes=5, n_population=300, leak=2.0, seed=0, with_optional=True
) -> Signals:
    """Return outputs of models that raise the label's logit of members by ``leak``; samples differ in difficulty."""
    random = np.random.default_rng(seed)
    y, population_y = random.integers(0, n_classes, n_samples), random.integers(0, n_classes, n_population)
    members = assign_members(n_models, n_samples, seed=seed, y=y)

    def outputs(labels, extra):
        shape = (n_models, labels.size)
        logits = random.normal(0, 1, (*shape, 1, n_classes)) + random.normal(0, 0.2, (*shape, n_queries, n_classes))
        boost = random.normal(2.5, 2.0, labels.size) + random.normal(0, 1, shape) + extra
        logits += boost[..., None, None] * np.eye(n_classes)[labels][:, None]
        return logits.astype(np.float32)

    logits, population_logits = outputs(y, leak * members), outputs(population_y, 0.0)
    optional = {}
    if with_optional:
        shift = 0.3 * leak * members
        optional = {
            "feature_norms": 5.0 + random.normal(0, 1, members.shape) + shift,
            "input_gradient_norms": np.exp(random.normal(0, 1, members.shape) - shift),
            "parameter_gradient_norms": np.exp(random.normal(0, 1, members.shape) - shift),
            "label_only_correct": random.random((*members.shape, 12)) < 0.5 + 0.2 * shift[..., None]}
    return Signals(
        logits=logits, y=y, members=members, population_logits=population_logits, population_y=population_y,
        sample_ids=np.array([f"{index:032x}" for index in range(n_samples)]), **optional)
