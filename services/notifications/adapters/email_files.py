"""E-mail into a folder, for one's own machine: one `.eml` file per mail, whole or not there."""

import os
from collections.abc import Generator, Sequence
from pathlib import Path

from services.chassis.core.clock import Clock
from services.notifications.adapters.email_message import email_of
from services.notifications.domain.delivery import Ending, Outcome
from services.notifications.ports import CannotWrite, Letter


class EmailFiles:
    """Writes mails into `folder`; names sort by time."""

    name = "email"

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        """Write into `folder`, which is made when it is not there."""
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send_all(self, letters: Sequence[Letter]) -> Generator[Outcome, None, None]:
        """Write mails one by one."""
        yield from map(self.send, letters)

    def send(self, letter: Letter) -> Outcome:
        """Write one mail: under a name nobody looks at, then renamed in one step."""
        try:
            written = email_of(letter, self._sender, self._clock).content
            self._folder.mkdir(parents=True, exist_ok=True)
            stamp = self._clock.now().strftime("%Y%m%dT%H%M%S%f")
            whole = self._folder / f"{stamp}-{letter.id}.eml"
            half = whole.with_suffix(".part")
            with half.open("wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            half.rename(whole)
        except CannotWrite as fault:
            return Outcome(Ending.NEVER, fault.cause)
        except OSError:
            return Outcome(Ending.LATER, "folder")
        return Outcome(Ending.DELIVERED)
