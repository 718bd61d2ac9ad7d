"""The OpenAPI document of each service, as its API serves it."""

import importlib
import json
from collections.abc import Mapping

from deploy.docs.events import as_json
from deploy.local.layout import SERVICES
from services.chassis.observability.logs import configure


def openapi_documents() -> Mapping[str, str]:
    """Return the OpenAPI 3.1 document of each service by file name."""
    return {f"{service}.json": _document(service) for service in SERVICES}


def _document(service: str) -> str:
    configure("ERROR", service, "docs")  # the request that reads the document need not be logged
    bootstrap = importlib.import_module(f"services.{service}.bootstrap")
    document = json.loads(bootstrap.SERVICE.openapi_document())
    return as_json(document)
