"""Energy and CO2e of a job, by codecarbon's offline tracker: one tracker a job, the grid named, the scope said."""

import contextlib
import logging
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass

from core.lab.errors import InputError

DEFAULT_COUNTRY = "DEU"
SCOPE = "the whole machine while the job ran; CPU power modelled where it cannot be read"


@dataclass(frozen=True)
class Energy:
    """Energy drawn and CO2e emitted since the job began; NaN where it could not be measured."""

    energy_kwh: float
    co2_kg: float


NOT_MEASURED = Energy(math.nan, math.nan)


class Meter:
    """A running tracker; ``read`` returns the totals so far."""

    def __init__(self, tracker: object | None) -> None:
        self._tracker = tracker

    def read(self) -> Energy:
        """Return the totals since the job began."""
        if self._tracker is None:
            return NOT_MEASURED
        try:
            co2 = self._tracker.flush()
            return Energy(float(self._tracker._total_energy.kWh), math.nan if co2 is None else float(co2))
        except Exception as error:  # a meter that breaks half-way costs its reading, not the run
            logging.getLogger(__name__).warning("energy is no longer measured: %s", error)
            self._tracker = None
            return NOT_MEASURED


def country() -> str:
    """Return the three-letter code of the country whose grid is assumed, from ``GLASSHOUSE_COUNTRY``.

    Raises:
        InputError: If it is no code of ISO 3166: the tracker would silently take the world's average.
    """
    import pycountry  # codecarbon's own list; read here, since most pages never ask
    code = os.environ.get("GLASSHOUSE_COUNTRY") or DEFAULT_COUNTRY
    found = pycountry.countries.get(alpha_3=code)
    if found is None:
        raise InputError(f"GLASSHOUSE_COUNTRY must be a country's three letters by ISO 3166, such as DEU or USA, got {code[:40]!r}.")
    return found.alpha_3


@contextlib.contextmanager
def metered() -> Iterator[Meter]:
    """Measure a job. A meter that cannot start never stops the job: it reads NaN, and pages say "not measured".

    ``GLASSHOUSE_ENERGY=off`` measures nothing, and says so in the same way.
    """
    if os.environ.get("GLASSHOUSE_ENERGY") == "off":
        yield Meter(None)
        return
    logging.getLogger("codecarbon").disabled = True
    tracker = None
    try:
        from codecarbon import OfflineEmissionsTracker
        tracker = OfflineEmissionsTracker(country_iso_code=country(), output_methods=[], allow_multiple_runs=True,
                                          measure_power_secs=5, log_level="critical")
        tracker.start()
    except Exception as error:  # the tracker probes hardware; whatever it meets there must not cost the run
        logging.getLogger(__name__).warning("energy is not measured: %s", error)
        tracker = None
    try:
        yield Meter(tracker)
    finally:
        if tracker is not None:
            with contextlib.suppress(Exception):
                tracker.stop()
