"""Do the tests notice? ``python -m tests.benchmarks.faults [WORD...]`` puts one fault at a time into ``core/lab`` and ``core/measures``.

Each fault is written into a copy of the house, and only the tests of that part run there. Prints which tests failed first, and ends with
status 1 when a fault went unnoticed. Words choose the faults whose description holds one of them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from core.lab.experiment import ROOT


@dataclass(frozen=True)
class Fault:
    """One fault: in which file what is replaced by what, and which tests must notice."""

    path: str
    what: str
    old: str
    new: str
    tests: str


FAULTS = (
    Fault("core/lab/estimate.py", "one-sided t quantile", "stdtrit(n - 1, 0.975)", "stdtrit(n - 1, 0.95)", "tests/lab/test_estimate.py"),
    Fault("core/lab/estimate.py", "spread over n, not n - 1", "sample.std(ddof=1)", "sample.std()", "tests/lab/test_estimate.py"),
    Fault("core/lab/estimate.py", "NaN seeds dropped", "    if n == 0 or np.isnan(sample).any():",
          "    sample = sample[~np.isnan(sample)]\n    if n == 0 or not sample.size:", "tests/lab/test_estimate.py"),
    Fault("core/lab/estimate.py", "seeds that agree make a point", "half = max(half, min(1.0, -math.log(0.025) * resolution / n))", "pass",
          "tests/lab/test_estimate.py"),
    Fault("core/lab/contrast.py", "Holm's steps the wrong way", "key=lambda index: p_values[index])", "key=lambda index: -p_values[index])",
          "tests/lab/test_claims.py"),
    Fault("core/lab/contrast.py", "Bonferroni in place of Holm", "level / (len(p_values) - rank)", "level / len(p_values)",
          "tests/lab/test_claims.py"),
    Fault("core/lab/contrast.py", "degrees of freedom n", "stdtrit(n - 1, share)", "stdtrit(n, share)", "tests/lab/test_claims.py"),
    Fault("core/lab/contrast.py", "tail of the other side", "(edge - self.mean) / self.error", "(self.mean - edge) / self.error",
          "tests/lab/test_claims.py"),
    Fault("core/lab/claims.py", "sign of below", "sign = 1.0 if claim.expected == \"above\" else -1.0", "sign = 1.0",
          "tests/lab/test_claims.py"),
    Fault("core/lab/claims.py", "control minus effect", "return effect - control", "return control - effect", "tests/lab/test_claims.py"),
    Fault("core/lab/claims.py", "one of the two tests is enough", "p = max(contrast.p_above(-margin), contrast.p_below(margin))",
          "p = min(contrast.p_above(-margin), contrast.p_below(margin))", "tests/lab/test_claims.py"),
    Fault("core/lab/claims.py", "four seeds decide", "if contrast.n < FEWEST:", "if contrast.n < FEWEST - 1:", "tests/lab/test_claims.py"),
    Fault("core/lab/claims.py", "preconditions unread", "if not one.is_met(values[one.metric]):", "if False:", "tests/lab/test_claims.py"),
    Fault("core/lab/folders.py", "files not flushed before the rename", "        flush(staging / name)\n", "", "tests/lab/test_folders.py"),
    Fault("core/lab/folders.py", "the folder's entry not flushed", "                flush(destination.parent)\n", "",
          "tests/lab/test_folders.py"),
    Fault("core/lab/folders.py", "JSON written in place", "        part.replace(path)",
          "        path.write_text(part.read_text())\n        part.unlink()", "tests/lab/test_folders.py"),
    Fault("core/lab/folders.py", "checksum of the first block",
          "        while block := file.read(1 << 20):\n            digest.update(block)",
          "        digest.update(file.read(1 << 20))", "tests/lab/test_folders.py"),
    Fault("core/lab/folders.py", "the seal is not looked at", "return manifest if seal == digest_of(canonical(manifest)) else None",
          "return manifest", "tests/lab/test_folders.py tests/lab/test_store.py"),
    Fault("core/lab/folders.py", "staging swept while others write", "lock(home / \"staging\" / \".lock\", wait=False) as alone:",
          "contextlib.nullcontext(True) as alone:", "tests/lab/test_folders.py"),
    Fault("core/lab/store.py", "the key forgets the version", "\"version\": experiment.version, ", "", "tests/lab/test_store.py"),
    Fault("core/lab/store.py", "the key forgets the seed", "\"seed\": seed, \"data\": data}))", "\"data\": data}))",
          "tests/lab/test_store.py"),
    Fault("core/lab/store.py", "NaN stored as zero", "return math.nan if stored is None else float(stored)",
          "return 0.0 if stored is None else float(stored)", "tests/lab/test_store.py"),
    Fault("core/lab/store.py", "a run's id depends on the order of seeds", "for seed in sorted(seeds)]))", "for seed in seeds]))",
          "tests/lab/test_store.py tests/lab/test_runs.py"),
    Fault("core/lab/config.py", "upper ends exclusive", "(value > high or", "(value >= high or", "tests/lab/test_config.py"),
    Fault("core/lab/config.py", "idle fields enter the key", "field.default if field.name in idle else getattr(config, field.name)",
          "getattr(config, field.name)", "tests/lab/test_config.py tests/compression/test_setting.py"),
    Fault("core/lab/seeds.py", "stages share a stream", "text = \"\\x1f\".join([str(operator.index(seed)), *parts])",
          "text = str(operator.index(seed))", "tests/lab/test_seeds.py"),
    Fault("core/lab/queue.py", "an owner's runs in a row", "max(mine) + 1 if mine else now", "now",
          "tests/lab/test_queue.py tests/lab/test_access.py"),
    Fault("core/measures/roc.py", "ties split", "np.flatnonzero(ranked[1:] != ranked[:-1])", "np.arange(ranked.size - 1)",
          "tests/measures/test_roc.py"),
    Fault("core/measures/roc.py", "ranks from zero", "np.searchsorted(ordered, scores, \"right\") + 1) / 2.0",
          "np.searchsorted(ordered, scores, \"right\")) / 2.0", "tests/measures/test_roc.py"),
    Fault("core/measures/operating_point.py", "one false positive too many", "side=\"right\")) - 1\n    hits", "side=\"right\"))\n    hits",
          "tests/measures/test_operating_point.py"),
    Fault("core/measures/intervals.py", "one-sided Clopper-Pearson", "tail = (1.0 - _checked_confidence(confidence)) / 2.0",
          "tail = 1.0 - _checked_confidence(confidence)", "tests/measures/test_operating_point.py"),
    Fault("core/measures/calibration.py", "bins not weighted", "np.sum(bins.counts[there] * np.abs(bins.accuracy[there] - "
          "bins.confidence[there])) / bins.counts.sum()", "np.mean(np.abs(bins.accuracy[there] - bins.confidence[there]))",
          "tests/measures/test_calibration.py"),
    Fault("core/measures/calibration.py", "ends of the interval swapped", "[0.975, 0.025])", "[0.025, 0.975])",
          "tests/measures/test_calibration.py"),
    Fault("core/measures/temperature.py", "temperature upside down", "return float(np.exp(found.x))", "return float(np.exp(-found.x))",
          "tests/measures/test_temperature.py"),
    Fault("core/measures/size_effects.py", "sign of the slope", "value = -slope * span", "value = slope * span",
          "tests/measures/test_size_effects.py"),
    Fault("core/measures/size_effects.py", "errors not clustered", "clustered = math.sqrt(correction * float(((x * residuals).sum(axis=1) "
          "** 2).sum())) / total", "clustered = plain", "tests/measures/test_size_effects.py"),
)


def notice(fault: Fault, house: Path) -> str:
    """Return the first test that fails with the fault in the house, or nothing."""
    place = house / fault.path
    whole = place.read_text(encoding="utf-8")
    if whole.count(fault.old) < 1:
        raise SystemExit(f"{fault.path}: there is no {fault.old!r} any more.")
    place.write_text(whole.replace(fault.old, fault.new, 1), encoding="utf-8")
    try:
        told = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fault.tests.split()], cwd=house,
                              capture_output=True, text=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    finally:
        place.write_text(whole, encoding="utf-8")
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", told.stdout, re.MULTILINE)
    if told.returncode not in (0, 1, 2):
        raise SystemExit(told.stdout[-2000:] + told.stderr[-2000:])
    return found[1] if found else ""


def main() -> int:
    """Print one line a fault, and how many were noticed."""
    chosen = [fault for fault in FAULTS if not sys.argv[1:] or any(word in f"{fault.path} {fault.what}" for word in sys.argv[1:])]
    noticed = 0
    with tempfile.TemporaryDirectory() as place:
        house = Path(place)
        for name in ("core", "pages", "tests"):
            shutil.copytree(ROOT / name, house / name)  # with what is compiled, so that only the fault is compiled again
        for path in (ROOT / "app.py", ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "requirements.txt", ROOT / ".streamlit",
                     ROOT / "assets"):
            (house / path.name).symlink_to(path)
        for fault in chosen:
            began = time.monotonic()
            by = notice(fault, house)
            noticed += bool(by)
            print(f"{'noticed' if by else 'MISSED':8} {fault.path}: {fault.what}; {by or fault.tests} "
                  f"({time.monotonic() - began:.0f} s)", flush=True)
    print(f"{noticed} of {len(chosen)} faults noticed")
    return int(noticed < len(chosen))


if __name__ == "__main__":
    sys.exit(main())
