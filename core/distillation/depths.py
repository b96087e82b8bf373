"""Which blocks a shallower sub-network leaves out: two families with orders of removal of their own.

Our reading of Chen et al. 2023 (2312.08532), whose abstract speaks of "two families of sub-networks of various depths" and no more:
family A gives up the last block of every stage first, family B the one in the middle.
"""

from core.models.blocks import droppable

FAMILIES = {"a": "Last blocks first", "b": "Middle blocks first"}


def removal_order(blocks_per_stage: tuple[int, ...], family: str) -> tuple[int, ...]:
    """Return the blocks that may be left out, the first to go first; later stages give theirs up before earlier ones.

    Example:
        >>> removal_order((3, 3, 3), "a"), removal_order((3, 3, 3), "b")
        ((8, 5, 2, 7, 4, 1), (7, 4, 1, 8, 5, 2))
    """
    stages = [_within(places, family) for places in reversed(droppable(blocks_per_stage))]
    longest = max((len(stage) for stage in stages), default=0)
    return tuple(stage[turn] for turn in range(longest) for stage in stages if turn < len(stage))


def _within(places: tuple[int, ...], family: str) -> tuple[int, ...]:
    if family == "a":
        return tuple(reversed(places))
    middle = (len(places) - 1) / 2 - 0.25  # of two in the middle, the earlier
    return tuple(sorted(places, key=lambda place: abs(places.index(place) - middle)))


def sub_networks(blocks_per_stage: tuple[int, ...], family: str, most_dropped: int) -> dict[int, frozenset[int]]:
    """Return, by number of blocks that run, the blocks left out, from the full depth down."""
    order, n = removal_order(blocks_per_stage, family), sum(blocks_per_stage)
    return {n - dropped: frozenset(order[:dropped]) for dropped in range(most_dropped + 1)}
