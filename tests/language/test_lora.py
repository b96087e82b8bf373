"""Low-rank adaptation: nothing at first, merged exactly, of the rank it says, base weights untouched before."""

import torch

from core.language.batches import batch_of
from core.language.lora import ADAPTED, adapted
from core.language.model import taken
from core.language.tuning import tune
from tests.language.tiny_language import PAIRS, tiny_language


def logits(model):
    batch = batch_of(model, PAIRS)
    with torch.no_grad():
        return model.network(input_ids=batch.tokens, attention_mask=batch.there.long()).logits[batch.there]


def test_lora_by_definition():
    model = tiny_language()
    before, at_start = taken(model), logits(model)
    batch = batch_of(model, PAIRS)
    with adapted(model, 2, alpha=8.0, seed=0) as parameters:
        assert torch.equal(logits(model), at_start), "B is zero at first"
        losses = tune(model, [batch] * 10, rate=1e-2, weight_decay=0.0, parameters=parameters)
        during, inside = taken(model), logits(model)
    assert losses[-1] < losses[0] - 0.1
    assert all(torch.equal(before[name], during[name]) for name in before), "only the low-rank part is trained"
    torch.testing.assert_close(logits(model), inside, rtol=1e-4, atol=1e-4)
    for name, values in taken(model).items():
        change = values - before[name]
        is_adapted = name.split(".")[-2] in ADAPTED
        assert bool(change.any()) == is_adapted, name
        if is_adapted:
            assert int((torch.linalg.svdvals(change.double()) > 1e-6 * values.abs().max()).sum()) <= 2, name


def test_the_seed_decides_and_a_failure_leaves_no_hook():
    changes = []
    for seed in (0, 0, 1):
        model = tiny_language()
        with adapted(model, 2, alpha=8.0, seed=seed) as parameters:
            changes.append(parameters[0].detach().clone())
    assert torch.equal(changes[0], changes[1])
    assert not torch.equal(changes[0], changes[2])
    try:
        with adapted(model, 2, alpha=8.0, seed=0):
            raise RuntimeError("stop")
    except RuntimeError:
        assert not any(module._forward_hooks for module in model.network.modules())
