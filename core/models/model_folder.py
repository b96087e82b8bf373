"""A folder in which transformers or PEFT saved a model: what lies in it, and every fault that can be seen before anything is loaded.

Imports no torch. Weights come as safetensors, whole or in shards, or as one GGUF file; a folder of PEFT holds a low-rank adapter and names
the folder of its base.
"""

import functools
import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.data.files import read_whole
from core.lab.errors import InputError
from core.models.weights_file import check_finite, read_header, shown

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
INDEX = "model.safetensors.index.json"
TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model")
READ_WITH_IT = (*TOKENIZERS, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "merges.txt",
                "preprocessor_config.json")
QUANTISED = ("quantize_config.json", "quant_config.json", "quantization_config.json")  # what AutoGPTQ, AutoAWQ and others write beside it
ROUNDED = (".qweight", ".qzeros", ".SCB", ".absmax", ".weight_packed")  # endings of tensors in which several weights are packed
MOST_CONFIG, MOST_BYTES = 64 * 2**20, 512 * 2**30
WHAT = "a model's folder"


@dataclass(frozen=True, eq=False)
class ModelFolder:
    """What a folder holds.

    Attributes:
        path: The folder.
        config: What ``config.json`` says; empty beside a GGUF file and for an adapter.
        weights: Files of weights, in order.
        gguf: Name of its GGUF file; empty where the weights are safetensors.
        shapes: Shape of every tensor by name; empty beside a GGUF file.
        adapter: What ``adapter_config.json`` says; empty for a model of its own.
    """

    path: Path
    config: Mapping[str, object]
    weights: tuple[Path, ...]
    gguf: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    adapter: Mapping[str, object] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Return the hash of weights, configuration and of what texts or images go through before the model sees them."""
        digest = hashlib.blake2b(digest_size=32)
        beside = () if self.gguf else ("config.json",)
        further = [name for name in (*(() if self.gguf else READ_WITH_IT), ADAPTER_CONFIG) if (self.path / name).is_file()]
        for path in [*self.weights, *(self.path / name for name in (*(beside if not self.adapter else ()), *further))]:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
        return digest.hexdigest()

    @property
    def has_tokenizer(self) -> bool:
        """Whether texts can be brought to the model."""
        return bool(self.gguf) or any((self.path / name).is_file() for name in TOKENIZERS)


def read_folder(path: Path) -> ModelFolder:
    """Return what a folder holds, or the folder of a GGUF file that is named itself; every fault that files show is found.

    Raises:
        InputError: If weights are missing, cut, quantised or not finite, or the configuration is missing or of no known family.
    """
    files = tuple(sorted(_interesting(path)))
    return _read(path, tuple((str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in files))


def _interesting(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [one for pattern in ("*.json", "*.safetensors", "*.gguf") for one in path.glob(pattern) if one.is_file()]


@functools.lru_cache(maxsize=16)
def _read(path: Path, _stamp: tuple) -> ModelFolder:
    if path.is_file():
        if path.suffix == ".gguf":
            return _of_gguf(path.parent, path)
        raise InputError(f"transformers: must name a folder or a GGUF file, got the file {path}: name the folder that it lies in.")
    if (path / ADAPTER_CONFIG).is_file():
        return _of_adapter(path)
    found = _weights(path)
    if found[0].suffix == ".gguf":
        return _of_gguf(path, found[0])
    config = _config(path)
    shapes = _checked_shapes(found)
    _check_sizes(path, config, shapes)
    return ModelFolder(path, config, found, shapes=shapes)


def _weights(path: Path) -> tuple[Path, ...]:
    """Return the files of weights: what the index of shards lists, every safetensors file, or the one GGUF file."""
    plain = sorted(one for one in path.glob("*.safetensors") if one.name != ADAPTER_WEIGHTS) if path.is_dir() else []
    if (path / INDEX).is_file():
        listed = read_object(path / INDEX, "the index of shards").get("weight_map")
        names = sorted(set(listed.values())) if isinstance(listed, dict) else []
        missing = [name for name in names if not isinstance(name, str) or "/" in name or not (path / name).is_file()]
        if not names or missing:
            what = f"got {path} without {len(missing)} of {len(names)}, such as {shown(str(missing[0]))}" if missing else f"got {path}"
            raise InputError(f"a model in shards must hold every file that its index lists, {what}: copy them again.")
        return tuple(path / name for name in names)
    if plain:
        return tuple(plain)
    ggufs = sorted(path.glob("*.gguf")) if path.is_dir() else []
    if len(ggufs) > 1:
        raise InputError(f"{WHAT} may hold one GGUF file, got {len(ggufs)} in {path}: name one of them, such as "
                         f"transformers:{ggufs[0]}.")
    if ggufs:
        return tuple(ggufs)
    if path.is_dir() and (pickled := sorted(path.glob("*.bin"))):
        raise InputError(f"{WHAT} must hold weights as safetensors, since nothing here is unpickled, got {path} with {pickled[0].name}: "
                         f"run python -m core convert {pickled[0].name} model.safetensors there, or save it again with save_pretrained.")
    raise InputError(f"{WHAT} must hold config.json with weights as safetensors, or one GGUF file, got {path}: save the "
                     "model there with transformers' save_pretrained.")


def _config(path: Path) -> Mapping[str, object]:
    """Return what ``config.json`` says, once it names plain weights of a family that transformers itself knows."""
    if not (path / "config.json").is_file():
        raise InputError(f"{WHAT} must hold config.json beside its weights, got {path}: save the model there again.")
    config = read_object(path / "config.json", "a model's config.json")
    beside = next((name for name in QUANTISED if (path / name).is_file()), "")
    quantised = config.get("quantization_config") or (read_object(path / beside, "a model's configuration") if beside else None)
    if quantised is not None:
        told = quantised if isinstance(quantised, dict) else {}
        method = str(told.get("quant_method") or told.get("quantization_method") or "a method of its own")[:30]
        bits = told.get("bits") or told.get("w_bit") or (4 if told.get("load_in_4bit") else 8 if told.get("load_in_8bit") else None)
        raise InputError(f"a model must hold plain weights (float32, float16 or bfloat16) or be a GGUF file, got {path} quantised with "
                         f"{shown(method)}{f' to {bits} bits' if isinstance(bits, int) else ''}: take the model that it was made from.")
    family = config.get("model_type")
    if family is not None and not _is_known(str(family)):
        why = ", which brings code of its own, and no code of a model is run" if config.get("auto_map") else ""
        raise InputError(f"a model must be of a family that the installed transformers knows, got {path} of the family "
                         f"{shown(str(family))}{why}: choose one of the BERT, GPT, LLaMA, Mistral, Qwen or ViT families.")
    return config


def _is_known(family: str) -> bool:
    found = importlib.util.find_spec("transformers")
    if found is None or not found.submodule_search_locations:
        return True  # without the package, loading says so
    names = {one.name for one in (Path(found.submodule_search_locations[0]) / "models").iterdir() if one.is_dir()}
    plain = family.replace("-", "_").casefold()
    return not names or any(plain.startswith(name) for name in names if len(name) > 2 and not name.startswith("_"))


def _checked_shapes(files: tuple[Path, ...]) -> dict[str, tuple[int, ...]]:
    """Return the shape of every tensor, once every file is whole and every value finite."""
    shapes: dict[str, tuple[int, ...]] = {}
    for path in files:
        header = read_header(path, MOST_BYTES)
        packed = next((name for name in header.shapes if name.endswith(ROUNDED)), "")
        if packed:
            raise InputError(f"a model must hold plain weights (float32, float16 or bfloat16), got {path.parent} whose {shown(packed)} "
                             "packs several into one number: take the model that it was made from.")
        check_finite(path, header)
        shapes |= header.shapes
    return shapes


def _check_sizes(path: Path, config: Mapping[str, object], shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse weights of other sizes than the configuration says, as pruned models have them: neurons of a gated block, words, width."""
    width, neurons, words = (config.get(name) for name in ("hidden_size", "intermediate_size", "vocab_size"))
    wanted = {"mlp.down_proj.weight": (width, neurons), "mlp.up_proj.weight": (neurons, width), "embed_tokens.weight": (words, width)}
    for name, shape in shapes.items():
        for ending, expected in wanted.items():
            if name.endswith(f".{ending}") and len(shape) == 2 and all(isinstance(one, int) for one in expected) and shape != expected:
                raise InputError(f"weights must have the sizes that config.json says, got {path} whose {shown(name)} is {shape[0]} x "
                                 f"{shape[1]}, not {expected[0]} x {expected[1]}: save model and configuration together.")


