"""A matching round: from a snapshot of the pool to proposals, alternates, and a cause for each unmatched mentee."""

from services.matcher.domain.round.alternates import harmless_alternates
from services.matcher.domain.round.decide_round import Decision, decide_round, run_round
from services.matcher.domain.round.json_text import (
    digest,
    result_from_json,
    result_to_json,
    snapshot_from_json,
    snapshot_pieces,
    snapshot_to_json,
    warm_start_from_json,
    warm_start_to_json,
)
from services.matcher.domain.round.kept_reasons import Reason, decides, renewed
from services.matcher.domain.round.snapshot_and_result import Proposal, RoundResult, Snapshot, Unmatched
from services.matcher.domain.round.solve_pool import SolvedPool, solve_pool
from services.matcher.domain.round.verify import Verification, verify_round
from services.matcher.domain.round.warm_start import COLD_START, WarmStart

__all__ = [
    "COLD_START",
    "Decision",
    "Proposal",
    "Reason",
    "RoundResult",
    "Snapshot",
    "SolvedPool",
    "Unmatched",
    "Verification",
    "WarmStart",
    "decide_round",
    "decides",
    "digest",
    "harmless_alternates",
    "renewed",
    "result_from_json",
    "result_to_json",
    "run_round",
    "snapshot_from_json",
    "snapshot_pieces",
    "snapshot_to_json",
    "solve_pool",
    "verify_round",
    "warm_start_from_json",
    "warm_start_to_json",
]
