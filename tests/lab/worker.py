"""The product's worker, with the toy experiment instead of the house's: ``python -m tests.lab.worker RUN_FOLDER``."""

import sys

from core.lab import registry, worker
from tests.lab.experiments import SPECS

registry.SPECS = SPECS

if __name__ == "__main__":
    sys.exit(worker.main())
