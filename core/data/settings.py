"""The setting that names a room's data, and what the sets are called on screen: once for all rooms."""

from types import MappingProxyType

from core.data.sources import check_source
from core.lab.config import Knob

TITLES = MappingProxyType({
    "fashion-mnist": "Fashion-MNIST", "digits": "Handwritten digits", "digit-sums": "Sums of two digits", "adult": "Adult census",
    "mnist": "MNIST", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "svhn": "SVHN"})


def takes(*uses: str, template: str = "{kind}:{upload}") -> MappingProxyType[str, str]:
    """Return which uploads a field takes, by what was read of them (see ``core.subjects.looked``), and how it names them."""
    return MappingProxyType(dict.fromkeys(uses, template))


def data_knob(what: str, *offered: str, label: str = "Data") -> Knob:
    """Return the knob of a room's data: what they are for, in words, and which known sets stand in the list."""
    return Knob(label, f"{what}: a known set, npz:PATH or folder:PATH.", main=True, suggestions=offered, check=check_source,
                takes=takes("images"), labels=MappingProxyType({name: TITLES[name] for name in offered}))
