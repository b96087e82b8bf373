"""The scorecard as a model card of the Hugging Face Hub: ``model-index`` in its metadata, and text."""

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from core.lab.runs import Run
from core.scorecard import reading
from core.scorecard.report.content import energy_words, record
from core.scorecard.subjects import family_of

TASKS = {"classifier": "image-classification", "language_model": "text-generation"}


def model_card(run: Run, place: int = 0) -> str:
    """Return the card as text with its metadata in front."""
    found, lines = record(run, place), reading.card(run, place)
    results = [EvalResult(
        task_type=TASKS[family_of(run.request.config.subject)], dataset_type="glasshouse-scorecard", dataset_name="Glasshouse scorecard",
        metric_type=line.lens.id, metric_name=line.lens.label,
        metric_value=f"{line.value} ({line.interval})" if line.interval else line.value,
        metric_config=f"{line.lens.number}; {line.row['counts']}") for line in lines if line.is_measured]
    name = found["subject"]["title"].replace("/", " ")
    data = ModelCardData(model_name=name, eval_results=results or None, tags=["glasshouse", "scorecard"])
    rows = "\n".join(
        f"| {line.lens.question} | {f'{line.value} ({line.interval})' if line.is_measured else line.row['needs']} | "
        f"{line.row['counts'] or '–'} | {line.row['limit_words'] or '–'} | {reading.MARKS[line.verdict]} |" for line in lines)
    said = "\n".join(f"- **{line.lens.label}**: {line.row['sentence']} {line.row['note']}".rstrip() for line in lines if line.is_measured)
    missing = "\n".join(f"- **{one['what']}**: {one['why']}." for one in found["not_looked_at"])
    limits = found["limits"]
    asked = f"{limits['asked']} (set on {limits['set_on']})" if limits["set_on"] else "none"
    return str(ModelCard(f"""---
{data.to_yaml()}
---

# {name}

{found['answer']}

Limits: {asked}.

| question | found (95% interval) | counted | limit | interval says |
|---|---|---|---|---|
{rows}

## What the numbers say

{said}

## What was not looked at

{missing}

## Provenance

Glasshouse scorecard, run `{found['provenance']['run']}`, version {found['provenance']['version']}, commit
`{found['provenance']['commit']}`, {found['provenance']['created'][:10]}. {energy_words(found)}.
SHA-256 of the JSON twin: `{found['sha256']}`.
"""))
