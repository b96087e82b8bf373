"""Pre-LN and Post-LN differ in where they normalise and in nothing else."""

import pytest
import torch
import torch.nn.functional as F

from core.lab.errors import InputError
from core.models.patch_transformer import PatchTransformer

SHAPE = (1, 8, 8)


def network_of(placement, seed=0, **sizes):
    torch.manual_seed(seed)
    return PatchTransformer(3, SHAPE, placement=placement, **({"depth": 3, "width": 8, "heads": 2, "patch": 4} | sizes))


def test_both_have_the_same_weights():
    pre, post = network_of("pre").state_dict(), network_of("post").state_dict()
    assert list(pre) == list(post)
    assert all(torch.equal(pre[name], post[name]) for name in pre)


def by_hand(state, x, placement):
    """The network written out from its definition, one sample and one head at a time, in float64."""
    def norm(t, name):
        centred = t - t.mean(-1, keepdim=True)
        return state[f"{name}.weight"] * centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt() + state[f"{name}.bias"]

    def linear(t, name):
        return t @ state[f"{name}.weight"].T + state[f"{name}.bias"]

    def attention(t, path):
        q, k, v = linear(t, f"{path}.query_key_value").split(8, dim=-1)
        heads = [torch.softmax(q[:, part] @ k[:, part].T / 2.0, dim=-1) @ v[:, part] for part in (slice(0, 4), slice(4, 8))]
        return linear(torch.cat(heads, dim=-1), f"{path}.out")

    def feed_forward(t, path):
        return linear(F.gelu(linear(t, f"{path}.0")), f"{path}.2")

    answers = []
    for image in x:
        patches = torch.stack([image[0, r : r + 4, c : c + 4].flatten() for r in (0, 4) for c in (0, 4)])
        t = linear(patches, "embed") + state["positions"]
        for index in range(3):
            for kind, layer in (("attention", attention), ("feed_forward", feed_forward)):
                name, path = f"blocks.{index}.{kind}_norm", f"blocks.{index}.{kind}"
                t = t + layer(norm(t, name), path) if placement == "pre" else norm(t + layer(t, path), name)
        answers.append(linear(norm(t, "final_norm").mean(0), "head"))
    return torch.stack(answers)


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_against_its_definition(placement):
    network = network_of(placement).double().eval()
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, *SHAPE, generator=generator, dtype=torch.float64)
    logits, features = network(x)
    assert torch.allclose(logits, by_hand(network.state_dict(), x, placement), atol=1e-12)
    assert features.shape == (3, 8)
    assert torch.allclose(network.head(features), logits)


@pytest.mark.parametrize(("sizes", "words"), [
    ({"depth": 4}, "depth must be divisible by three.*got 4: choose 3"),
    ({"heads": 3}, "width must be a multiple of heads \\(3\\), got 8"),
    ({"patch": 3}, "patch must divide the images of 8 x 8 pixels, got 3"),
])
def test_sizes_that_do_not_fit(sizes, words):
    with pytest.raises(InputError, match=words):
        network_of("pre", **sizes)


def test_dropout_acts_in_training_alone():
    network = network_of("pre", dropout=0.5)
    x = torch.ones(2, *SHAPE)
    assert not torch.equal(network(x)[0], network(x)[0])
    network.eval()
    assert torch.equal(network(x)[0], network(x)[0])
