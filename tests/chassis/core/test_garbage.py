"""The search for reference cycles rests during large work, and goes on afterwards whatever happens."""

from __future__ import annotations

import gc

import pytest

from services.chassis.core.garbage import search_for_cycles_paused


def test_the_search_rests_until_the_last_of_all_pauses_has_ended() -> None:
    assert gc.isenabled()
    with search_for_cycles_paused():
        with search_for_cycles_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_search_goes_on_after_an_error() -> None:
    with pytest.raises(RuntimeError), search_for_cycles_paused():
        raise RuntimeError
    assert gc.isenabled()
