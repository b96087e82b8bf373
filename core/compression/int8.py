"""The same network with real whole-number arithmetic: 8-bit codes in, 32-bit sums, one float factor out.

The rest of the room rounds in float, which any width and any machine allows. Here weights and inputs of layers of at most 8 bits are
int8 codes and their products are summed as whole numbers by ``torch._int_mm``, convolutions as products of image patches. What this
shows is that the simulation computes what a device would; it says nothing about speed on a device made for it.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.compression.compressed_model import CompressedModel, LayerReport, network_of
from core.compression.layers import layers_of
from core.compression.quantised_layers import replace_module
from core.compression.quantiser import ActivationGrid, largest_code, step_of, zero_point
from core.training.forked import one_thread
from core.training.loop import evaluate

MOST_BITS = 8
OFFSET = 128  # codes 0 to 255 of inputs are stored from -128 to 127
MULTIPLE = 8  # CUDA's product wants sides that are multiples of 8 and more than 16 rows
FEWEST_ROWS = 32


@dataclass(frozen=True)
class Int8Check:
    """What real whole-number arithmetic answered beside the simulation.

    Attributes:
        is_available: Whether this machine and build of torch multiply int8 matrices.
        reason: Why not, or which layers stayed in float; empty where all ran.
        n_layers: Layers that ran on whole numbers.
        same_predictions: Share of images with the same prediction as in the simulation, in [0, 1]; NaN where not available.
        largest_difference: Largest difference of two logits, relative to the largest logit.
    """

    is_available: bool
    reason: str
    n_layers: int = 0
    same_predictions: float = float("nan")
    largest_difference: float = float("nan")


def int8_check(model: CompressedModel, images: Tensor, device: str = "cpu") -> Int8Check:
    """Return how the network answers uint8 images (N, H, W, C) with whole-number arithmetic, beside the simulation in float."""
    reason = int8_missing(device)
    if reason:
        return Int8Check(False, reason)
    simulated, real = network_of(model, device=device), network_of(model, device=device)
    left = install_int8(real, model)
    n_layers = len(model.activations) - len([path for path in left if path in model.activations])
    if not n_layers:
        return Int8Check(False, "no layer has both weights and inputs of at most 8 bits")
    with one_thread():
        wanted, found = (evaluate(network, images.to(device))[0].cpu() for network in (simulated, real))
    same = float((wanted.argmax(1) == found.argmax(1)).double().mean())
    difference = float((wanted - found).abs().max() / wanted.abs().max())
    return Int8Check(True, "" if not left else f"left in float: {', '.join(left)}", n_layers, same, difference)


def int8_missing(device: str) -> str:
    """Return why whole-number products cannot be computed on a device; empty where they can."""
    try:
        product = torch._int_mm(torch.full((FEWEST_ROWS, 8), -2, dtype=torch.int8, device=device),
                                torch.full((8, 8), 100, dtype=torch.int8, device=device))
    except (RuntimeError, AttributeError, NotImplementedError) as error:
        return f"this build of torch multiplies no int8 matrices on {device}: {str(error).splitlines()[0]}"
    return "" if bool((product == -1600).all()) else f"this build of torch multiplies int8 matrices wrongly on {device}"


def install_int8(network: nn.Module, model: CompressedModel) -> list[str]:
    """Exchange every layer that can run on whole numbers in ``network``; return the paths of those that cannot."""
    reports, left = {report.layer: report for report in model.layers}, []
    for path, layer in layers_of(network).items():
        grid = model.activations.get(path)
        if grid is None or not _fits(reports[path], layer):
            left.append(path)
            continue
        replace_module(network, path, _Int8Layer(layer, grid, reports[path].weight_bits))
    return left


def _fits(report: LayerReport, layer: nn.Module) -> bool:
    is_plain = not isinstance(layer, nn.Conv2d) or (
        layer.groups == 1 and layer.padding_mode == "zeros" and not isinstance(layer.padding, str))
    return max(report.weight_bits, report.activation_bits) <= MOST_BITS and is_plain


def weight_codes(weight: Tensor, bits: int) -> tuple[Tensor, Tensor]:
    """Return int8 codes of dequantised weights (C, ...) and the step of each channel, (C,).

    A channel's largest weight need not be the last point of its grid, so the step is found as the largest one that makes every
    weight of the channel a multiple: the largest weight divided by one of the codes 1 to 2^(bits - 1) - 1.
    """
    flat = weight.detach().double().flatten(1)
    largest = flat.abs().amax(1, keepdim=True)
    steps = torch.ones_like(largest)
    for code in range(largest_code(bits), 0, -1):  # the largest step last, so that it wins
        tried = torch.where(largest > 0, largest / code, 1.0)
        fits = ((flat / tried - (flat / tried).round()).abs() < 1e-3).all(1, keepdim=True)
        steps = torch.where(fits, tried, steps)
    codes = (flat / steps).round()
    return codes.to(torch.int8).view(weight.shape), steps[:, 0].float()


class _Int8Layer(nn.Module):
    """A convolution or linear layer on int8 codes."""

    def __init__(self, layer: nn.Module, grid: ActivationGrid, weight_bits: int) -> None:
        """Take the weights of ``layer``, which lie on a grid of ``weight_bits``, and the grid of its inputs."""
        super().__init__()
        codes, steps = weight_codes(layer.weight, weight_bits)
        self.convolution = layer if isinstance(layer, nn.Conv2d) else None
        matrix = codes.flatten(1).t().contiguous()  # (K, C)
        self.n_in, self.n_out = matrix.shape
        padded = F.pad(matrix, (0, -self.n_out % MULTIPLE, 0, -self.n_in % MULTIPLE))
        self.register_buffer("matrix", padded.contiguous(), persistent=False)
        self.register_buffer("sums", padded.int().sum(0), persistent=False)
        self.register_buffer("factors", steps * step_of(grid), persistent=False)
        self.bias = layer.bias
        self.step, self.zero, self.top = step_of(grid), zero_point(grid), 2**grid.bits - 1

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output in float."""
        codes = (x * (1.0 / self.step) + self.zero).round().clamp(0, self.top)
        if self.convolution is None:
            output = self._product(codes)
            return output if self.bias is None else output + self.bias
        layer = self.convolution
        vertical, horizontal = layer.padding
        # the border is the code of zero, not zero; patches are taken of whole numbers held exactly in float
        padded = F.pad(codes, (horizontal, horizontal, vertical, vertical), value=float(self.zero))
        patches = F.unfold(padded, layer.kernel_size, layer.dilation, 0, layer.stride)  # (N, K, places)
        output = self._product(patches.transpose(1, 2).reshape(-1, self.n_in))
        height, width = (
            (size - dilation * (kernel - 1) - 1) // stride + 1
            for size, dilation, kernel, stride in zip(padded.shape[2:], layer.dilation, layer.kernel_size, layer.stride, strict=True))
        output = output.view(len(x), height, width, self.n_out).permute(0, 3, 1, 2)
        return output if self.bias is None else output + self.bias.view(1, -1, 1, 1)

    def _product(self, codes: Tensor) -> Tensor:
        """Return the float products of input codes (R, K), whole numbers from 0 to 255, with the weights: (R, C)."""
        rows = len(codes)
        shifted = F.pad((codes - OFFSET).to(torch.int8), (0, len(self.matrix) - self.n_in, 0, max(FEWEST_ROWS - rows, 0)))
        whole = torch._int_mm(shifted, self.matrix)[:rows]
        # sum (q - zero) w = sum (q - 128) w + (128 - zero) sum w
        whole = whole + (OFFSET - self.zero) * self.sums
        return whole[:, : self.n_out].float() * self.factors
