"""The ordered regions of each architecture, by the names of its parameters. Imports no torch, so that settings can be checked.

A region is a list of prefixes of parameter names; the regions of a model cover each of its parameters exactly once.
"""

from types import MappingProxyType

from core.lab.errors import InputError
from core.models.names import TORCHVISION_PREFIX

_CNN = MappingProxyType({"block1": ("blocks.0.",), "block2": ("blocks.1.",), "block3": ("blocks.2.",), "hidden": ("hidden.",),
                         "head": ("head.",)})
REGIONS = MappingProxyType({
    "cnn": _CNN,
    "cnn_groupnorm": _CNN,
    "mlp": MappingProxyType({"first": ("first.",), "second": ("second.",), "head": ("head.",)}),
    "resnet20": MappingProxyType({
        "stem": ("stem.", "stem_norm."), "stage1": ("stages.0.", "stages.1.", "stages.2."),
        "stage2": ("stages.3.", "stages.4.", "stages.5."), "stage3": ("stages.6.", "stages.7.", "stages.8."), "head": ("head.",)}),
    "resnet18": MappingProxyType({
        "stem": ("stem.", "stem_norm."), "stage1": ("stages.0.", "stages.1."), "stage2": ("stages.2.", "stages.3."),
        "stage3": ("stages.4.", "stages.5."), "stage4": ("stages.6.", "stages.7."), "head": ("head.",)}),
})
TORCHVISION = MappingProxyType({"backbone": ("backbone.",), "head": ("head.",)})
WORDS = ("auto", "all")


def regions_of(model: str) -> MappingProxyType[str, tuple[str, ...]]:
    """Return the regions of a model from input to output: name to prefixes of parameter names."""
    return TORCHVISION if model.startswith(TORCHVISION_PREFIX) else REGIONS[model]


def chosen_regions(model: str, text: str) -> tuple[str, ...]:
    """Return the regions that ``text`` names, joined by ``+``, or every region for ``all``.

    Raises:
        InputError: If the model has no region of that name.
    """
    known = tuple(regions_of(model))
    if text == "all":
        return known
    names = tuple(text.split("+"))
    for name in names:
        if name not in known:
            raise InputError(f"a region of {model} must be one of {', '.join(known)}, got {name!r}: join several by +.")
    return tuple(name for name in known if name in names)


def check_region_of(model: str, text: str) -> None:
    """Raise ``InputError`` unless ``text`` is ``auto``, ``all`` or names regions of the model."""
    if text not in WORDS:
        chosen_regions(model, text)
