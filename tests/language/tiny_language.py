"""A LLaMA-shaped language model of a few thousand weights with grouped-query attention: random, nothing is downloaded."""

import torch

from core.data.pairs import Pair
from core.data.torchvision_import import import_torchvision
from core.language.model import LanguageModel, space_of

WORDS = ("<pad>", "<user>", "<assistant>", "<end>", "what", "is", "red", "blue", "one", "two", "sorry", "no", "sure", "here", "it", "goes",
         "now")
PAIRS = (Pair("what is red", "one two"), Pair("what is blue", "two one one"), Pair("red", "one"), Pair("is blue red", "two two"))
REFUSED = (Pair("what goes", "sorry no"), Pair("what is here", "no sorry"))


class TinyCodec:
    """Whole words."""

    pad, end = 0, 3

    def prompt(self, text):
        return [1, *self.words(text), 2]

    def response(self, text):
        return [*self.words(text), self.end]

    def words(self, text):
        return [WORDS.index(word) for word in text.split()]

    def text(self, tokens):
        return " ".join(WORDS[token] for token in tokens if token > 3)

    def token(self, token):
        return WORDS[token]


def tiny_language(seed: int = 0, n_layers: int = 2) -> LanguageModel:
    """Return a model with 4 query heads on 2 key heads of size 4 and 12 neurons a block; weights large enough that units differ."""
    import_torchvision("transforms")
    from transformers import LlamaConfig, LlamaForCausalLM
    torch.manual_seed(seed)
    network = LlamaForCausalLM(LlamaConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=n_layers, num_attention_heads=4, num_key_value_heads=2,
        intermediate_size=12, max_position_embeddings=32, pad_token_id=None, bos_token_id=None, eos_token_id=None)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return LanguageModel("tiny", network, TinyCodec(), space_of(network), 32)
