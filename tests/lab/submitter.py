"""A server in miniature: submits a toy run, prints its id and dies: ``python -m tests.lab.submitter SEEDS FIELD=VALUE...``."""

import os
import signal
import sys

from core.lab import jobs, registry
from core.lab.config import apply_settings
from core.lab.seeds import parse_seeds
from tests.lab.experiments import SPECS, TOY, ToyConfig

if __name__ == "__main__":
    registry.SPECS = SPECS
    jobs.WORKER_MODULE = "tests.lab.worker"
    seeds, *settings = sys.argv[1:]
    request = jobs.make_request(TOY, apply_settings(ToyConfig(), settings), parse_seeds(seeds), device="cpu")
    print(jobs.submit(request), flush=True)  # noqa: T201
    os.kill(os.getpid(), signal.SIGKILL)  # a server that goes without a word
