"""The table at the end of the demonstration, from the statistics of the services."""

from collections.abc import Mapping
from typing import Any

from deploy.demo.answers import Actor, Answering
from deploy.demo.client import Client

_CAUSES = {
    "shortage": "suitable mentors went to others",
    "capacity": "those who fit have no free place, or are not ready",
    "hard_rule": "a condition rules everyone out",
    "never_possible": "nobody in the pool could",
    "next_round": "the next round will look",
}


def table(
    client: Client,
    admin: str,
    answering: Answering,
    mentees: Mapping[str, Actor],
    mentors: Mapping[str, Actor],
    seconds: float,
) -> str:
    """Return the table as text."""
    stats = client.get("/matcher/v1/stats", token=admin)
    letters = client.get("/notifications/v1/stats", token=admin)
    states = stats["matches"]
    rows = [
        ("mentors, mentees", f"{len(mentors)}, {len(mentees)}"),
        ("matched", f"{states.get('active', 0)} active, {states.get('accepted', 0)} being introduced"),
        ("asked, not answered", f"{states.get('proposed', 0)} ({answering.silent} by mentors who stay silent)"),
        *_waiting(stats["waiting"]),
        ("answers", ", ".join(f"{count} {what}" for what, count in answering.counts.items())),
        ("sign-up to proposal", _durations(stats["sign_up_to_proposal"])),
        ("mails", _mails(letters)),
        ("whole demonstration", f"{seconds:.1f} s"),
    ]
    wide = max(len(name) for name, _ in rows)
    line = "─" * (wide + 64)
    return "\n".join([line, *(f"{name:<{wide}}  {value}" for name, value in rows), line])


def _waiting(causes: Mapping[str, int]) -> list[tuple[str, str]]:
    rows = [("waiting", str(sum(causes.values())))]
    rows += [("", f"{count:>4}  {cause}: {_CAUSES.get(cause, cause)}") for cause, count in sorted(causes.items())]
    return rows


def _durations(quantiles: Mapping[str, Any]) -> str:
    if not quantiles["count"]:
        return "nobody was asked"
    return f"median {quantiles['median']:.2f} s, p99 {quantiles['p99']:.2f} s, over {quantiles['count']} people"


def _mails(letters: Mapping[str, Any]) -> str:
    by_language: Mapping[str, int] = letters["delivered_by_locale"]
    several = sorted(by_language.items(), key=lambda item: -item[1])
    return f"{sum(by_language.values())} ({', '.join(f'{count} {locale}' for locale, count in several)})"
