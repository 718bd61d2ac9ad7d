"""The OpenAPI document of each service, as its own running door would answer it."""

import importlib
import json
from collections.abc import Mapping

from deploy.docs.events import as_json
from deploy.local.layout import SERVICES
from services.chassis.observability.logs import configure


def openapi_documents() -> Mapping[str, str]:
    """File name -> OpenAPI 3.1 document of each service."""
    return {f"{service}.json": _document(service) for service in SERVICES}


def _document(service: str) -> str:
    configure("ERROR", service, "docs")  # the request that reads the document is nobody's news
    bootstrap = importlib.import_module(f"services.{service}.bootstrap")
    document = json.loads(bootstrap.SERVICE.openapi_document())
    return as_json(document)
