"""Twenty visitors for ten minutes: ``python -m tests.benchmarks.visitors [VISITORS] [MINUTES]``.

Each is a browser's protocol without a browser: a cookie from the door, one WebSocket, and page after page at random with a pause for
reading. Reported are errors, the 95th percentile of a page switch as a ratio to one visitor alone (before and after, on the same
server), the processor time that a page takes, which other work on the machine does not change, and the slope of the server's memory.
"""

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import websockets
from scipy import stats
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.lab.experiment import ROOT
from pages._ui.rooms import CLAIMS, CONCERNS, RUNS, is_there

PAGES = ("", *(Path(page).stem for page in (*(concern.page for concern in CONCERNS if is_there(concern.page)), RUNS, CLAIMS)))
READING = (3.0, 9.0)  # seconds between a page that stands and the next
PATIENCE = 120.0


@dataclass
class Seen:
    """What visitors met."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    busy: float = 0.0


def cookie(port: int) -> str:
    """Return what the door gives a new browser."""
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=30) as answer:
        return answer.headers["set-cookie"].partition(";")[0]


async def open_page(socket, page: str, seen: Seen) -> None:
    """Ask for a page and wait until its script has ended."""
    asked, began = BackMsg(), time.monotonic()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = ""
    await socket.send(asked.SerializeToString())
    started = False
    while True:
        message = ForwardMsg()
        message.ParseFromString(await asyncio.wait_for(socket.recv(), PATIENCE))
        kind = message.WhichOneof("type")
        started = started or kind == "new_session"
        if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            seen.errors.append(f"{page}: {message.delta.new_element.exception.type}")
        if kind == "script_finished" and started:
            break
    seen.seconds.append(time.monotonic() - began)


async def visit(port: int, until: float, seen: Seen, number: int) -> None:
    """Look at pages at random until the time is over."""
    dice = random.Random(number)
    await asyncio.sleep(dice.uniform(0, READING[1]))
    held = await asyncio.to_thread(cookie, port)
    while time.monotonic() < until:
        try:
            async with websockets.connect(f"ws://localhost:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
                                          additional_headers={"Cookie": held}) as connection:
                for _ in range(10):  # then the tab is closed and another opened
                    if time.monotonic() > until:
                        return
                    await open_page(connection, dice.choice(PAGES), seen)
                    await asyncio.sleep(dice.uniform(*READING))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            seen.errors.append(type(error).__name__)
            await asyncio.sleep(1)


async def watch(process: int, until: float, seen: Seen) -> None:
    """Note the server's memory every five seconds."""
    while time.monotonic() < until:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        seen.memory.append((time.monotonic(), pages * os.sysconf("SC_PAGE_SIZE") / 2**20))
        await asyncio.sleep(5)


async def phase(port: int, process: int, visitors: int, minutes: float) -> Seen:
    """Return what so many visitors met within so many minutes."""
    seen, until, before = Seen(), time.monotonic() + 60 * minutes, busy(process)
    await asyncio.gather(watch(process, until, seen), *(visit(port, until, seen, number) for number in range(visitors)))
    seen.busy = busy(process) - before
    return seen


def busy(process: int) -> float:
    """Return the seconds of processor time that a process has taken."""
    return sum(map(int, Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


def report(name: str, seen: Seen) -> float:
    """Print a phase; return its 95th percentile."""
    if not seen.seconds:
        raise RuntimeError(f"no page ever stood: {sorted(set(seen.errors))}")
    middle, late, slowest = np.percentile(seen.seconds, (50, 95, 100))
    times, memory = np.array(seen.memory).T
    settled = times > times[0] + (times[-1] - times[0]) / 3
    line = stats.linregress((times[settled] - times[0]) / 60, memory[settled])
    half = stats.t.ppf(0.975, max(1, settled.sum() - 2)) * line.stderr
    print(f"{name:22} n={len(seen.seconds):5}  median {middle:6.2f} s  95% {late:6.2f} s  max {slowest:6.2f} s  "
          f"CPU {seen.busy / len(seen.seconds):.2f} s a page  errors {len(seen.errors)} "
          f"{sorted(set(seen.errors)) or ''}  memory {memory[0]:.0f} to {memory[-1]:.0f} MB, slope {line.slope:+.2f} ± {half:.2f} MB/min")
    return float(late)


def main(visitors: int, minutes: float) -> int:
    """Serve, let them come, report; return the exit status."""
    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {**os.environ, "GLASSHOUSE_SHARED": "1", "GLASSHOUSE_HOME": place, "GLASSHOUSE_ENERGY": "off"}
        server = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"],
                                  cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(120):
                try:
                    cookie(port)
                    break
                except OSError:
                    time.sleep(0.5)
            asyncio.run(phase(port, server.pid, 1, 0.2 + len(PAGES) / 60))  # caches fill
            alone = report("one visitor", asyncio.run(phase(port, server.pid, 1, max(0.5, minutes / 5))))
            crowd = asyncio.run(phase(port, server.pid, visitors, minutes))
            many = report(f"{visitors} visitors", crowd)
            again = report("one visitor, afterwards", asyncio.run(phase(port, server.pid, 1, max(0.5, minutes / 5))))
        finally:
            server.terminate()
            server.wait()
    print(f"95th percentile of {visitors} visitors: {many / alone:.1f} times that of one before, {many / again:.1f} of one after")
    return 1 if crowd.errors else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, float(sys.argv[2]) if len(sys.argv) > 2 else 10.0))
