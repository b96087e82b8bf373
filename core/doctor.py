"""What this machine has, what is missing, and how to get it."""

import os
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

from core.data.sources import at_hand
from core.lab import access, cluster, devices, diary, energy, jobs, keeping, provenance, queue
from core.lab.errors import GlasshouseError
from core.lab.store import GALLERY, home
from core.models.checkpoints import at_hand as checkpoints_at_hand
from core.models.vision_weights import at_hand as vision_at_hand


def examine() -> dict[str, Any]:
    """Return devices, versions, folders, data sets and models as one JSON object; ``problems`` holds one sentence for each trouble."""
    problems: list[str] = []
    root = home()
    nearest = _nearest(root)
    if not os.access(nearest, os.W_OK):
        problems.append(f"GLASSHOUSE_HOME cannot be written ({root}): set it to a folder of yours.")
    free = shutil.disk_usage(nearest).free
    if free < 2**30:
        problems.append(f"The disk of GLASSHOUSE_HOME has {free >> 20} MB left: free some space.")
    house = measure()
    if n := house["store"]["quarantine"]["n"]:
        problems.append(f"{n} damaged results were set aside in {root / 'quarantine'}: look after the disk, then python -m core clean.")
    gpu = devices.cuda_devices()
    torch_cuda = _torch(problems)
    if gpu and not torch_cuda:
        problems.append("There is a GPU, but torch was built without CUDA: install torch's CUDA build.")
    try:
        on_cluster = cluster.is_chosen()
    except GlasshouseError as error:
        on_cluster = False
        problems.append(str(error))
    return {
        "device": "cuda" if gpu and torch_cuda else "cpu", "processor": provenance.processor(), "cpu_cores": devices.cpu_cores(),
        "cpu_slots": devices.cpu_slots(), "cuda_devices": gpu, "cluster": "slurm" if on_cluster else None,
        "versions": provenance.versions(), "commit": provenance.commit(), "home": str(root), "free_bytes": free,
        "gallery": str(GALLERY), "grid": energy.country(),
        "data": [{"source": status.source, "title": status.title, "available": status.available, "remedy": status.remedy}
                 for status in at_hand()],
        "models": [{"source": status.source, "title": status.title, "available": status.available, "remedy": status.remedy}
                   for status in (*checkpoints_at_hand(), *vision_at_hand())],
        "house": house, "problems": problems}


def measure() -> dict[str, Any]:
    """Return what whoever runs a server watches: queue, disk, ended runs of the last hour. Imports no torch and computes nothing."""
    root = home()
    living = queue.living(root)
    states = Counter(status.state for place in living if (status := jobs.written_status(root / "runs" / place.run)))
    held = keeping.sizes(root)
    return {"time": round(time.time(), 3), "mode": access.mode(), "queued": states["queued"], "running": states["running"],
            "visitors": len({place.owner for place in living}), "last_hour": diary.last_hour(root),
            "free_bytes": shutil.disk_usage(_nearest(root)).free, "limit_bytes": keeping.limit(),
            "store": {kind: {"n": size.n, "bytes": size.n_bytes} for kind, size in held.items()}}


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _torch(problems: list[str]) -> bool:
    try:
        import torch

        from core.data.torchvision_import import import_torchvision
        import_torchvision("datasets")
    except Exception as error:  # whatever breaks an import here is exactly what the reader wants to know
        problems.append(f"torch or torchvision cannot be imported ({type(error).__name__}): install requirements.txt again.")
        return False
    return torch.cuda.is_available()


def report(found: dict[str, Any]) -> str:
    """Return the examination as lines of text."""
    lines = [f"device      {found['device']}: {found['cpu_cores']} CPU cores ({found['processor']}), "
             f"{found['cuda_devices']} GPUs",
             f"queue       {found['cpu_slots']} job at a time on the CPU" if found["cpu_slots"] == 1 else
             f"queue       {found['cpu_slots']} jobs at a time on the CPU",
             f"waiting     {found['house']['queued']} queued, {found['house']['running']} running",
             f"results     {found['home']} ({found['free_bytes'] >> 30} GB free)",
             "disk        " + ", ".join(f"{kind} {size['n']} of {size['bytes'] / 1e6:.0f} MB" for kind, size in
                                        found["house"]["store"].items() if size["n"]),
             f"cluster     {found['cluster'] or 'none: runs stay on this machine'}",
             f"energy      grid assumed: {found['grid']}",
             "versions    " + ", ".join(f"{name} {version}" for name, version in found["versions"].items())]
    for data in found["data"]:
        lines.append(f"data        {data['title']}: " + ("at hand" if data["available"] else f"missing. {data['remedy']}"))
    for model in found["models"]:
        lines.append(f"model       {model['title']}: " + ("at hand" if model["available"] else f"missing. {model['remedy']}"))
    return "\n".join(lines + [f"problem     {problem}" for problem in found["problems"]])
