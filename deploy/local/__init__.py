"""Real servers on this machine without containers or installation, for ``make run``, ``make test`` and benchmarks.

Each is a ``deploy.local.server.LocalServer`` (``start()`` returns an address, ``stop()`` leaves nothing running; also a
context manager) with its files in a given folder, on a free port of 127.0.0.1. Each can be run by hand, for example
``python -m deploy.local.kafka --dir var/kafka``.
"""
