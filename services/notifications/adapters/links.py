"""The links in letters: signed, each for one purpose and one person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.notifications.domain import kinds
from services.notifications.domain.delivery import Delivery

UNSUBSCRIBE = "unsubscribe"
_UNSUBSCRIBE_FOR = timedelta(days=400)

_ANSWER = {kinds.PROPOSAL.name, kinds.PROPOSAL_REMINDER.name, kinds.ACTIVE_MENTOR.name}
_INTRODUCTION = {kinds.INTRODUCTION.name, kinds.INTRODUCTION_REMINDER.name, kinds.ACTIVE_MENTEE.name}


class Signer(Protocol):
    """Signs links (the chassis' LinkSigner)."""

    def sign(self, purpose: str, subject: str, person: str, expires_at: datetime) -> str:
        """Return a token that opens one subject for one person until a stated time."""
        ...


@dataclass(frozen=True)
class Links:
    """Makes links below ``public_url``."""

    signer: Signer
    public_url: str

    @property
    def home(self) -> str:
        """Return the address of the front page."""
        return f"{self.public_url.rstrip('/')}/"

    def of(self, delivery: Delivery) -> str:
        """Return the link of a letter: to the page that answers its question, or to the front page."""
        name = delivery.kind.name
        if name in _ANSWER:
            return self._signed("offers", "answer_match", delivery)
        if name in _INTRODUCTION:
            return self._signed("introductions", "introduction", delivery)
        if name == kinds.SIGN_IN.name:
            return self._signed("sign-in", "sign_in", delivery)
        return self.home

    def unsubscribe(self, delivery: Delivery) -> str:
        """Return the link that stops the helpful kinds for a person."""
        ends = delivery.created_at + _UNSUBSCRIBE_FOR
        token = self.signer.sign(UNSUBSCRIBE, "helpful", delivery.person_id, ends)
        return f"{self.home}notifications/v1/unsubscribe/{token}"

    def _signed(self, path: str, purpose: str, delivery: Delivery) -> str:
        token = self.signer.sign(purpose, delivery.subject, delivery.person_id, delivery.lapses_at)
        return f"{self.home}{path}/{token}"
