"""Serve the shop as a process, for the tests of the web server: ``python -m tests.chassis.web.serving api``."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from flask import Blueprint, Flask, request

from services.chassis.core.errors import StartRefused
from services.chassis.observability import logs
from services.chassis.service.buffering_worker import BufferingWorker
from services.chassis.service.cli import run_service
from services.chassis.service.serve import serve
from services.chassis.service.stop import Stop
from services.chassis.web.access_policy import allow
from services.chassis.web.app import build_app
from tests.chassis.web.shop_app import FakeHealth, shop_settings


def build() -> Flask:
    if os.environ.get("SHOP_REFUSES"):
        raise StartRefused("SHOP_REFUSES is set: please unset it")
    pages = Blueprint("slow", __name__)

    @pages.get("/slow/<token>")
    @allow("anyone")
    def slow(token: str) -> Any:
        sys.stdout.write("a slow request runs\n")
        sys.stdout.flush()
        time.sleep(float(request.args["seconds"]))
        return {"pid": os.getpid(), "token": len(token)}

    @pages.post("/echo")
    @allow("anyone")
    def echo() -> Any:
        return {"length": len(request.get_data()), "headers": len(request.headers)}

    return build_app(name="shop", title="The shop", settings=shop_settings(), health=FakeHealth(), pages=[pages])


def api(stop: Stop) -> None:
    """Serve the shop."""
    del stop
    seconds = float(os.environ.get("SHOP_PATIENCE", "10"))
    worker = type("Worker", (BufferingWorker,), {"head_seconds": seconds, "body_seconds": 1.5 * seconds})
    serve(build, host="127.0.0.1", port=int(os.environ["SHOP_PORT"]), threads=4, worker=worker)


if __name__ == "__main__":
    sys.exit(
        run_service(
            "shop", "A shop.", {"api": api}, configure_logs=lambda name, role: logs.configure("INFO", name, role)
        )
    )
