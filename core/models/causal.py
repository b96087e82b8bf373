"""Pretrained causal language models with their tokenisers."""

import torch
from torch import Tensor, nn

from core.models.checkpoints import Checkpoint
from core.models.from_folder import pretrained
from core.models.transformers_import import quiet_transformers


def load_causal(checkpoint: Checkpoint, precision: torch.dtype = torch.float32) -> tuple[nn.Module, object]:
    """Return a causal language model of transformers in evaluation mode, and its tokeniser.

    Raises:
        InputError: If transformers is missing, or cannot load the model as one that writes text.
    """
    network, tokenizer = pretrained(checkpoint, "AutoModelForCausalLM", precision=precision, what="a language model",
                                    remedy="use smollm2 or a chat model of the LLaMA family")
    network.generation_config = type(network.generation_config)()  # greedy and without a longest answer, whatever the file says
    return network, tokenizer


def causal_of(settings: dict[str, object], weights: dict[str, Tensor]) -> nn.Module:
    """Return a causal language model from transformers' own settings and its float32 weights, tied ones given once, in evaluation mode."""
    with quiet_transformers() as transformers:
        from transformers.initialization import no_init_weights
        config = transformers.AutoConfig.for_model(**settings)
        with no_init_weights():  # drawing weights that are replaced at once takes seconds
            network = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    network.tie_weights()
    own = dict(network.named_parameters())
    if set(own) != set(weights):
        raise KeyError(f"weights must be those of the network, got {sorted(set(own) ^ set(weights))[:3]} too many or too few")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(weights[name])
    return network.eval()
