"""Regions cover every weight of every architecture exactly once."""

import pytest

from core.lab.errors import InputError
from core.models.names import MODEL_NAMES
from core.models.regions import check_region_of, chosen_regions, regions_of
from core.models.registry import build


@pytest.mark.parametrize("model", MODEL_NAMES)
def test_every_weight_is_in_one_region(model):
    network = build(model, n_classes=3, image_shape=(1, 16, 16), width=4)
    for name, _ in network.named_parameters():
        holders = [region for region, prefixes in regions_of(model).items() if name.startswith(prefixes)]
        assert len(holders) == 1, name
    for prefixes in regions_of(model).values():
        assert all(any(name.startswith(prefix) for name, _ in network.named_parameters()) for prefix in prefixes)


def test_regions_are_named_in_order():
    assert chosen_regions("cnn", "head+block1") == ("block1", "head")
    assert chosen_regions("mlp", "all") == ("first", "second", "head")
    check_region_of("cnn", "auto")


@pytest.mark.parametrize("text", ["stem", "block1+stem", "", "block1+", "auto+head"])
def test_a_region_that_the_model_lacks_is_refused(text):
    with pytest.raises(InputError, match="a region of cnn must be one of block1, block2, block3, hidden, head"):
        check_region_of("cnn", text)
