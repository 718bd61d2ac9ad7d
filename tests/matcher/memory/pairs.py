"""Pins and blocks in memory: see ``adapters/pairs_store.py``."""

from __future__ import annotations

from collections.abc import Sequence

from services.matcher.domain.candidates import Pair
from services.matcher.domain.records import PairRule, PairRuleKind, Position
from tests.matcher.memory.state import Aggregate


class MemoryPairs(Aggregate):
    def of(self, pair: Pair) -> PairRule | None:
        return self.state.pairs.get(pair)

    def pin_of(self, mentee_id: str) -> PairRule | None:
        pins = [rule for pair, rule in self.state.pairs.items() if pair.mentee_id == mentee_id and rule.kind == "pin"]
        return pins[0] if pins else None

    def listed(
        self, programme_id: str, kind: PairRuleKind, *, after: Position | None, limit: int
    ) -> Sequence[PairRule]:
        rows = [one for one in self.state.pairs.values() if one.programme_id == programme_id and one.kind == kind]
        rows.sort(key=lambda one: (one.since, "/".join(one.pair)), reverse=True)
        return [row for row in rows if after is None or (row.since, "/".join(row.pair)) < after][:limit]

    def hold(self, pair: Pair) -> bool:
        mentee, mentor = (self.state.members.get(person_id) for person_id in pair)
        return mentee is not None and mentor is not None and bool(mentee.mentee) and bool(mentor.mentor)

    def keep(self, rule: PairRule) -> None:
        assert rule.pair not in self.state.pairs
        self.state.pairs[rule.pair] = rule

    def drop(self, pair: Pair, kind: PairRuleKind) -> bool:
        found = self.state.pairs.get(pair)
        if found is None or found.kind != kind:
            return False
        del self.state.pairs[pair]
        return True
