"""How the API describes itself: tags, one problem schema, and the problem answers each route can give."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

TAGS = [
    {"name": "account", "description": "Registering, signing in, your profile and your rights"},
    {"name": "consent", "description": "What you allow, each purpose on its own"},
    {"name": "check-in", "description": "Photos and the readings made from them"},
    {"name": "mood", "description": "Your hours, days and weeks"},
    {"name": "support", "description": "Assessments, notices, the bot and self-reports"},
    {"name": "hr", "description": "Escalations that people agreed to share, and aggregates"},
    {"name": "admin", "description": "Running an organisation"},
    {"name": "camera", "description": "Office cameras"},
]

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do, in a sentence"},
        "code": {"type": "string", "description": "Stable, for programs"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "example": {
        "type": "about:blank#consent_missing",
        "title": "This needs your consent first",
        "status": 403,
        "detail": "Allow “read my photos” first; nothing was kept.",
        "code": "consent_missing",
    },
}

ANSWER = {
    "description": "A problem, with a stable code",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe(app: FastAPI) -> None:
    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            _add_problems(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]


def _add_problems(schema: dict[str, Any]) -> None:
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = ANSWER
            operation["responses"]["5XX"] = ANSWER
