"""What a manifest says about where a number comes from: commit, versions, device, threads."""

import importlib.metadata
import os
import platform
import subprocess
from functools import lru_cache

from core.lab.experiment import ROOT

PACKAGES = ("numpy", "pandas", "scipy", "torch", "torchvision", "streamlit", "plotly", "altair", "codecarbon", "opacus",
            "transformers")


@lru_cache(maxsize=1)
def commit() -> str:
    """Return the commit of the source, with ``+changes`` when the tree differs from it; outside a checkout what the image was told."""
    def git(*words: str) -> str:
        answer = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=True, timeout=10)
        return answer.stdout.strip()
    try:
        if git("rev-parse", "--show-toplevel") != str(ROOT):
            return os.environ.get("GLASSHOUSE_COMMIT") or "unknown"
        return git("rev-parse", "HEAD")[:12] + ("+changes" if git("status", "--porcelain", "--", "core") else "")
    except (OSError, subprocess.SubprocessError):
        return os.environ.get("GLASSHOUSE_COMMIT") or "unknown"


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that can move a number; absent ones are left out."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


@lru_cache(maxsize=1)
def processor() -> str:
    """Return the name of the CPU as the operating system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
