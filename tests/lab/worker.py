"""The product's worker, with the toy experiment instead of the house's: ``python -m tests.lab.worker RUN_FOLDER``."""

import sys

from core.lab import registry, speed, worker
from tests.lab.experiments import MEASURE, SPECS

registry.SPECS = SPECS
speed.MEASURE = MEASURE  # the real one imports torch and trains for a second, in every home anew

if __name__ == "__main__":
    sys.exit(worker.main())
