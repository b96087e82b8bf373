"""What DP-SGD guarantees: epsilon at delta through Opacus' accountant.

Neighbouring data sets differ by one image added or removed; batches are Poisson samples. Accounting is Rényi, as its bounds stay
computable where the noise is far too small to protect anybody.
"""

import functools
import math
import warnings
from dataclasses import dataclass

from core.lab.errors import InputError

MEANINGFUL_EPSILON = 10.0
NO_GUARANTEE = "no meaningful guarantee"


@dataclass(frozen=True)
class Budget:
    """One guarantee: the training is (epsilon, delta)-differentially private.

    Attributes:
        epsilon: Privacy loss; infinite without noise.
        delta: Probability with which it may be exceeded, in (0, 1).
        noise_multiplier: Standard deviation of the noise, in units of the clipping norm.
        sample_rate: Probability with which an image enters a batch.
        steps: Number of noisy steps.
        n_members: Number of training images.
    """

    epsilon: float
    delta: float
    noise_multiplier: float
    sample_rate: float
    steps: int
    n_members: int

    @property
    def is_meaningful(self) -> bool:
        """Whether epsilon is at most ten and delta below one in the number of members.

        At an epsilon of ten the odds of any event may differ by a factor of 22,000 for one image; a delta of one in n is also
        met by publishing a random member.
        """
        return self.epsilon <= MEANINGFUL_EPSILON and self.delta * self.n_members < 1.0

    @property
    def words(self) -> str:
        """The guarantee as words."""
        bound = "without noise" if math.isinf(self.epsilon) else f"ε = {self.epsilon:.3g} at δ = {self.delta:.1g}"
        return bound if self.is_meaningful else f"{NO_GUARANTEE} ({bound})"


def epsilon_of(noise_multiplier: float, *, sample_rate: float, steps: int, delta: float) -> float:
    """Return epsilon at ``delta`` after ``steps`` steps, infinite without noise, by Opacus' RDP accountant."""
    _check(delta=delta, noise_multiplier=noise_multiplier)
    if noise_multiplier == 0:
        return math.inf
    from opacus.accountants import RDPAccountant  # a second to import

    accountant = RDPAccountant()
    accountant.history = [(noise_multiplier, sample_rate, steps)]
    with warnings.catch_warnings():  # it says when its grid of orders ends, which only makes epsilon larger
        warnings.simplefilter("ignore", UserWarning)
        return float(accountant.get_epsilon(delta))


def noise_for(epsilon: float, *, sample_rate: float, steps: int, delta: float) -> float:
    """Return the smallest noise multiplier, to 0.01 in epsilon, that keeps within ``epsilon`` at ``delta``.

    Raises:
        InputError: If epsilon is not positive or delta outside (0, 1).
    """
    _check(delta=delta, epsilon=epsilon)
    return _searched_noise(epsilon, sample_rate, steps, delta)


@functools.lru_cache(maxsize=64)  # the search takes a second
def _searched_noise(epsilon: float, sample_rate: float, steps: int, delta: float) -> float:
    from opacus.accountants.utils import get_noise_multiplier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return float(get_noise_multiplier(target_epsilon=epsilon, target_delta=delta, sample_rate=sample_rate, steps=steps,
                                          accountant="rdp", epsilon_tolerance=min(0.01, epsilon / 100)))


def plan(*, epsilon: float, noise_multiplier: float, delta: float, sample_rate: float, steps: int, n_members: int) -> Budget:
    """Return the guarantee of a training; a ``noise_multiplier`` of 0 is chosen so that ``epsilon`` is kept.

    Raises:
        InputError: If a setting is out of range or an epsilon is asked for without a delta.
    """
    check_settings(epsilon=epsilon, noise_multiplier=noise_multiplier, delta=delta)
    noise = noise_multiplier or noise_for(epsilon, sample_rate=sample_rate, steps=steps, delta=delta)
    reached = epsilon_of(noise, sample_rate=sample_rate, steps=steps, delta=delta)
    return Budget(reached, delta, noise, sample_rate, steps, n_members)


def check_settings(*, epsilon: float, noise_multiplier: float, delta: float) -> None:
    """Refuse settings of DP-SGD that do not go together.

    Raises:
        InputError: One sentence.
    """
    if delta == 0:
        raise InputError(f"an epsilon says nothing without a delta, got dp_delta = 0 beside epsilon = {epsilon:g}: set dp_delta "
                         "below one in the number of members, such as 1e-4.")
    _check(delta=delta, noise_multiplier=noise_multiplier, epsilon=epsilon)


def _check(*, delta: float, noise_multiplier: float = 0.0, epsilon: float = 1.0) -> None:
    if not 0.0 < delta < 1.0:
        raise InputError(f"dp_delta must lie strictly between 0 and 1, got {delta:g}: choose less than one in the number of members.")
    if noise_multiplier < 0:
        raise InputError(f"dp_noise_multiplier must be at least 0, got {noise_multiplier:g}: 0 chooses it from epsilon.")
    if epsilon <= 0:
        raise InputError(f"epsilon must be positive, got {epsilon:g}: 1 to 10 is usual.")
