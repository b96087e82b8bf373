"""The mean cross-entropy of fixed samples as a function of all weights: value, gradient, products with the Hessian.

Vectors are flat (P,), in the order of ``network.parameters()``. The network is in evaluation mode, so that samples do not
influence each other.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call, grad, jvp

from core.measures.plain_graph import logits_of

BATCH = 256


class LossSurface:
    """The loss around the present weights.

    Attributes:
        n_samples: How many samples there are.
        value: The loss, nats.
        gradient: Its gradient (P,).
    """

    def __init__(self, plain: nn.Module, x: Tensor, y: Tensor, *, decay: float = 0.0, keep_graph: bool = True) -> None:
        """Run the network once, forwards and backwards.

        Args:
            plain: What ``core.measures.plain_graph.plain_copy`` returned; its weights must stay as they are while this is in use.
            x: (N, ...) inputs, N at least 1, on the network's device and in its dtype.
            y: (N,) classes.
            decay: Adds decay / 2 times the squared norm of all weights to the loss.
            keep_graph: Products differentiate one kept graph of the gradient (reverse over reverse); otherwise each runs the
                network anew, forward over reverse, in batches of 256: slower, and no memory grows with N.
        """
        self.n_samples, self._plain, self._decay = len(x), plain, decay
        self._weights = list(plain.parameters())
        self._batches = [(x, y)] if keep_graph else list(zip(x.split(BATCH), y.split(BATCH), strict=True))
        self._graph: list[Tensor] | None = None
        self.value, self.gradient = 0.0, torch.zeros_like(flat(self._weights).detach())
        for inputs, labels in self._batches:
            loss = self._share(logits_of(plain(inputs)), labels)
            gradients = torch.autograd.grad(loss, self._weights, create_graph=keep_graph, materialize_grads=True)
            self.value += float(loss.detach())
            self.gradient += flat(gradients).detach()
            self._graph = list(gradients) if keep_graph else None
        if decay:
            here = flat(self._weights).detach()
            self.value += decay / 2 * float(here @ here)
            self.gradient += decay * here

    def product(self, vector: Tensor) -> Tensor:
        """Return the Hessian times ``vector``, both (P,)."""
        result = self._forward_over_reverse(vector) if self._graph is None else self._reverse_over_reverse(vector)
        return result + self._decay * vector if self._decay else result

    def _share(self, logits: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(logits, labels, reduction="sum") / self.n_samples

    def _reverse_over_reverse(self, vector: Tensor) -> Tensor:
        pairs = [(gradient, part) for gradient, part in zip(self._graph, shaped(vector, self._weights), strict=True)
                 if gradient.requires_grad]  # that of a weight which enters nowhere, or linearly, is a constant
        outputs, vectors = zip(*pairs, strict=True)
        return flat(torch.autograd.grad(outputs, self._weights, vectors, retain_graph=True, materialize_grads=True))

    def _forward_over_reverse(self, vector: Tensor) -> Tensor:
        names = [name for name, _ in self._plain.named_parameters()]
        here = dict(zip(names, (weight.detach() for weight in self._weights), strict=True))
        direction = dict(zip(names, shaped(vector, self._weights), strict=True))
        buffers = dict(self._plain.named_buffers())
        total = torch.zeros_like(vector)
        for inputs, labels in self._batches:
            def loss(weights: dict[str, Tensor], inputs: Tensor = inputs, labels: Tensor = labels) -> Tensor:
                return self._share(logits_of(functional_call(self._plain, (weights, buffers), (inputs,))), labels)

            total += flat(jvp(grad(loss), (here,), (direction,))[1].values())
        return total


def flat(tensors) -> Tensor:
    """Return all entries of the tensors as one vector (P,)."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def shaped(vector: Tensor, like: list[Tensor]) -> list[Tensor]:
    """Return the vector (P,) cut into tensors of the shapes of ``like``."""
    parts = vector.split([tensor.numel() for tensor in like])
    return [part.view(tensor.shape) for part, tensor in zip(parts, like, strict=True)]


def graph_bytes(plain: nn.Module, x: Tensor, y: Tensor) -> int:
    """Return about how many bytes the kept graph of a gradient takes for all of ``x``, from what one sample saves."""
    saved: dict[int, int] = {}

    def count(tensor: Tensor) -> Tensor:
        saved[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    weights = list(plain.parameters())
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        loss = F.cross_entropy(logits_of(plain(x[:1])), y[:1])
        torch.autograd.grad(loss, weights, create_graph=True, materialize_grads=True)
    for weight in weights:  # these are there once, however many samples there are
        saved.pop(weight.untyped_storage().data_ptr(), None)
    return sum(saved.values()) * len(x)
