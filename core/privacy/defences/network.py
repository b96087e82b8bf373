"""Which network a defence can be had with: all but DP-SGD take any, DP-SGD none with BatchNorm. Imports no torch."""

from collections.abc import Collection

from core.privacy.config import LITE, MODELS

WITHOUT_BATCH_NORM = ("cnn_groupnorm", "mlp")
HAS_BATCH_NORM = ("cnn", "resnet18", "resnet20")
TORCHVISION = "torchvision:"
FAMILIES_WITHOUT = ("alexnet", "convnext", "squeezenet", "swin", "vgg", "vit")  # of torchvision's classifiers, but for names in _bn
PRIVATE = "dp_sgd"


def has_batch_norm(model: str) -> bool:
    """Return whether a network, with or without a head of its own, has BatchNorm.

    Example:
        >>> has_batch_norm("torchvision:resnet50"), has_batch_norm("torchvision:vgg11_bn"), has_batch_norm("torchvision:vit_b_16")
        (True, True, False)
    """
    body = model.partition("+")[0]
    if not body.startswith(TORCHVISION):
        return body in HAS_BATCH_NORM
    family = body.removeprefix(TORCHVISION)
    return family.endswith("_bn") or not family.startswith(FAMILIES_WITHOUT)


def network_for(defence: str, model: str) -> str:
    """Return the network to take for a defence where ``model`` is set: itself, or the small one with GroupNorm in its place.

    Example:
        >>> network_for("dp_sgd", "cnn"), network_for("dp_sgd", "mlp"), network_for("crl", "cnn")
        ('cnn_groupnorm', 'mlp', 'cnn')
    """
    return WITHOUT_BATCH_NORM[0] if defence == PRIVATE and has_batch_norm(model) else model


def network_after(before: Collection[str], after: Collection[str], model: str) -> tuple[str, str]:
    """Return the network when some defences give way to others, and one sentence when it is another than ``model``.

    Whoever chooses DP-SGD gets a network that it can be had with, and whoever leaves it the usual one again: plain models with
    another normalisation would be trained anew, and their numbers would stand beside no others.
    """
    if PRIVATE in after and has_batch_norm(model):
        return WITHOUT_BATCH_NORM[0], f"DP-SGD needs a network without BatchNorm, so the model is now: {MODELS[WITHOUT_BATCH_NORM[0]]}."
    if PRIVATE in before and PRIVATE not in after and model == WITHOUT_BATCH_NORM[0]:
        return LITE.model, f"Without DP-SGD the model is the usual one again: {MODELS[LITE.model]}."
    return model, ""
