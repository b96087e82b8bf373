"""Whether a network has the layer that an index is to read: known before anything is trained."""


def check_layer(model: str, width: int, n_classes: int, image_shape: tuple[int, int, int], layer: str) -> None:
    """Refuse a layer that a freshly built network does not have; ``last`` is one that every network has.

    Raises:
        InputError: If there is none of that name.
    """
    if layer != "last":
        from core.models.registry import build  # here, since both import torch, and pages ask this
        from core.retraining.forward import chosen_layer
        chosen_layer(build(model, n_classes=n_classes, image_shape=image_shape, width=width), layer)
