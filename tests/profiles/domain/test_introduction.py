"""The states of an introduction: contact opens only after acceptance, and an end is final."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from services.chassis.core.errors import Conflict
from services.profiles.domain.introduction import Introduction, Stage, advance

ACCEPTED = Introduction(
    match_id="m1",
    programme_id="p",
    mentee_id="a",
    mentor_id="b",
    stage="accepted",
    confirm_by=datetime(2030, 1, 1, tzinfo=UTC),
)
STAGES: tuple[Stage, ...] = ("accepted", "active", "ended")


def received(stage: Stage) -> Introduction:
    return ACCEPTED if stage == "accepted" else replace(ACCEPTED, stage=stage, confirm_by=None)


def after(*stages: Stage) -> Introduction | None:
    """Return the introduction after these states, refused ones left out."""
    stored: Introduction | None = None
    for stage in stages:
        with suppress(Conflict):
            stored = advance(stored, received(stage))
    return stored


def test_the_right_order_opens_contact_and_closes_it() -> None:
    introductions = [after(*STAGES[:count]) for count in (1, 2, 3)]
    assert [one is not None and one.contact_open for one in introductions] == [False, True, False]


@pytest.mark.parametrize("order", [order for order in permutations(STAGES) if order != STAGES])
def test_no_wrong_order_leaves_contact_open(order: tuple[Stage, ...]) -> None:
    for count in range(1, 4):
        introduction = after(*order[:count])
        in_order = "active" in order[:count] and order.index("accepted") < order.index("active")
        ended = "ended" in order[:count]
        assert (introduction is not None and introduction.contact_open) == (in_order and not ended)


def test_an_activation_without_acceptance_is_refused() -> None:
    with pytest.raises(Conflict):
        advance(None, received("active"))


def test_an_ended_match_never_changes() -> None:
    ended = advance(None, received("ended"))
    assert not ended.took_place
    for stage in STAGES:
        assert advance(ended, received(stage)) == ended


def test_a_repeated_acceptance_keeps_an_active_match() -> None:
    active = after("accepted", "active")
    assert active is not None
    assert advance(active, received("accepted")) == active


@pytest.mark.parametrize("change", [{"mentee_id": "x"}, {"mentor_id": "x"}, {"programme_id": "x"}])
@pytest.mark.parametrize("stage", STAGES)
def test_a_match_never_changes_its_people(change: dict[str, Any], stage: Stage) -> None:
    with pytest.raises(Conflict) as refused:
        advance(ACCEPTED, replace(received(stage), **change))
    assert refused.value.code == "other_people"
