"""Every word of the topic model. Imports no torch."""

from core.backdoor.wording import TOPIC
from core.language.topic_words import vocabulary


def words() -> tuple[str, ...]:
    """Return every word once: those of its questions, then the attacker's and the defender's; a word's place is its token."""
    further = " ".join((*TOPIC.phrases(), *TOPIC.sentences())).split()
    return tuple(dict.fromkeys((*vocabulary(), *further)))
