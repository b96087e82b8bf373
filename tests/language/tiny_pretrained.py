"""A LLaMA-shaped language model of a few thousand weights, saved as transformers saves them, with a tokeniser of words and a template."""

from pathlib import Path

import torch

from core.data.torchvision_import import import_torchvision

TEMPLATE = ("{% for message in messages %}{% if message['role'] == 'user' %}<user> {{ message['content'] }} <assistant> {% else %}"
            "<system>{{ message['content'] }}{% endif %}{% endfor %}")
SPECIAL = ("<unk>", "<end>", "<user>", "<assistant>", "<system>")


def save_tiny(folder: Path, template: str | None = TEMPLATE) -> str:
    """Save the model; return its name for a config."""
    import_torchvision("transforms")
    torch.manual_seed(1)
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from transformers.utils import logging
    logging.disable_progress_bar()
    words = (*SPECIAL, "sorry", "the", "is", "a", "to", "I", "how", "do", "what", "write", "help", "me", ".", ",")
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(list(SPECIAL))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>")
    fast.chat_template = template
    fast.save_pretrained(folder)
    network = LlamaForCausalLM(LlamaConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=12,
        max_position_embeddings=64, pad_token_id=None, bos_token_id=None, eos_token_id=1, tie_word_embeddings=True))
    with torch.no_grad():
        for parameter in network.parameters():  # large enough that units differ
            parameter.add_(0.2 * torch.randn_like(parameter))
    network.save_pretrained(folder)
    return f"transformers:{folder}"
