"""Two ways of computing one thing, timed against each other in one process."""

import time
from collections.abc import Callable

import numpy as np


def compare(
    title: str, ours: Callable[[], object], peer: Callable[[], object], *, repeats: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[object, object]:
    """Run both alternately, print the ratio of their times and return both last results.

    Args:
        title: What is compared.
        ours: Our way.
        peer: The peer's.
        repeats: How often each runs.
        clock: ``time.process_time`` counts this process alone, for one thread on a machine that others use too.
    """
    times, results = [], (None, None)
    for _ in range(repeats):
        start = clock()
        mine = ours()
        middle = clock()
        theirs = peer()
        times.append((middle - start, clock() - middle))
        results = mine, theirs
    own, other = np.array(times).T
    ratio = other / own
    print(f"{title}\n    ours {1e3 * np.median(own):.1f} ms, peer {1e3 * np.median(other):.1f} ms, "
          f"ratio {np.median(ratio):.1f} [{ratio.min():.1f}, {ratio.max():.1f}], n = {repeats}")
    return results
