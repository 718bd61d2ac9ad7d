"""Real servers on this machine, without containers and without installing: for `make run`, `make test` and benches.

Each is a `deploy.local.server.LocalServer` (`start()` answers an address, `stop()` leaves nothing running, works as a
`with` block) with its files in a folder given by the caller, on a free port of 127.0.0.1. Each can be run by hand,
for example `python -m deploy.local.kafka --dir var/kafka`.
"""