def _of_gguf(folder: Path, path: Path) -> ModelFolder:
    import gguf

    try:
        if path.stat().st_size < 64 or not gguf.GGUFReader(path).tensors:
            raise ValueError
    except Exception:  # the reader raises whatever its arithmetic on a damaged file does
        raise InputError(f"a GGUF file must be whole and hold tensors, got {path} that cannot be read: copy it again.") from None
    return ModelFolder(folder, {}, (path,), gguf=path.name)


def _of_adapter(path: Path) -> ModelFolder:
    """Return an adapter, once it is low-rank, names its base, and its tensors are whole and finite."""
    told = read_object(path / ADAPTER_CONFIG, ADAPTER_CONFIG)
    kind = shown(str(told.get("peft_type", "unknown")))
    if kind != "LORA" or told.get("use_dora"):
        raise InputError(f"an adapter must be LoRA, got {path} of the kind {'DoRA' if told.get('use_dora') else kind}: merge it into its "
                         "base with PEFT's merge_and_unload and save that.")
    if not isinstance(told.get("base_model_name_or_path"), str) or not told["base_model_name_or_path"].strip():
        raise InputError(f"an adapter must name its base in {ADAPTER_CONFIG}, got {path} without base_model_name_or_path: write it there.")
    weights = path / ADAPTER_WEIGHTS
    if not weights.is_file():
        kept = "adapter_model.bin, which is pickled" if (path / "adapter_model.bin").is_file() else "none"
        raise InputError(f"an adapter's folder must hold {ADAPTER_WEIGHTS}, got {path} with {kept}: run python -m core convert "
                         f"adapter_model.bin {ADAPTER_WEIGHTS} there, or save it again.")
    return ModelFolder(path, {}, (weights,), shapes=_checked_shapes((weights,)), adapter=told)


def read_object(path: Path, what: str) -> dict[str, object]:
    """Return the object in a file of JSON.

    Raises:
        InputError: If there is no such file, or it holds anything else.
    """
    try:
        told = json.loads(read_whole(path, what, MOST_CONFIG))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise InputError(f"{what} must be a JSON object, got {path} that cannot be read: save it again.")
    return told
