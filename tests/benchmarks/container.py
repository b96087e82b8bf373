"""The container's steps in a fresh prefix, for machines without an engine: ``python -m tests.benchmarks.container [--packages FOLDER]``.

Copies what the file copies, installs what it installs (or takes packages that are installed already), serves as an ordinary user with
the file's own environment and command, waits for its own health check, computes one run beside it and looks at what was written where.
"""

import argparse
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from core.lab.experiment import ROOT
from tests.architecture.test_container import instructions

NOBODY = 65534


def lay_out(prefix: Path, packages: Path | None, base: str) -> Path:
    """Make the image's folders below a prefix; return its Python."""
    app = prefix / "app"
    app.mkdir(parents=True)
    for instruction, said in instructions():
        if instruction == "COPY":
            *sources, _ = said.split()
            for source in sources:
                skip = shutil.ignore_patterns("__pycache__", "secrets.toml")
                shutil.copytree(ROOT / source, app / source, ignore=skip) if (ROOT / source).is_dir() else shutil.copy2(ROOT / source, app)
    subprocess.run([base, "-m", "venv", *(["--without-pip"] if packages else []), str(prefix / "python")], check=True)
    python = prefix / "python" / "bin" / "python"
    if packages:
        site = next((prefix / "python" / "lib").glob("python*")) / "site-packages"
        (site / "borrowed.pth").write_text(f"{packages}\n")
    else:
        for said in (said for instruction, said in instructions() if instruction == "RUN" and "pip install" in said):
            path = f"{python.parent}:{os.environ['PATH']}"
            subprocess.run(["sh", "-c", said], cwd=app, check=True, env={"PATH": path, **environment(prefix)})
    return python


def environment(prefix: Path) -> dict[str, str]:
    """Return the variables that the file sets, with the volume below the prefix."""
    found = {name: value for instruction, said in instructions() if instruction == "ARG" for name, value in [said.split("=", 1)]}
    for instruction, said in instructions():
        if instruction == "ENV":
            pairs = (part.split("=", 1) for part in shlex.split(said))
            found |= {name: value.replace("$COMMIT", "test").replace("/store", str(prefix / "store")) for name, value in pairs}
    return found


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def main() -> int:
    """Build, serve, look; return the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", type=Path, help="site-packages to take instead of installing")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that everybody may run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        prefix = Path(place)
        prefix.chmod(0o755)
        began = time.monotonic()
        python = lay_out(prefix, given.packages, given.python)
        print(f"laid out in {time.monotonic() - began:.0f} s")
        store = prefix / "store"
        store.mkdir()
        os.chown(store, NOBODY, NOBODY)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        before = files(prefix / "app")
        settings = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(store), **environment(prefix)}
        command = json.loads(next(said for instruction, said in instructions() if instruction == "CMD"))
        command = [str(python), "-m", *(part.replace("8501", str(port)) for part in command)]
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": [], "cwd": prefix / "app", "env": settings}
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, **who)
        try:
            check = next(said for instruction, said in instructions() if instruction == "HEALTHCHECK").partition(" CMD ")[2]
            healthy = [str(python), *(part.replace("8501", str(port)) for part in json.loads(check)[1:])]
            while subprocess.run(healthy, stderr=subprocess.DEVNULL, **who).returncode:
                if server.poll() is not None or time.monotonic() - began > 300:
                    raise RuntimeError("the server never became healthy")
                time.sleep(1)
            print(f"healthy after {time.monotonic() - began:.0f} s")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                print("a page brings the visitor's cookie:", "glasshouse_visitor=" in answer.headers.get("set-cookie", ""))
            run = subprocess.run([str(python), "-m", "core", "run", "calibration_outputs", "--json"], capture_output=True, text=True, **who)
            told = json.loads(run.stdout.splitlines()[-1]) if run.returncode == 0 else run.stderr
            print("a run beside it:", f"{told['run']}, commit {told['commit']}" if isinstance(told, dict) else told)
        finally:
            server.terminate()
            server.wait()
        print("written into the app's folder:", sorted(files(prefix / "app") - before) or "nothing")
        print("written into the volume:", sorted({name.split("/")[0] for name in files(store)}))
        return 0 if isinstance(told, dict) and files(prefix / "app") == before else 1


if __name__ == "__main__":
    sys.exit(main())
