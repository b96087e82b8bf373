"""Which pixels an answer rests on: attribution maps of trained networks, and the share of them that falls on the mark.

Every map explains one number, the logit of the biased class minus that of the harmed class. The same number is explained for every
image whatever its label, so a map betrays no label. Maps are (N, H, W): larger means more in favour of the biased class; the
channels of a pixel are summed.
"""

import functools

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam
from torch import Tensor, nn

from core.lab.errors import InputError
from core.training.images import on_device, to_input

METHODS = ("integrated_gradients", "grad_cam", "input_gradient")
IMAGES_AT_ONCE = 128
ROWS_AT_ONCE = 512


def attribution_maps(
    network: nn.Module, images: np.ndarray, *, method: str, towards: int, against: int, steps: int = 12, device: str = "cpu"
) -> np.ndarray:
    """Return one map per image, float32 (N, H, W).

    Args:
        network: Maps float NCHW images to (logits, features); put into evaluation mode.
        images: uint8 (N, H, W, C).
        method: ``integrated_gradients`` from a black image, ``grad_cam`` at the last feature map (never negative, enlarged to the
            image), or ``input_gradient``, the plain derivative.
        towards: Class whose logit is explained.
        against: Class whose logit is subtracted.
        steps: Points of the path of integrated gradients.
        device: Where the network is.

    Raises:
        InputError: If the method is unknown, or Grad-CAM is asked of a network without feature maps.

    Source:
        Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks", equation 3; Selvaraju et al. 2017, "Grad-CAM",
        equations 1 and 2; both computed by captum.
    """
    if method not in METHODS:
        raise InputError(f"an attribution method must be one of {', '.join(METHODS)}, got {method!r}.")
    explain = _explainer(network.eval(), images.shape[1:], method, _Contrast(network, towards, against), steps, device)
    maps = [explain(to_input(on_device(batch, device))).detach().cpu() for batch in _batches(images)]
    return torch.cat(maps).float().numpy()


class _Contrast(nn.Module):
    """A network that answers with one number per image: the difference of two logits."""

    def __init__(self, network: nn.Module, towards: int, against: int) -> None:
        super().__init__()
        self.network, self.towards, self.against = network, towards, against

    def forward(self, x: Tensor) -> Tensor:
        logits, _ = self.network(x)
        return logits[:, self.towards] - logits[:, self.against]


def _batches(images: np.ndarray) -> list[np.ndarray]:
    return [images[start : start + IMAGES_AT_ONCE] for start in range(0, len(images), IMAGES_AT_ONCE)]


def _explainer(network: nn.Module, shape: tuple[int, ...], method: str, contrast: nn.Module, steps: int, device: str):
    """Return the function from network inputs (B, C, H, W) to maps (B, H, W)."""
    if method == "input_gradient":
        return functools.partial(_input_gradient, contrast)
    black = to_input(torch.zeros(1, *shape, dtype=torch.uint8, device=device))
    if method == "grad_cam":
        layer = last_feature_map(network, black)
        if layer is None:
            raise InputError("Grad-CAM needs a network with feature maps, got one without convolutions: use integrated_gradients.")
        return functools.partial(_grad_cam, LayerGradCam(contrast, layer), shape[:2])
    return functools.partial(_integrated_gradients, IntegratedGradients(contrast), black, steps)


def _input_gradient(contrast: nn.Module, x: Tensor) -> Tensor:
    x = x.requires_grad_()
    return torch.autograd.grad(contrast(x).sum(), x)[0].sum(1)


def _integrated_gradients(method: IntegratedGradients, black: Tensor, steps: int, x: Tensor) -> Tensor:
    found = method.attribute(x, baselines=black, n_steps=steps, internal_batch_size=max(ROWS_AT_ONCE, len(x)))
    return found.sum(1)


def _grad_cam(method: LayerGradCam, size: tuple[int, int], x: Tensor) -> Tensor:
    small = method.attribute(x, relu_attributions=True)
    return LayerAttribution.interpolate(small, size, interpolate_mode="bilinear")[:, 0]


def last_feature_map(network: nn.Module, x: Tensor) -> nn.Module | None:
    """Return the last part of a network that answers ``x`` with maps (B, C, height, width) larger than one pixel, or None."""
    found: list[nn.Module] = []

    def record(module: nn.Module, inputs: tuple, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and max(output.shape[2:]) > 1:
            found.append(module)

    handles = [module.register_forward_hook(record) for module in network.modules() if module is not network]
    try:
        with torch.no_grad():
            network(x)
    finally:
        for handle in handles:
            handle.remove()
    return found[-1] if found else None


def share_on_mark(maps: np.ndarray, mark: np.ndarray) -> np.ndarray:
    """Return which share of each map's absolute values falls on the marked pixels, (N,), from 0 to 1; NaN for an empty map.

    A map without any preference gives the marked share of the image's area.

    Args:
        maps: (N, H, W).
        mark: Boolean (H, W), or (N, H, W) where the mark differs from image to image.
    """
    size = np.abs(np.asarray(maps, dtype=np.float64)).reshape(len(maps), -1)
    on_mark = np.where(np.broadcast_to(mark, maps.shape).reshape(len(maps), -1), size, 0.0).sum(1)
    total = size.sum(1)
    return np.divide(on_mark, total, out=np.full(len(maps), np.nan), where=total > 0)


def mean_share_on_mark(maps: np.ndarray, mark: np.ndarray) -> float:
    """Return the mean of ``share_on_mark`` over the images whose map is not empty; NaN where all are."""
    shares = share_on_mark(maps, mark)
    return float(shares[~np.isnan(shares)].mean()) if not np.isnan(shares).all() else float("nan")
