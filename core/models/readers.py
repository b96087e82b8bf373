"""Which linear layers read each norm of a Pre-LN transformer: where a norm's scale and bias can go when it is stripped."""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Reader:
    """One linear layer that reads a norm.

    Attributes:
        weight: Name of its weight in a state.
        bias: Name of its bias, which the state may lack.
        has_inputs_first: Whether the weight is (in, out), as in transformers' Conv1D, and not (out, in).
    """

    weight: str
    bias: str
    has_inputs_first: bool = False


def linear(path: str) -> Reader:
    """Return the reader of a linear layer by its path."""
    return Reader(f"{path}.weight", f"{path}.bias")


_QKV = ("q_proj", "k_proj", "v_proj")
FAMILIES: tuple[dict[str, tuple[str, ...]], ...] = (  # below a block: the path of each norm, and all that reads it
    {"attention_norm": ("attention.query_key_value",), "feed_forward_norm": ("feed_forward.0",)},  # PatchTransformer
    {"input_layernorm": tuple(f"self_attn.{name}" for name in _QKV),  # LLaMA, Qwen, Mistral
     "post_attention_layernorm": ("mlp.gate_proj", "mlp.up_proj")},
    {"ln_1": ("attn.c_attn",), "ln_2": ("mlp.c_fc",)},  # GPT-2
    {"ln_1": tuple(f"attn.attention.{name}" for name in _QKV), "ln_2": ("mlp.c_fc",)},  # GPT-Neo
    {"ln_1": ("self_attention",), "ln_2": ("mlp.0",)},  # torchvision's vision transformers
    {"attention.LayerNorm": tuple(f"attention.self.{name}" for name in ("query", "key", "value")),  # RoBERTa with Pre-LN
     "intermediate.LayerNorm": ("intermediate.dense",)},
)


def find_readers(network: nn.Module) -> dict[str, tuple[Reader, ...]]:
    """Return the readers of each norm inside a block, by the norm's path; empty where the blocks are of no known family.

    That linear layers alone read a norm holds for Pre-LN only: of a Post-LN network the residual stream reads them too.
    """
    found = {}
    for path, block in network.named_modules():
        for family in FAMILIES:
            layers = {norm: [_reader(block, path, name) for name in names] for norm, names in family.items() if _find(block, norm)}
            if len(layers) == len(family) and all(all(readers) for readers in layers.values()):
                found |= {_join(path, norm): tuple(readers) for norm, readers in layers.items()}
    return found


def give_biases(network: nn.Module) -> None:
    """Give a bias of zero to every linear layer that reads a norm with a bias and has none to take it over, as in GPT-Neo.

    The function stays the same, bit for bit; the bias can be trained like any other.
    """
    for norm, readers in find_readers(network).items():
        for reader in readers if getattr(network.get_submodule(norm), "bias", None) is not None else ():
            module = network.get_submodule(reader.weight.rpartition(".")[0])
            if isinstance(module, nn.Linear) and module.bias is None:
                module.bias = nn.Parameter(torch.zeros(module.out_features, dtype=module.weight.dtype, device=module.weight.device))


def _reader(block: nn.Module, path: str, name: str) -> Reader | None:
    module = _find(block, name)
    whole = _join(path, name)
    if isinstance(module, nn.Linear):
        return linear(whole)
    if isinstance(module, nn.MultiheadAttention) and module.in_proj_weight is not None:
        return Reader(f"{whole}.in_proj_weight", f"{whole}.in_proj_bias")  # queries, keys and values in one
    return Reader(f"{whole}.weight", f"{whole}.bias", True) if type(module).__name__ == "Conv1D" else None


def _find(block: nn.Module, name: str) -> nn.Module | None:
    try:
        return block.get_submodule(name)
    except AttributeError:
        return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
