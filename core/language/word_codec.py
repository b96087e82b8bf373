"""Words as tokens, for a small model that is trained from scratch. Imports no torch."""

from collections.abc import Sequence

from core.language.topic_words import SPECIAL


class WordCodec:
    """Words as tokens: a prompt is ``<user> words <assistant>``, an answer ends with ``<end>``."""

    def __init__(self, words: Sequence[str]) -> None:
        """Number the words, special ones among them; each may occur once."""
        self._words = tuple(words)
        self._places = {word: place for place, word in enumerate(self._words)}
        self.pad, self._user, self._assistant, self.end = (self._places[word] for word in SPECIAL)

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self._words)

    def prompt(self, text: str) -> list[int]:
        """Return the tokens of a request up to where the answer begins."""
        return [self._user, *self.words(text), self._assistant]

    def response(self, text: str) -> list[int]:
        """Return the tokens of an answer, the end token last."""
        return [*self.words(text), self.end]

    def words(self, text: str) -> list[int]:
        """Return the tokens of some words; a word that the model does not know is padding."""
        return [self._places.get(word, self.pad) for word in text.lower().split()]

    def text(self, tokens: Sequence[int]) -> str:
        """Return the words of tokens, special ones left out."""
        return " ".join(self._words[token] for token in tokens if token >= len(SPECIAL))

    def token(self, token: int) -> str:
        """Return one word, also a special one."""
        return self._words[token]
