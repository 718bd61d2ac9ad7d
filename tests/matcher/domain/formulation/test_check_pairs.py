"""Many pairs checked at once give the same answers as each checked alone."""

import numpy as np
import pytest

from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.explain import explain
from services.matcher.domain.formulation.check_pairs import passing
from services.matcher.domain.formulation.weighted_pool import QUALITY_FLOOR, weigh_pool
from services.matcher.domain.weights import Weights, default_weights
from tests.support.people import NOW, a_mentee, a_mentor, asks_about, free_on, lived_with, must, spoken, weights

MENTEES = (
    a_mentee("plain"),
    a_mentee("tried", excluded=["plain"]),
    a_mentee("asks", musts=(must("gender", "woman"), must("device_class", "aid")), devices=(asks_about("aid"),)),
    a_mentee("young", minor=True, languages=spoken("es", "en")),
    a_mentee("long", request_shape="long_haul", topics=("food", "work")),
    a_mentee("evenings", availability=(free_on("mon", 18, 20),)),
)
MENTORS = (
    a_mentor("plain"),
    a_mentor("woman", gender="woman", devices=(lived_with("aid"),), topics=("food",)),
    a_mentor("cleared", cleared_for_minors=True, languages=spoken("es")),
    a_mentor("small", request_shapes=("one_thing",)),
    a_mentor("away", paused=True),
    a_mentor("mornings", availability=(free_on("tue", 8, 10),)),
)


@pytest.mark.parametrize("given", [default_weights(), weights(quality_floor=60), weights(availability="hard")])
def test_a_pair_passes_when_it_breaks_no_rule(given: Weights) -> None:
    rows = np.divmod(np.arange(len(MENTEES) * len(MENTORS)), len(MENTORS))
    weighted_pool = weigh_pool(Pool(MENTEES, MENTORS, NOW, given))
    broken = [set(explain(MENTEES[i], MENTORS[j], given, NOW).rules) for i, j in zip(*rows, strict=True)]
    assert passing(weighted_pool, *rows).tolist() == [not rules for rules in broken]
    assert passing(weighted_pool, *rows, floor=False).tolist() == [not rules - {QUALITY_FLOOR} for rules in broken]
    assert {"excluded", "ready", "request_shape", "cleared", "must:gender"} <= set().union(*broken)
