"""Routes for the OpenAPI document, its viewer, and the static files of pages; nothing loads from another origin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, jsonify, send_file
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from services.chassis.web.access_policy import allow
from services.chassis.web.api import Api
from services.chassis.web.html_pages import render

STATIC = Path(__file__).parent / "static"


def docs_routes(name: str, api: Api, assets: Sequence[Path]) -> Blueprint:
    """Return ``/{name}/openapi.json``, ``/{name}/docs`` and ``/{name}/static/…``.

    The folders in ``assets`` are searched before the chassis' own static files.
    """
    routes = Blueprint("docs", __name__)
    folders = [*assets, STATIC]

    @routes.get(f"/{name}/openapi.json")
    @allow("anyone")
    def description() -> Response:
        return jsonify(api.spec.to_dict())

    @routes.get(f"/{name}/docs")
    @allow("anyone")
    def viewer() -> Response:
        return render("docs.html", lang="en", title=api.spec.title, description=f"/{name}/openapi.json")

    @routes.get(f"/{name}/static/<path:path>")
    @allow("anyone")
    def static(path: str) -> Response:
        for folder in folders:
            file = safe_join(str(folder), path)
            if file is not None and Path(file).is_file():
                response = send_file(file, conditional=True, etag=True, max_age=3600)
                response.headers["Cache-Control"] = "public, max-age=3600"
                return response
        raise NotFound

    return routes
