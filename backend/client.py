"""Serves the built phone client from the API's own origin; unknown paths open the app."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

# Vite names these files by their content, so they never change.
IMMUTABLE = "public, max-age=31536000, immutable"

# The catch-all's name: it stands behind all other routes.
CLIENT = "client"


def mount_client(app: FastAPI, dist: Path) -> None:
    """Looks at the folder on each request: a client built later is served without a restart."""

    @app.get("/{path:path}", include_in_schema=False, name=CLIENT)
    def client(request: Request, path: str) -> Response:
        if path.startswith("api/"):
            raise HTTPException(404)
        index = dist / "index.html"
        if not index.is_file():
            return PlainTextResponse("The phone client is not built yet: run `make run`.", 404)
        wanted = _file(dist, path)
        if wanted is not None:
            cache = IMMUTABLE if path.startswith("assets/") else "no-cache"
            return _sent(request, wanted, cache)
        if "." in path.rsplit("/", 1)[-1]:
            return PlainTextResponse("Not found", 404)
        return _sent(request, index, "no-cache")


def _sent(request: Request, file: Path, cache: str) -> Response:
    """A phone asks for the page and its service worker at each start; what it has already is not sent again."""
    answer = FileResponse(file, headers={"cache-control": cache}, stat_result=file.stat())
    if answer.headers["etag"] not in request.headers.get("if-none-match", ""):
        return answer
    return Response(status_code=304, headers={"etag": answer.headers["etag"], "cache-control": cache})


def _file(dist: Path, path: str) -> Path | None:
    """Within the folder; None for what is no file, or can be no file's name."""
    try:
        wanted = (dist / path).resolve()
        return wanted if wanted.is_relative_to(dist.resolve()) and wanted.is_file() else None
    except (OSError, ValueError):
        return None
