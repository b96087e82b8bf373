"""Independent tasks on forked processes of this machine.

Children inherit everything by fork, so that images are shared and losses may be any function; they answer through one pipe each
and leave results where the caller told them to (shared memory or files), so nothing is pickled. A child dies with its parent.
"""

import ctypes
import json
import mmap
import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait

import numpy as np
import torch

from core.lab.errors import GlasshouseError, RunFailed

_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_TICK_SECONDS = 0.25


def can_fork() -> bool:
    """Return whether forking is sound here: on Linux, and never once CUDA is in use."""
    return sys.platform.startswith("linux") and not torch.cuda.is_initialized()


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread inside: the count changes the order of sums, and spinning threads ruin a shared machine.

    Freed memory is kept from here on, see ``keep_freed_memory``.
    """
    keep_freed_memory()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def keep_freed_memory() -> None:
    """Stop glibc from returning freed memory to the system; elsewhere do nothing.

    A training step frees and takes the same few megabytes again. Given back in between, every page is faulted in and zeroed
    anew, which took 40 % of a small network's step; children inherit the setting.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform.startswith("linux") else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 2**30)
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


def shared_array(shape: tuple[int, ...], dtype: type = np.float64) -> np.ndarray:
    """Return a zeroed array that forked children write and this process reads."""
    size = max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize)
    return np.frombuffer(mmap.mmap(-1, size), dtype=dtype, count=int(np.prod(shape))).reshape(shape)


def run_forked(
    tasks: Sequence[int],
    work: Callable[[int], None],
    *,
    on_done: Callable[[int], None],
    on_tick: Callable[[], None],
    processes: int,
) -> None:
    """Run ``work(task)`` for every task on ``processes`` forked children, each taking the next task when it is free.

    Args:
        tasks: Numbers of the tasks, begun in this order.
        work: Runs in a child; its return value is dropped.
        on_done: Called here as each task ends.
        on_tick: Called here about four times a second and after each task; may raise to stop everything.
        processes: How many children.

    Raises:
        RunFailed: If a task raises or a child dies. Errors meant for users keep their sentence.
    """
    context = multiprocessing.get_context("fork")
    waiting, workers = list(reversed(tasks)), {}
    try:
        for _ in range(min(processes, len(tasks))):
            here, there = context.Pipe()
            child = context.Process(target=_serve, args=(there, work, os.getpid()), daemon=True)
            child.start()
            there.close()
            workers[here] = child
            _send_next(here, waiting)
        left = len(tasks)
        while left:
            for ready in wait(list(workers), timeout=_TICK_SECONDS):
                on_done(_answer(ready, workers[ready]))
                left -= 1
                _send_next(ready, waiting)
            on_tick()
    finally:
        for here, child in workers.items():
            child.kill()
            child.join()
            here.close()


def run_each(
    tasks: int | Sequence[int],
    work: Callable[[int], None],
    *,
    processes: int,
    device: str = "cpu",
    on_done: Callable[[int], None] = lambda task: None,
    on_tick: Callable[[], None] = lambda: None,
) -> None:
    """Run ``work(task)`` for every task: on forked processes where that is sound, else one by one on one thread.

    This is the one place that decides it. What ``work`` leaves behind must lie in a ``shared_array``; the number of processes then
    changes no bit.

    Args:
        tasks: Numbers of the tasks, begun in this order, or how many there are.
        work: What is run, see ``run_forked``.
        processes: How many children at most.
        device: Where ``work`` computes; nothing is forked on a GPU.
        on_done: Called here as each task ends.
        on_tick: Called here after each task, and about four times a second while children work; may raise to stop everything.

    Raises:
        RunFailed: If a task raises or a child dies.
    """
    tasks = range(tasks) if isinstance(tasks, int) else tasks
    processes = min(processes, len(tasks))
    if device == "cpu" and processes > 1 and can_fork():
        run_forked(tasks, work, on_done=on_done, on_tick=on_tick, processes=processes)
        return
    for task in tasks:
        with one_thread():  # around the task alone, as in a child: what is called in between is the caller's own
            work(task)
        on_done(task)
        on_tick()


def _send_next(pipe: Connection, waiting: list[int]) -> None:
    if waiting:
        pipe.send_bytes(json.dumps(waiting.pop()).encode())


def _answer(pipe: Connection, child: multiprocessing.Process) -> int:
    try:
        answer = json.loads(pipe.recv_bytes())
    except (EOFError, OSError):
        child.join(timeout=5)
        raise RunFailed(
            f"a training process must end by itself, but died with exit code {child.exitcode}: free some memory, then run again."
        ) from None
    if "error" in answer:
        raise RunFailed(answer["error"])
    return answer["done"]


def _serve(pipe: Connection, work: Callable[[int], None], parent: int) -> None:
    """Run tasks that arrive on ``pipe`` until it closes. Runs in the child."""
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    torch.set_num_threads(1)
    while True:
        try:
            task = json.loads(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            work(task)
            answer: dict[str, object] = {"done": task}
        except GlasshouseError as error:
            answer = {"error": str(error)}
        except Exception as error:  # whatever it was, the parent must hear of it
            traceback.print_exc()
            answer = {"error": f"task {task} of a training process failed with {type(error).__name__}: {error}"}
        pipe.send_bytes(json.dumps(answer).encode())


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # the parent died before the request was in force
        os._exit(1)
