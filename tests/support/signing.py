"""Sign records in tests as the relay of any service does, with the development key that all of them share."""

from __future__ import annotations

import json
from dataclasses import replace

from services.chassis.delivery.signatures import EventSigner, EventVerifier, public_half
from services.chassis.service.service_settings import DEVELOPMENT_EVENT_PRIVATE_KEY
from services.chassis.storage.outbox import Outgoing

PRODUCERS = ("profiles", "matcher", "notifications", "shop", "other")
SIGNER = EventSigner(DEVELOPMENT_EVENT_PRIVATE_KEY)
VERIFIER = EventVerifier(json.dumps({name: [public_half(DEVELOPMENT_EVENT_PRIVATE_KEY)] for name in PRODUCERS}))


def signed(event: Outgoing, signer: EventSigner = SIGNER) -> Outgoing:
    """Return an event with the signature of its record."""
    return replace(event, headers=signer.sign(event.topic, event.key.encode(), event.value, event.headers))
