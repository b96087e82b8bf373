"""What a setting that names a file was read as: sizes, classes, and what was changed on reading."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.data import prompts, sources, texts


@dataclass(frozen=True)
class Preview:
    """One source as it was read.

    Attributes:
        field: The setting that names it.
        source: What the setting says.
        words: Sizes and classes, in words.
        notes: What was changed, recognised or left out, a clause each.
    """

    field: str
    source: str
    words: str
    notes: tuple[str, ...]


def previews(settings: Mapping[str, object]) -> list[Preview]:
    """Return a preview for each setting that names somebody's images, texts or prompts.

    Raises:
        InputError: If one cannot be read.
    """
    found = []
    for field, value in settings.items():
        if not isinstance(value, str):
            continue
        if (value.startswith(sources.PREFIXES) and field in ("dataset", "data", "new", "shifted")) or (
                value.startswith(sources.TABLE_PREFIX) and field in ("dataset", "new", "shifted")):
            data = sources.load(value)
            shape = " x ".join(map(str, data.x_train.shape[1:]))
            found.append(Preview(field, value, f"{len(data.x_train)} training and {len(data.x_test)} test images of {shape}, "
                                 f"{len(data.class_names)} classes", data.notes))
        elif field == "data" and value.startswith(texts.PREFIX):
            read = texts.load_texts(value)
            found.append(Preview(field, value, f"{len(read.texts)} texts, {len(read.class_names)} labels", read.notes))
        elif field == "prompts" and value.startswith(prompts.PREFIX):
            found.append(Preview(field, value, f"{len(prompts.requests(value))} requests", prompts.notes_on(value)))
    return found
