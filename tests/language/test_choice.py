"""Folders of language models are told apart by the tensors that they hold, before anything is loaded."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.lab.errors import InputError
from core.language.choice import NEEDED, check_model, check_shape
from core.models.checkpoints import obtain

SIZES = {"hidden_size": 8, "intermediate_size": 12, "vocab_size": 20}
SHAPES = {"mlp.down_proj": (8, 12), "mlp.up_proj": (12, 8), "mlp.gate_proj": (12, 8)}


def folder(place, *, without=(), tokenizer=True, tensors=None, **config):
    place.mkdir()
    told = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], **SIZES} | config
    (place / "config.json").write_text(json.dumps(told))
    held = {f"model.layers.0.{name}.weight": np.zeros(SHAPES.get(name, (8, 8)), np.float32) for name in NEEDED if name not in without}
    save_file(held | (tensors or {}), place / "model.safetensors")
    if tokenizer:
        (place / "tokenizer.json").write_text("{}")
    return f"transformers:{place}"


def test_blocks_of_llama_are_taken_also_from_other_families_and_adapters(tmp_path):
    check_shape(folder(tmp_path / "llama"))
    base = folder(tmp_path / "qwen", model_type="qwen2", architectures=["Qwen2ForCausalLM"])
    check_shape(base)
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "base_model_name_or_path": "../qwen", "r": 2}))
    save_file({"base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight": np.zeros((2, 8), np.float32)},
              adapter / "adapter_model.safetensors")
    check_shape(f"transformers:{adapter}")
    assert obtain(f"transformers:{adapter}").folder.resolve() == (tmp_path / "qwen").resolve()


@pytest.mark.parametrize(("changes", "words"), [
    ({"without": ("mlp.gate_proj", "mlp.up_proj"), "model_type": "mixtral"}, "family mixtral without mlp.gate_proj and mlp.up_proj"),
    ({"without": ("self_attn.o_proj",), "model_type": "phi"}, "without self_attn.o_proj"),
    ({"architectures": ["LlamaForSequenceClassification"]}, "which writes no text"),
    ({"tokenizer": False}, "must bring its tokeniser"),
    ({"intermediate_size": 16}, "is 8 x 12, not 8 x 16"),
    ({"tensors": {"model.layers.0.mlp.up_proj.qweight": np.zeros((2, 2), np.int32)}}, "packs several into one number"),
    ({"tensors": {"model.norm.weight": np.full(8, np.inf, np.float32)}}, "NaN or infinite in model.norm.weight")])
def test_what_is_no_llama(tmp_path, changes, words):
    with pytest.raises(InputError, match=words):
        check_shape(folder(tmp_path / "model", **changes))


def test_paths_that_were_meant_otherwise(tmp_path):
    with pytest.raises(InputError, match="looks like a path: write transformers:/models/mine"):
        check_model("/models/mine")
    folder(tmp_path / "model")
    with pytest.raises(InputError, match="name the folder that it lies in"):
        obtain(f"transformers:{tmp_path / 'model' / 'model.safetensors'}")
    for name in ("a", "b"):
        (tmp_path / f"{name}.gguf").write_bytes(b"GGUF" + bytes(60))
    with pytest.raises(InputError, match="may hold one GGUF file, got 2"):
        obtain(f"transformers:{tmp_path}")
    with pytest.raises(InputError, match="a GGUF file must be whole"):
        obtain(f"transformers:{tmp_path / 'a.gguf'}")
