"""The theoretical upper bound on the gradient at each norm's input, by layer.

Each sub-layer multiplies a gradient by at most 1 + s(J), where s is the largest singular value of the sub-layer's Jacobian at the
sample; in Post-LN the norm that follows multiplies it by the largest singular value of its own Jacobian. The source bounds the latter
further by the spread of the sub-layer's output, assuming scale 1; here the Jacobian itself is used, so that the bound holds for learnt
scales too. Source: Singhal and Kim 2025, arXiv 2511.10566, theorem 2.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from core.models.patch_transformer import PatchTransformer

ITERATIONS = 15
Function = Callable[[Tensor], Tensor]


def largest_singular_value(function: Function, x: Tensor, *, iterations: int = ITERATIONS, seed: int = 0) -> Tensor:
    """Return the largest singular value of the Jacobian of ``function`` at each sample of ``x`` (n, ...): (n,).

    Power iteration on J^T J; it approaches the value from below. Samples must not influence each other in ``function``.
    """
    generator = torch.Generator().manual_seed(seed)
    direction = _unit(torch.randn(x.shape, generator=generator).to(x))
    with torch.enable_grad(), sdpa_kernel(SDPBackend.MATH):  # fused attention cannot be differentiated twice
        x = x.detach().requires_grad_()
        output = function(x)
        dummy = torch.zeros_like(output, requires_grad=True)
        pulled = torch.autograd.grad(output, x, dummy, create_graph=True)[0]  # J^T u, linear in u: its derivative gives J v
        for _ in range(iterations):
            pushed = torch.autograd.grad(pulled, dummy, direction, retain_graph=True)[0]
            direction = _unit(torch.autograd.grad(output, x, pushed, retain_graph=True)[0])
    return pushed.flatten(1).norm(dim=1)


def gradient_bounds(network: PatchTransformer, x: Tensor) -> Tensor:
    """Return the bound on a sample's gradient at each norm's input per unit of output residual: (2 x depth, n).

    The norms stand in the order of the layers, attention before feed-forward. Times the residual's norm (probabilities minus one-hot
    label) it bounds the Euclidean norm of the loss gradient.

    Args:
        network: In evaluation mode.
        x: Prepared images (n, C, H, W).
    """
    steps: list[tuple[Tensor, Function, Function]] = []
    with torch.no_grad():
        tokens = network.tokens(x)
        for block in network.blocks:
            for norm, layer in block.sublayers():
                steps.append((tokens, norm, layer))
                tokens = block.combine(tokens, norm, layer)
    bound = largest_singular_value(network.read_out, tokens)
    answer = []
    for tokens, norm, layer in reversed(steps):
        if network.placement == "pre":
            bound = bound * (1 + largest_singular_value(lambda inner, n=norm, f=layer: f(n(inner)), tokens))
            answer.append(bound)
        else:
            with torch.no_grad():
                summed = tokens + layer(tokens)
            bound = bound * largest_singular_value(norm, summed)
            answer.append(bound)  # at the norm's own input, which lies behind the sub-layer
            bound = bound * (1 + largest_singular_value(layer, tokens))
    return torch.stack(answer[::-1]).detach()


def _unit(x: Tensor) -> Tensor:
    return x / x.flatten(1).norm(dim=1).clamp_min(1e-30).view(-1, *[1] * (x.ndim - 1))
