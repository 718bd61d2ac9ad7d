"""The scheduled ticks of notifications."""

from collections.abc import Sequence
from datetime import timedelta

from services.chassis.background.scheduler import Tick
from services.notifications.ports import Unit
from services.notifications.use_cases.tidy_deliveries import probe_mail_server, prune_deliveries, tidy_deliveries


def ticks(uow: Unit) -> Sequence[Tick]:
    """Return the ticks: probe the mail server every ten seconds, tidy up every minute, delete old rows every hour."""
    return (
        Tick("probe_mail_server", timedelta(seconds=10), lambda: _probe(uow)),
        Tick("sweep", timedelta(minutes=1), lambda: _until_done(uow)),
        Tick("prune", timedelta(hours=1), lambda: _prune(uow)),
    )


def _until_done(uow: Unit) -> None:
    while tidy_deliveries(uow):
        pass


def _probe(uow: Unit) -> None:
    probe_mail_server(uow)


def _prune(uow: Unit) -> None:
    prune_deliveries(uow)
