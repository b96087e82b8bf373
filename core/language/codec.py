"""Text to tokens and back for pretrained models: their own tokeniser inside their own chat template."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from core.lab.errors import InputError

_MARK = "glasshouse-prompt"
PLAIN = ("Question: ", "\nAnswer:")
"""What stands around a prompt where a model brings no chat template."""


@dataclass(frozen=True, eq=False)
class ChatCodec:
    """A tokeniser with what its chat template puts around a request; see ``core.language.model.Codec``.

    Attributes:
        tokenizer: Of the tokenizers library.
        before: Text before the request.
        after: Text after it, up to where the answer begins.
        end: Token that ends an answer.
        pad: Token that fills batches; never looked at.
    """

    tokenizer: Tokenizer
    before: str
    after: str
    end: int
    pad: int

    def prompt(self, text: str) -> list[int]:
        """Return the tokens of a request up to where the answer begins, chat template and assistant header included."""
        return self.words(f"{self.before}{text.strip()}{self.after}")

    def response(self, text: str) -> list[int]:
        """Return the tokens of an answer, the end token last."""
        return [*self.words(text), self.end]

    def words(self, text: str) -> list[int]:
        """Return the tokens of the opening of an answer, without an end token."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, special ones left out."""
        return self.tokenizer.decode(list(tokens), skip_special_tokens=True).strip()

    def token(self, token: int) -> str:
        """Return one token as a reader sees it, also a special one."""
        return self.tokenizer.decode([token], skip_special_tokens=False)


def chat_codec(tokenizer: object, name: str) -> ChatCodec:
    """Return the codec of one of transformers' tokenisers; the system message is empty where its template has one.

    Raises:
        InputError: If the tokeniser is not a fast one, or knows no end of an answer.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if not isinstance(backend, Tokenizer) or tokenizer.eos_token_id is None:
        raise InputError(f"a language model must bring a tokenizer.json with an end-of-sequence token, got none with {name}: save its "
                         "fast tokeniser in the same folder.")
    before, after = _around(tokenizer)
    pad = tokenizer.pad_token_id
    return ChatCodec(backend, before, after, tokenizer.eos_token_id, tokenizer.eos_token_id if pad is None else pad)


def to_bytes(codec: ChatCodec) -> bytes:
    """Return a codec as JSON in UTF-8, from which ``from_bytes`` makes an equal one."""
    return json.dumps({"tokenizer": codec.tokenizer.to_str(), "before": codec.before, "after": codec.after, "end": codec.end,
                       "pad": codec.pad}).encode()


def from_bytes(content: bytes) -> ChatCodec:
    """Return the codec that ``to_bytes`` wrote."""
    read = json.loads(content)
    return ChatCodec(Tokenizer.from_str(read["tokenizer"]), read["before"], read["after"], read["end"], read["pad"])


def _around(tokenizer: object) -> tuple[str, str]:
    """Return what a chat template puts before and after a request."""
    if not getattr(tokenizer, "chat_template", None):
        return (tokenizer.bos_token or "") + PLAIN[0], PLAIN[1]
    request = {"role": "user", "content": _MARK}
    for messages in ([{"role": "system", "content": ""}, request], [request]):
        try:
            before, mark, after = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True).partition(_MARK)
        except Exception:  # a template is a program of the model's authors; some refuse a system message
            continue
        if mark:
            return before, after
    return (tokenizer.bos_token or "") + PLAIN[0], PLAIN[1]
