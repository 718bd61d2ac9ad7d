"""The whole walk of the matcher with its real engine: an event comes in, a mentor is asked, and says yes or no."""

from __future__ import annotations

from typing import Any

import pytest

from services.chassis.background.worker import Worker
from services.chassis.delivery.subscriber import Subscriber
from services.chassis.messages.codec import encode
from services.chassis.messages.envelope import Envelope
from services.chassis.messages.event import Event
from services.chassis.service.stop import Stop
from services.events import profiles
from services.events.facts import DeviceInterest, DeviceLived, LifeStage
from services.events.matcher import MatchProposed
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.round import run_round, verify_round
from tests.matcher.app_harness import ADMIN, Stage
from tests.matcher.memory import MemoryDatabase
from tests.matcher.scenario import PROGRAMME, Scenario, spoken
from tests.support.fakes import FakeBroker
from tests.support.signing import SIGNER, VERIFIER


@pytest.fixture
def real(stage: Stage) -> Stage:
    stage.decide = run_round
    return stage


class Processes:
    """The consumer and the worker of a stage, turned by hand."""

    def __init__(self, stage: Stage) -> None:
        parts = stage.parts
        assert isinstance(parts.broker, FakeBroker)
        self.stage = stage
        self.broker = parts.broker
        self.subscriber = Subscriber(parts.broker, "matcher", SERVICE.handlers(parts), parts.uow, VERIFIER)
        self.worker = Worker(parts.engine, SERVICE.jobs(parts), read_now=stage.clock.read)
        self.sent = 0

    def say(self, event: Event) -> None:
        self.sent += 1
        envelope = Envelope(
            id=f"event-{self.sent}",
            source="/profiles",
            type=event.type,
            subject=event.partition_key,
            time=self.stage.clock.now(),
            programme=PROGRAMME,
        )
        key, value = event.partition_key.encode(), encode(event)
        self.broker.put(event.topic, key, value, SIGNER.sign(event.topic, key, value, envelope.headers()))

    def turn(self) -> None:
        with self.broker.consumer("matcher", [profiles.PersonRegistered.topic]) as consumer:
            self.subscriber.turn(consumer, Stop())
        self.stage.clock.forward(self.stage.terms.debounce)
        while self.worker.run_once():
            pass


def test_an_event_becomes_an_offer_and_its_repetition_nothing(stage: Stage) -> None:
    processes = Processes(stage)
    elsewhere = Scenario(MemoryDatabase(stage.clock), stage.clock)  # where the same two are made up
    for person_id in (elsewhere.mentor("mentor"), elsewhere.mentee("mentee")) * 2:
        processes.say(
            profiles.PersonRegistered(
                person_id=person_id, programme_id=PROGRAMME, version=1, locale="en", **elsewhere.facts[person_id]
            )
        )
    processes.turn()
    assert [(event.mentee_id, event.mentor_id) for event in stage.published(MatchProposed)] == [("mentee", "mentor")]
    accepted = stage.post(f"/matcher/v1/matches/{stage.published(MatchProposed)[0].match_id}/accept", "mentor")
    assert accepted.status_code == 200
    processes.turn()
    assert len(stage.published(MatchProposed)) == 1


def test_the_best_mentor_is_asked_then_the_next_best(real: Stage) -> None:
    real.mentor("stranger", languages=spoken("cy"))
    real.mentor(
        "speaks", languages=spoken("es"), devices=(DeviceLived(device_class="aid", since="2020-01", until="2022-01"),)
    )
    real.mentor(
        "lives-it",
        languages=spoken("es"),
        devices=(DeviceLived(device_class="aid", since="2024-01"),),
        life_stages=("student",),
        situations=("considering_device",),
        capacity=2,
    )
    mentee = real.mentee(
        languages=spoken("es"),
        devices=(DeviceInterest(device_class="aid", stage="considering"),),
        life_stages=(LifeStage(code="student"),),
        situations=("considering_device",),
    )
    best = real.asked(mentee)
    assert best.mentor_id == "lives-it"
    assert {"language", "device"} <= {reason.criterion for reason in best.reasons}
    assert real.post(f"/matcher/v1/matches/{best.id}/decline", "lives-it").status_code == 200
    assert real.asked(mentee).mentor_id == "speaks"
    why = real.get(f"/matcher/v1/matches/{real.asked(mentee).id}/explanation", ADMIN)
    assert 0 < why["score"] <= 100
    assert sum(part["weight"] for part in why["parts"]) == pytest.approx(1000, abs=2)


def test_a_stored_round_runs_again_to_the_same_bytes(real: Stage) -> None:
    real.mentor(capacity=2)
    for _ in range(3):
        real.mentee()
    real.rounds()
    with real.database.begin(read_only=True) as store:
        done = store.rounds.listed(PROGRAMME, after=None, limit=1)[0]
        stored = store.rounds.stored(done.id)
    assert (done.proposed, done.unmatched, done.certificate["optimal"]) == (2, 1, True)
    assert stored is not None
    assert verify_round(*stored).same


def test_published_weights_change_the_next_round(real: Stage) -> None:
    real.mentor("same-stage", life_stages=("student",))
    real.mentor("same-device", devices=(DeviceLived(device_class="aid", since="2024-01"),))
    told: dict[str, Any] = {
        "devices": (DeviceInterest(device_class="aid", stage="considering"),),
        "life_stages": (LifeStage(code="student"),),
    }

    def publish(version: int, **weights: int) -> None:
        criteria = {name: {"mode": "soft", "weight": weight} for name, weight in weights.items()}
        body = {"criteria": criteria, "reason": "a story needs it"}
        answer = real.post("/matcher/v1/weights", ADMIN, json=body, headers={"If-Match": f'"{version}"'})
        assert answer.status_code == 201, answer.text

    publish(1, life_stage=100, device=1)
    first = real.asked(real.mentee(**told))
    assert first.mentor_id == "same-stage"
    real.post(f"/matcher/v1/matches/{first.id}/end", ADMIN, json={"cause": "safeguarding"})
    publish(2, life_stage=1, device=100)
    assert real.asked(first.mentee_id).mentor_id == "same-device"
