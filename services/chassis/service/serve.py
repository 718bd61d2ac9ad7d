"""The web server of a service: gunicorn, one worker with threads, configured in code so that all services run alike.

The app is built in the worker, after the fork: engines and clients must not be shared across it. With one worker,
metrics and in-process limits count every request; more capacity comes from more processes on other ports.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from services.chassis.core.errors import StartRefused
from services.chassis.service.buffering_worker import BufferingWorker

GRACE = 8
"""Seconds that running requests have to end after SIGTERM; less than the ten that a process may take."""

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - holds the worker's heartbeat file, which a slow disk could delay


def serve(
    factory: Callable[[], WSGIApplication],
    *,
    host: str,
    port: int,
    threads: int = 8,
    worker: type[BufferingWorker] = BufferingWorker,
) -> None:
    """Serve the app that ``factory`` builds until SIGTERM or SIGINT; return after running requests have ended.

    ``worker`` states how long slow callers are waited for.

    Raises StartRefused when the port is taken or the app cannot be built.
    """
    listener, starter = _listen(host, port), os.getpid()
    logging.getLogger(__name__).info("listening", extra={"port": listener.getsockname()[1]})
    try:
        _Server(factory, _options(listener.detach(), threads, worker)).run()
    except SystemExit as end:
        if os.getpid() != starter:
            raise  # the worker, which is a fork of this process, has nothing to do after its end
        if end.code:
            raise StartRefused("the web server has ended; the lines above say why") from None


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as fault:
        raise StartRefused(
            f"PORT {port} cannot be used on {host} ({type(fault).__name__}): it may be taken; choose another"
        ) from fault


def _options(listener: int, threads: int, worker: type[BufferingWorker]) -> dict[str, Any]:
    options = {
        "bind": [f"fd://{listener}"],
        "worker_class": worker,
        "workers": 1,
        "threads": threads,
        "timeout": 30,
        "graceful_timeout": GRACE,
        "keepalive": 5,
        "preload_app": False,
        "control_socket_disable": True,  # its default path is shared by all servers of one account
        "accesslog": None,  # ``request_log`` writes a line per request, without the path
        "logger_class": PlainLogger,
    }
    if _SHARED_MEMORY.is_dir():
        options["worker_tmp_dir"] = str(_SHARED_MEMORY)
    return options


class PlainLogger(Logger):
    """Pass gunicorn's log lines to the root logger, so that they have the same format as all others."""

    def setup(self, cfg: Any) -> None:
        """Leave level and handlers as ``logs.configure`` set them."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)


class _Server(BaseApplication):
    """Gunicorn, configured only in code."""

    def __init__(self, factory: Callable[[], WSGIApplication], options: dict[str, Any]) -> None:
        self._factory = factory
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Set our options; all others keep gunicorn's default."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the app, in the worker; print wrong settings without a traceback."""
        try:
            return self._factory()
        except StartRefused as refused:
            sys.stderr.write(f"{refused}\n")
            raise
