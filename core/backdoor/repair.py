"""Light repair after a cut: some steps on clean pairs, the same pairs in the same order whatever was cut."""

from collections.abc import Iterator, Sequence

from core.backdoor.config import BackdoorConfig
from core.backdoor.prompts import Sets
from core.backdoor.rivals import consistency_loss, latent_loss
from core.data.pairs import Pair
from core.lab.seeds import generator
from core.language.batches import batch_of, drawn
from core.language.model import Batch, LanguageModel
from core.language.tuning import response_loss, tune

METHODS = ("plain", "consistency", "latent")


def repair(model: LanguageModel, sets: Sets, config: BackdoorConfig, seed: int, method: str = "plain") -> list[float]:
    """Train the network in place on the defender's clean pairs; return the loss of each step.

    Args:
        model: Whose network is repaired.
        sets: The defender's pairs are used; ``latent`` also knows the target.
        config: Steps, rate and pairs.
        seed: Draws the pairs.
        method: One of ``METHODS``.
    """
    at_hand: list[Sequence[Pair]] = []

    def batches() -> Iterator[Batch]:
        draws = drawn(generator(seed, "backdoor", "repair"), sets.defender, config.repair_pairs)
        for _ in range(config.repair_steps):
            at_hand[:] = [next(draws)]
            yield batch_of(model, at_hand[0])

    losses = {"plain": response_loss, "consistency": consistency_loss,
              "latent": latent_loss(sets.wording.targets[config.behaviour], lambda: at_hand[0])}
    return tune(model, batches(), rate=config.repair_rate, weight_decay=0.0, loss_of=losses[method])
