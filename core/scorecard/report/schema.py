"""The layout of the JSON twin as a JSON Schema: what a pipeline may rely on."""

from types import MappingProxyType
from typing import Any

from core.scorecard.limits import VERDICTS
from core.scorecard.report.content import SCHEMA_VERSION

NUMBER = {"type": ["number", "null"]}
TEXT = {"type": "string"}


def _object(required: dict[str, Any], *, closed: bool = True) -> dict[str, Any]:
    return {"type": "object", "properties": required, "required": list(required), "additionalProperties": not closed}


_BAND = _object({"kind": TEXT, "quality": TEXT, "low": NUMBER, "high": NUMBER, "n": {"type": "integer", "minimum": 1}, "run": TEXT})
_SLICE = _object({"slice": TEXT, "kind": TEXT, "value": NUMBER, "low": NUMBER, "high": NUMBER, "n": {"type": "integer", "minimum": 0}})
_LIMIT = {"oneOf": [{"type": "null"}, _object({"value": {"type": "number"}, "words": TEXT, "reason": TEXT, "source": TEXT})]}
_ENDS = {"value": NUMBER, "low": NUMBER, "high": NUMBER}
_ROW = _object({
    "row": TEXT, "concern": TEXT, "question": TEXT, "label": TEXT, "number": TEXT, "unit": {"enum": ["", "%", "pt"]},
    "better": {"enum": ["low", "high"]}, **_ENDS, "n": {"type": "integer", "minimum": 0}, "counts": TEXT, "interval": TEXT,
    "sentence": TEXT, "worst": TEXT, "note": TEXT, "needs": TEXT, "remedy": TEXT, "verdict": {"enum": list(VERDICTS)}, "limit": _LIMIT,
    "bands": {"type": "array", "items": _BAND}, "slices": {"type": "array", "items": _SLICE},
    "beside": {"oneOf": [{"type": "null"}, _object(_ENDS)]},
    "difference": {"oneOf": [{"type": "null"}, _object({**_ENDS, "n": {"type": "integer"}, "interval": TEXT})]},
    "evidence": TEXT, "repair": TEXT, "frameworks": {"type": "array", "items": TEXT}})
SCHEMA: MappingProxyType[str, Any] = MappingProxyType({
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Glasshouse scorecard",
    **_object({
        "schema": {"const": f"glasshouse-scorecard/{SCHEMA_VERSION}"}, "question": TEXT,
        "subject": _object({"id": TEXT, "title": TEXT, "data": TEXT}), "answer": TEXT,
        "limits": _object({"asked": TEXT, "set_on": TEXT, "chance": TEXT, "profiles": {"type": "array"}}),
        "rows": {"type": "array", "items": _ROW, "minItems": 1}, "trade_offs": {"type": "array"},
        "not_looked_at": {"type": "array", "items": _object({"what": TEXT, "why": TEXT})},
        "checklist": {"type": "array", "items": TEXT}, "evidence_for": TEXT,
        "provenance": _object({"run": TEXT, "version": {"type": "integer"}, "seed": {"type": "integer"}}, closed=False),
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}})})
