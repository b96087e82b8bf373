"""Import torchvision, also where its compiled part does not match the installed torch.

torch from one package index beside torchvision from another fails at import, because ``torchvision::nms`` is not registered.
Models, transforms and data sets need none of the compiled operators, so declaring the two that torchvision describes to torch at
import is enough. The declarations are made only after a plain import has failed for that very reason.
"""

import importlib
import sys
import types

from core.lab.errors import InputError

_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_kept: list[object] = []  # torch forgets declarations when their library object is collected


def import_torchvision(*submodules: str) -> types.ModuleType:
    """Return the torchvision package with ``submodules`` (such as ``datasets``) imported.

    Raises:
        InputError: If torchvision is missing or unusable.
    """
    try:
        _import(submodules)
    except ModuleNotFoundError as error:
        raise InputError(_sentence("is not installed")) from error
    except RuntimeError as error:
        if "operator torchvision::" not in str(error):
            raise InputError(_sentence(f"fails at import ({error})")) from error
        _forget_partial_import()
        _declare_operators()
        _import(submodules)
    return sys.modules["torchvision"]


def _sentence(problem: str) -> str:
    return f"this choice needs the package torchvision, which {problem}: run pip install -r requirements.txt."


def _import(submodules: tuple[str, ...]) -> None:
    importlib.import_module("torchvision")
    for name in submodules:
        importlib.import_module(f"torchvision.{name}")


def _forget_partial_import() -> None:
    for name in [name for name in sys.modules if name == "torchvision" or name.startswith("torchvision.")]:
        del sys.modules[name]


def _declare_operators() -> None:
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for name, schema in _SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)
    _kept.append(library)
