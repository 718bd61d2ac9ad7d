"""The demonstration waits only for the answers of its own people."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from deploy.demo.answers import Actor, Answering
from deploy.demo.client import Client

OPEN = {
    "proposed": [
        {"id": "p1", "mentor_id": "kim", "mentee_id": "ana"},
        {"id": "p2", "mentor_id": "x", "mentee_id": "y"},
    ],
    "accepted": [
        {"id": "a1", "mentor_id": "kim", "mentee_id": "ana"},
        {"id": "a2", "mentor_id": "kim", "mentee_id": "y"},
    ],
}


class FakeClient:
    """A client with these open matches."""

    def pages(self, _: str, *, token: str, state: str) -> Iterator[Mapping[str, Any]]:
        assert token == "staff"
        yield from OPEN[state]


def test_only_answers_of_its_own_people_are_outstanding() -> None:
    own = {name: Actor(name, "token", f"{name}@example.org", likely=1.0, by_link=False) for name in ("kim", "ana")}
    answering = Answering(cast(Client, FakeClient()), "staff", {"kim": own["kim"]}, {"ana": own["ana"]}, seed=1)
    assert answering.outstanding() == 2
