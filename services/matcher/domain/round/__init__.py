"""A matching round: from a snapshot of the pool to proposals, alternates, and a reason for everybody else."""

from services.matcher.domain.round.alternates import harmless_alternates
from services.matcher.domain.round.as_json import (
    prices_from_json,
    prices_to_json,
    result_from_json,
    result_to_json,
    snapshot_from_json,
    snapshot_pieces,
    snapshot_to_json,
)
from services.matcher.domain.round.canonical import digest
from services.matcher.domain.round.prices import NO_PRICES, Prices
from services.matcher.domain.round.reasons import Reason, decides, renewed
from services.matcher.domain.round.run import Decision, decide_round, run_round
from services.matcher.domain.round.settle import Settled, settle
from services.matcher.domain.round.values import Proof, Proposal, RoundResult, Snapshot, Unmatched
from services.matcher.domain.round.verify import Verification, verify_round

__all__ = [
    "NO_PRICES",
    "Decision",
    "Prices",
    "Proof",
    "Proposal",
    "Reason",
    "RoundResult",
    "Settled",
    "Snapshot",
    "Unmatched",
    "Verification",
    "decide_round",
    "decides",
    "digest",
    "harmless_alternates",
    "prices_from_json",
    "prices_to_json",
    "renewed",
    "result_from_json",
    "result_to_json",
    "run_round",
    "settle",
    "snapshot_from_json",
    "snapshot_pieces",
    "snapshot_to_json",
    "verify_round",
]
