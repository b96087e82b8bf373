"""Classifiers as ONNX files, asked through ONNX Runtime: ``onnx:PATH``. Imports no torch.

A file is loaded from its bytes, so that it cannot reach for other files, and no operator outside ONNX Runtime's own is known.
"""

import hashlib
from functools import cached_property
from pathlib import Path

import numpy as np

from core.data.files import read_whole
from core.lab.errors import InputError
from core.subjects.pixels import SCALES, fitted

MOST_BYTES = 2 * 2**30
WHAT = "an ONNX model"
BATCH = 256


def providers(device: str) -> list[str]:
    """Return the execution providers for ``cpu`` or ``cuda``, in order of preference; the CPU stands last."""
    import onnxruntime

    gpu = "CUDAExecutionProvider"
    return ([gpu] if device == "cuda" and gpu in onnxruntime.get_available_providers() else []) + ["CPUExecutionProvider"]


class OnnxModel:
    """A classifier of images, opened; one input of four axes, and logits or probabilities (N, C) as its first output of two axes."""

    def __init__(self, content: bytes, *, device: str = "cpu", threads: int = 1, name: str = "the file") -> None:
        """Open a model.

        Args:
            content: Bytes of the file.
            device: ``cpu`` or ``cuda``.
            threads: CPU threads.
            name: What messages call the file.

        Raises:
            InputError: If it is no ONNX model of images that ONNX Runtime can run.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 4
        try:
            self.session = onnxruntime.InferenceSession(content, options, providers=providers(device))
        except Exception as error:  # whatever ONNX Runtime raises: its errors share no base, and some quote the file
            raise InputError(f"{WHAT} must be one that ONNX Runtime {onnxruntime.__version__} can run, in one file with its weights, got "
                             f"{name} ({type(error).__name__}): export it again.") from None
        self.name, self.notes = name, []
        takes = self.session.get_inputs()
        if len(takes) != 1 or len(takes[0].shape) != 4:
            raise InputError(f"{WHAT} must take one array of images of four axes, got {name} that takes "
                             f"{' and '.join(str(tuple(one.shape)) for one in takes)}: export a classifier of images.")
        self.input, self.dtype = takes[0].name, takes[0].type
        if self.dtype not in ("tensor(float)", "tensor(float16)", "tensor(uint8)"):
            raise InputError(f"{WHAT} must take floats or bytes, got {name} that takes {self.dtype}: export it again.")
        self.shape = tuple(one if isinstance(one, int) else None for one in takes[0].shape)

    @cached_property
    def is_channels_last(self) -> bool:
        """Whether the channels stand last."""
        return self.shape[1] not in (1, 3) and self.shape[3] in (1, 3)

    def wanted(self) -> tuple[int | None, tuple[int, int] | None]:
        """Return the number of channels and the size of images that it wants; None where it takes any."""
        channels, sides = (self.shape[3], self.shape[1:3]) if self.is_channels_last else (self.shape[1], self.shape[2:])
        return channels, sides if None not in sides else None

    def ask(self, images: np.ndarray, scale: str) -> np.ndarray:
        """Return what it says of uint8 images (N, H, W, C), (N, C) float32; ``scale`` is a name of ``pixels.SCALES``.

        Raises:
            InputError: If it cannot take images of this shape, or does not answer with one row for each.
        """
        batch = self.shape[0] or BATCH
        return np.concatenate([self._batch(images[start:start + batch], batch, scale) for start in range(0, len(images), batch)])

    def prepared(self, images: np.ndarray, scale: str) -> np.ndarray:
        """Return uint8 images as the array that goes in."""
        images = fitted(images, *self.wanted(), self.notes)
        if self.dtype != "tensor(uint8)":
            images = SCALES[scale][1](images).astype(np.float16 if self.dtype.endswith("16)") else np.float32)
        return np.ascontiguousarray(images if self.is_channels_last else np.moveaxis(images, -1, 1))

    def _batch(self, images: np.ndarray, batch: int, scale: str) -> np.ndarray:
        n = len(images)
        if self.shape[0] and n < batch:  # a fixed number of rows goes in: the last is repeated and its answers are left out
            images = np.concatenate([images, np.repeat(images[-1:], batch - n, axis=0)])
        try:
            outputs = self.session.run(None, {self.input: self.prepared(images, scale)})
        except InputError:
            raise
        except Exception as error:  # see __init__
            raise InputError(f"{WHAT} must take images of shape {images.shape[1:]} (height, width, channels), got {self.name} that fails "
                             f"on them ({type(error).__name__}): choose data of its size.") from None
        said = next((one for one in outputs if isinstance(one, np.ndarray) and one.ndim == 2 and len(one) == len(images)), None)
        if said is None:
            raise InputError(f"{WHAT} must answer with one row of classes for each image, got {self.name} that answers with shapes "
                             f"{[np.shape(one) for one in outputs]}: export a classifier.")
        return said[:n].astype(np.float32)


def read_onnx(path: Path) -> tuple[bytes, str]:
    """Return the bytes of a file and their hash.

    Raises:
        InputError: If there is none, it is larger than 2 GiB or no regular file.
    """
    content = read_whole(path, WHAT, MOST_BYTES)
    return content, hashlib.blake2b(content, digest_size=32).hexdigest()
