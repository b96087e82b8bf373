"""The page's end of the line: starts the process when it is first asked, and hands questions over one by one. Imports no torch."""

import contextlib
import json
import select
import subprocess
import sys
import threading

from core.calibration.live.question import Question, Reply
from core.lab.errors import InputError, RunFailed
from core.lab.jobs import worker_environment

MODULE = "core.calibration.live.process"
PATIENCE = 180.0  # seconds: the first question on a new machine trains the network


class Line:
    """A process that answers, and the lock that keeps two visitors' questions apart."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock, self._process = threading.Lock(), None

    @property
    def is_warm(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def ask(self, question: Question) -> Reply:
        """Return the reply; waits for it.

        Raises:
            InputError: If the question is refused.
            RunFailed: If the process ends or is silent for too long; the next question starts another.
        """
        question.check()
        with self._lock:
            for _ in range(2):  # it may have gone home between two questions
                if (text := self._exchange(json.dumps(question.to_json()))) is not None:
                    break
            else:
                raise RunFailed("The live process ended without an answer: ask again, or look at the run's own streams.")
        found = json.loads(text)
        if "error" in found:
            raise InputError(found["error"])
        return Reply.from_json(found)

    def _exchange(self, text: str) -> str | None:
        """Return the line that answers ``text``, or None where the process is gone."""
        if not self.is_warm:
            self._process = subprocess.Popen([sys.executable, "-P", "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                             stderr=subprocess.DEVNULL, text=True, env=worker_environment())
        try:
            self._process.stdin.write(text + "\n")
            self._process.stdin.flush()
        except OSError:
            self.close()
            return None
        if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
            self.close()
            raise RunFailed(f"The live process was silent for {PATIENCE:.0f} seconds and was ended: ask again with a smaller network.")
        return self._process.stdout.readline() or None

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(OSError):  # what was not yet sent has no reader any more
                    pipe.close()
            self._process = None
