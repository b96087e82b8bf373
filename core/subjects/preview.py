"""What every setting that names something brought was read as: outputs, a trained model, texts that it is asked about, and data.

The command line's ``--check`` prints it. Imports no torch.
"""

from collections.abc import Mapping

from core.data import preview
from core.data.preview import Preview
from core.data.sources import load
from core.data.text_parts import TextParts, load_text_parts
from core.subjects.asked import TEXTS, image_shape
from core.subjects.folders import class_names, is_folder, kind_of
from core.subjects.models import PREFIXES as MODELS
from core.subjects.models import model_words
from core.subjects.outputs import PREFIXES as OUTPUTS
from core.subjects.outputs import read_outputs


def previews(settings: Mapping[str, object]) -> list[Preview]:
    """Return a preview for each setting that names somebody's outputs, model, images, texts or prompts.

    Raises:
        InputError: If one cannot be read.
    """
    found = []
    model, dataset, outputs = (str(settings.get(name, "")) for name in ("model", "dataset", "outputs"))
    is_asked = model.startswith(MODELS) and "dataset" in settings
    if not is_asked and outputs.startswith(OUTPUTS):
        given = read_outputs(outputs)
        found.append(Preview("outputs", outputs, given.words, given.notes))
    if is_asked and is_folder(model) and kind_of(model)[1] == "texts":
        names = class_names(kind_of(model)[0])
        found.append(Preview("model", model, model_words(model, TEXTS, len(names)), (f"it tells {len(names)} classes apart",)))
        return [*found, _of_texts(dataset, load_text_parts(dataset))]
    if is_asked:
        data = load(dataset)
        found.append(Preview("model", model, model_words(model, image_shape(data), len(data.class_names)), ()))
    unused = () if is_asked or "outputs" not in settings else ("dataset",)
    return [*found, *preview.previews({name: value for name, value in settings.items() if name not in unused})]


def _of_texts(source: str, data: TextParts) -> Preview:
    counts = ", ".join(f"{int((data.part == part).sum()):,} {part}" for part in dict.fromkeys(data.part.tolist()))
    return Preview("dataset", source, f"{len(data.texts):,} texts ({counts}), {len(set(data.labels.tolist()))} labels", data.notes)
