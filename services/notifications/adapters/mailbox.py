"""Read the mails of the file channel, for the development mailbox."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from services.notifications.ports import StoredMail

_NAME = re.compile(r"[0-9A-Za-z-]{1,120}\.eml")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Mailbox:
    """A folder of ``.eml`` files, whose names sort by time."""

    def __init__(self, folder: Path) -> None:
        """Read from ``folder``; it may not exist yet."""
        self._folder = folder

    def newest(self, *, to: str = "", limit: int = 200) -> Sequence[StoredMail]:
        """Return up to ``limit`` mails, newest first; with ``to`` only those of that recipient."""
        mails: list[StoredMail] = []
        for path in sorted(self._folder.glob("*.eml"), reverse=True):
            mail = self.read(path.name)
            if mail is not None and (not to or mail.to.casefold() == to.strip().casefold()):
                mails.append(mail)
            if len(mails) == limit:
                break
        return mails

    def read(self, name: str) -> StoredMail | None:
        """Return a mail by its file name; None for any other name, so that no path leads out of the folder."""
        if not _NAME.fullmatch(name):
            return None
        try:
            message = message_from_bytes((self._folder / name).read_bytes(), policy=policy.default)
        except OSError:
            return None
        text = _part(message, "plain")
        return StoredMail(
            name=name,
            to=_address(message),
            subject=str(message.get("Subject", "")),
            at=parsedate_to_datetime(str(message["Date"])) if message["Date"] else _NEVER,
            text=text,
            html=_part(message, "html"),
            links=tuple(dict.fromkeys(_LINK.findall(text))),
        )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""


def _address(message: EmailMessage) -> str:
    addresses = getattr(message["To"], "addresses", ())
    return str(addresses[0].addr_spec) if addresses else ""
