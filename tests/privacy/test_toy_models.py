"""The whole chain on small networks that memorise their members: outputs, gradients and perturbed copies are real."""

import numpy as np
import pytest
import torch
from torch import nn

from core.measures.gradients import gradient_norms
from core.measures.roc import auc_many
from core.privacy.attacks import ATTACKS
from core.privacy.attacks.label_only import perturbed_copies
from core.privacy.attacks.threshold import gap
from core.privacy.protocol import assign_members, content_hashes
from core.privacy.signals import Signals

N_MODELS, N_POOL, N_POPULATION, N_CLASSES = 6, 160, 80, 3


class Memoriser(nn.Module):
    """A wide two-layer network returning (logits, features)."""

    def __init__(self):
        super().__init__()
        self.hidden, self.head = nn.Linear(64, 96), nn.Linear(96, N_CLASSES)

    def forward(self, x):
        features = torch.relu(self.hidden(x.flatten(1)))
        return self.head(features), features


def as_inputs(images):
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1.0


@pytest.fixture(scope="module")
def toy():
    """Six networks on noise images with random labels: whatever they get right, they remember."""
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (N_POOL + N_POPULATION, 8, 8, 1), dtype=np.uint8)
    y = random.integers(0, N_CLASSES, len(images))
    members = assign_members(N_MODELS, N_POOL, seed=0)
    x, labels = as_inputs(images), torch.from_numpy(y)
    copies = [as_inputs(copy) for _, copy in perturbed_copies(images[:N_POOL], noise_scales=(0.2, 0.4))]
    logits, norms, correct, features = [], [], [], []
    with torch.random.fork_rng(devices=[]):
        for k in range(N_MODELS):
            torch.manual_seed(k)
            model = Memoriser()
            optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
            inside = torch.from_numpy(np.flatnonzero(members[k]))
            for _ in range(60):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x[inside])[0], labels[inside]).backward()
                optimizer.step()
            with torch.no_grad():
                outputs, hidden = model(x)
                logits.append(outputs.numpy()[:, None])
                features.append(hidden[:N_POOL].norm(dim=1).numpy())
                correct.append(np.stack([model(copy)[0].argmax(1).numpy() == y[:N_POOL] for copy in copies], axis=1))
            norms.append(gradient_norms(model, x[:N_POOL], labels[:N_POOL]))
    logits = np.stack(logits)
    signals = Signals(
        logits=logits[:, :N_POOL], y=y[:N_POOL], members=members, population_logits=logits[:, N_POOL:], population_y=y[N_POOL:],
        sample_ids=content_hashes(images[:N_POOL]), feature_norms=np.stack(features), label_only_correct=np.stack(correct),
        input_gradient_norms=np.stack([of_model.inputs.numpy() for of_model in norms]),
        parameter_gradient_norms=np.stack([of_model.parameters.numpy() for of_model in norms]))
    return signals, x[:N_POOL], model


@pytest.mark.parametrize("attack_id", [attack.id for attack in ATTACKS if attack.id != "feature_norm"])
def test_every_attack_finds_what_networks_memorised(toy, attack_id):
    """The feature norm is left out: that members have longer features is a claim, not a consequence of memorising."""
    signals, _, _ = toy
    score = next(attack.score for attack in ATTACKS if attack.id == attack_id)
    areas = auc_many(score(signals), signals.members)
    # Standard error of an AUC at 80 against 80 is .046, over six targets .019.
    assert areas.mean() > 0.5 + 5 * 0.019


def test_gap_attack_equals_the_rule_based_attack_of_art(toy):
    estimators = pytest.importorskip("art.estimators.classification", reason="ART is a test-only dependency")
    from art.attacks.inference.membership_inference import MembershipInferenceBlackBoxRuleBased

    signals, x, model = toy

    class LogitsOnly(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, x):
            return self.model(x)[0]

    classifier = estimators.PyTorchClassifier(
        LogitsOnly(), loss=nn.CrossEntropyLoss(), input_shape=(1, 8, 8), nb_classes=N_CLASSES, device_type="cpu")
    theirs = MembershipInferenceBlackBoxRuleBased(classifier).infer(x.numpy(), signals.y)
    np.testing.assert_array_equal(gap(signals)[-1], theirs)
