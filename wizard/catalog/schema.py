"""The shape of the knowledge files, as JSON Schema: one source for the checker and for editors."""

from typing import Any

from wizard.core.facts import SEVERAL, STAGES
from wizard.core.knowledge import CAUSE_KINDS

GOALS = ("push", "start", "exec")
FIELDS = (
    "error_code",
    "operation",
    "principal",
    "action",
    "actions",
    "resource",
    "region",
    "account",
    "denied_by",
    "cluster",
    "service",
    "task",
    "container",
    "image",
    "repository",
    "registry",
    "tag",
    "platform",
    "log_group",
    "secret",
    "key",
    "role",
    "policy",
    "endpoint",
    "host",
    "vpc",
    "subnet",
    "security_group",
    "route_table",
    "target_group",
    "file_system",
    "exit_code",
    "reason",
)
"""The field names of the contract, wherever they appear."""

_TEXT = {"type": "string", "minLength": 1}
_WORDS = {
    "type": "object",
    "properties": {"en": _TEXT, "ja": _TEXT},
    "required": ["en", "ja"],
    "additionalProperties": False,
}
_ID = {"type": "string", "pattern": r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$"}
_GLOBS = {"type": "array", "items": {"type": "string", "pattern": r"^[a-z*][a-z0-9.*-]*$"}}
_PHRASES = {"type": "array", "items": _TEXT}
_LINKS = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "string", "pattern": r"^https://[\w.-]+/"},
}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


_ALTERNATIVE = _object(
    {"phrase": _TEXT},
    {
        "near": _PHRASES,
        "any": _PHRASES,
        "without": _PHRASES,
        "regex": _TEXT,
        "score": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "within": {"type": "integer", "minimum": 20, "maximum": 2000},
    },
)
_EXAMPLE = _object(
    {"text": _TEXT, "source": _TEXT},
    {"fields": {"type": "object", "propertyNames": {"enum": list(FIELDS)}}},
)
_CONDITION = {"type": ["object", "array"]}
_STATUSES = ("confirmed", "suspected", "unknown", "ruled-out")


def _scenarios(statuses: tuple[str, ...], more: dict[str, Any]) -> dict[str, Any]:
    expect = _object({"status": {"enum": list(statuses)}}, {"fields": {"type": "object"}} | more)
    scenario = _object({"name": _TEXT, "facts": {"type": "object"}, "expect": expect})
    return {"type": "array", "minItems": 1, "items": scenario}


SYMPTOM = _object(
    {
        "id": _ID,
        "title": _WORDS,
        "explanation": _WORDS,
        "by_hand": _WORDS,
        "stage": {"enum": list(STAGES)},
        "goal": {"enum": list(GOALS)},
        "references": _LINKS,
        "match": {"type": "array", "minItems": 1, "items": _ALTERNATIVE},
        "causes": {
            "type": "array",
            "items": _object({"cause": _ID, "ask": _WORDS}),
        },
        "examples": _object(
            {
                "match": {"type": "array", "minItems": 1, "items": _EXAMPLE},
                "reject": {
                    "type": "array",
                    "minItems": 1,
                    "items": _object({"text": _TEXT}, {"is": _ID}),
                },
            }
        ),
    },
    {
        "yields_to": _GLOBS,
        "follows": _GLOBS,
        "extract": {"type": "array", "items": _TEXT},
        "harmless": {"type": "boolean"},
        "vague": {"type": "boolean"},
    },
)

CAUSE = _object(
    {
        "id": _ID,
        "title": _WORDS,
        "explanation": _WORDS,
        "stage": _TEXT,
        "goals": {"type": "array", "minItems": 1, "items": {"enum": list(GOALS)}},
        "references": _LINKS,
        "when": _CONDITION,
        "fields": {"type": "object", "additionalProperties": _TEXT},
        "fixes": {
            "type": "array",
            "items": _object({"fix": _ID}, {"when": _CONDITION, "why_not": _WORDS}),
        },
        "scenarios": _scenarios(_STATUSES, {"fixes": {"type": "array", "items": _ID}}),
    },
    {
        "kind": {"enum": list(CAUSE_KINDS)},
        "each": {"enum": sorted(SEVERAL)},
        "suspect": _CONDITION,
        "by_hand": _WORDS,
    },
)

NOTICE = _object(
    {
        "id": _ID,
        "title": _WORDS,
        "explanation": _WORDS,
        "goals": CAUSE["properties"]["goals"],
        "references": _LINKS,
        "when": _CONDITION,
        "fields": CAUSE["properties"]["fields"],
        "scenarios": _scenarios(("confirmed", "unknown", "ruled-out"), {}),
    },
    {"each": CAUSE["properties"]["each"]},
)

FIX = _object(
    {"id": _ID, "title": _WORDS, "effect": _WORDS, "cost": _WORDS},
    {"references": _LINKS},
)

GUIDE = _object(
    {
        "ask": _WORDS,
        "goals": {
            "type": "array",
            "minItems": 1,
            "items": _object(
                {
                    "goal": {"enum": list(GOALS)},
                    "title": _WORDS,
                    "ask": _WORDS,
                    "see": {
                        "type": "array",
                        "minItems": 1,
                        "items": _object({"title": _WORDS, "symptom": _ID}),
                    },
                }
            ),
        },
    }
)

KINDS: dict[str, dict[str, Any]] = {
    "symptoms": SYMPTOM,
    "causes": CAUSE,
    "notices": NOTICE,
    "fixes": FIX,
    "guide": GUIDE,
}


def document() -> dict[str, Any]:
    """Return the JSON Schema for editors: any one of the kinds of file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "fargate-wizard knowledge",
        "anyOf": [{"title": kind} | schema for kind, schema in KINDS.items()],
    }
