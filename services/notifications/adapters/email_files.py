"""Write e-mail into a folder, for development: one ``.eml`` file per mail, written atomically."""

import os
from collections.abc import Generator, Sequence
from pathlib import Path

from services.chassis.core.clock import Clock
from services.notifications.adapters.email_message import email_of
from services.notifications.domain.delivery import Ending, SendOutcome
from services.notifications.ports import CannotWrite, Letter


class EmailFiles:
    """A channel that writes mails into ``folder``; file names sort by time."""

    name = "email"

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        """Write into ``folder``, which is created when it is missing."""
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send_all(self, letters: Sequence[Letter]) -> Generator[SendOutcome, None, None]:
        """Write mails one by one."""
        yield from map(self.send, letters)

    def send(self, letter: Letter) -> SendOutcome:
        """Write one mail to a temporary file, then rename it."""
        try:
            content = email_of(letter, self._sender, self._clock).content
            self._folder.mkdir(parents=True, exist_ok=True)
            stamp = self._clock.now().strftime("%Y%m%dT%H%M%S%f")
            path = self._folder / f"{stamp}-{letter.id}.eml"
            temporary = path.with_suffix(".part")
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except CannotWrite as fault:
            return SendOutcome(Ending.NEVER, fault.cause)
        except OSError:
            return SendOutcome(Ending.LATER, "folder")
        return SendOutcome(Ending.DELIVERED)
