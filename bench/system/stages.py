"""The stages of the pipeline, each on the output of the one before."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from bench.no_limits import NO_LIMITS
from bench.system.load import Answer, Body, as_fast_as_answered, at_a_rate
from bench.system.meters import cpu_seconds, memory
from bench.system.rig import Meter, Rig, Row, drain
from bench.system.stacks import Stack
from deploy.demo.client import Client
from deploy.demo.population import programme
from deploy.local.layout import SERVICES
from deploy.local.process import Process
from deploy.local.server import free_port
from deploy.local.system import System
from services.chassis.broker.open_broker import open_broker
from services.chassis.delivery.signatures import EventSigner
from services.chassis.messages.event import Event
from services.chassis.storage.outbox import outgoing
from services.events.matcher import MatchAccepted, MatchActivated, MatchProposed, Reason

Add = Callable[[Row], None]
SIGN_UP, APPLY = "/profiles/v1/mentees", "/profiles/v1/mentors"
_TURNS = 5
_CLIENTS = 8  # as many as the server has threads
_INBOX = "SELECT count(*) FROM inbox WHERE NOT dead"
_SENT = "SELECT count(*) FROM outbox WHERE published_at IS NOT NULL"


@dataclass(frozen=True)
class Sizes:
    """The sizes of a run."""

    seed: int
    people: int
    mentors: int
    rate: float
    seconds: float


def stages(stack: Stack, folder: Path, sizes: Sizes, wanted: Sequence[str], add: Add) -> None:
    """Run the stages in ``wanted``."""
    if "roles" in wanted:
        rig = Rig(stack, folder)
        ids = sign_ups(rig, sizes, add)
        add(drain(rig, "profiles", "relay", partial(rig.count, "profiles", _SENT), 2 * len(ids)))
        add(drain(rig, "matcher", "consumer", partial(rig.count, "matcher", _INBOX), len(ids)))
        consumed = partial(rig.count, "notifications", _INBOX)
        filling = [drain(rig, "notifications", "consumer", consumed, 2 * len(ids)), mails(rig, len(ids))]
        for row in filling:
            add(row)
        add(drain(rig, "notifications", "relay", partial(rig.count, "notifications", _SENT), len(ids)))
        add(filled(filling, len(ids)))
        matches = proposals(rig, ids)
        add(drain(rig, "notifications", "consumer", lambda: consumed() - 2 * len(ids), 3 * matches) | _named("matches"))
        add(drain(rig, "profiles", "consumer", partial(rig.count, "profiles", _INBOX), 2 * matches))
    if "system" in wanted:
        whole_system(stack, folder, sizes, add)


def _named(what: str) -> Row:
    return {"what": f"notifications consumer, {what}"}


def sign_ups(rig: Rig, sizes: Sizes, add: Add) -> list[str]:
    """Measure sign-ups with ours and the bare app in turns; return the ids of sign-ups with ours."""
    bodies = programme(sizes.seed, 0, sizes.people).mentees
    turns = [bodies[turn::_TURNS] for turn in range(_TURNS)]
    rows_of: dict[str, list[Row]] = {"profiles api": [], "bare app": []}
    ids: list[str] = []
    with rig.running("profiles", "api") as ours, rig.bare_app() as (bare, address):
        as_fast_as_answered(address, "/sign-up", [_other(bodies[0])], 1)  # the first request imports modules
        as_fast_as_answered(rig.url, SIGN_UP, [_other(bodies[0])], 1)
        for turn in turns:
            answers, row = _turn(rig, ours, rig.url, SIGN_UP, turn)
            rows_of["profiles api"].append(row)
            ids += [answer.body["id"] for answer in answers if answer.status == 201]
            rows_of["bare app"].append(_turn(rig, bare, address, "/sign-up", turn)[1])
        used_memory = {"profiles api": memory([ours.pid]).rss, "bare app": memory([bare.pid]).rss}
    for name, rows in rows_of.items():
        add({"what": f"sign-ups, {name}", **_medians(rows), "rss": used_memory[name], "turns": rows})
    return ids


def _other(body: Body) -> Body:
    return body | {"contact": {"email": "first@example.org"}}


def _turn(rig: Rig, process: Process, url: str, path: str, bodies: Sequence[Body]) -> tuple[list[Answer], Row]:
    meter = Meter(rig, process)
    answers, wall = as_fast_as_answered(url, path, bodies, _CLIENTS)
    spent = meter.read()
    row: Row = {
        "number": len(bodies),
        "a_second": len(bodies) / wall,
        "cpu_ms": 1e3 * spent.cpu / len(bodies),
        "servers_ms": {name: 1e3 * used / len(bodies) for name, used in spent.servers.items() if name != "kafka"},
    }
    return answers, row | _latencies(answers)


def _latencies(answers: Sequence[Answer]) -> Row:
    seconds = sorted(answer.seconds for answer in answers)
    return {
        "p50": 1e3 * statistics.median(seconds),
        "p99": 1e3 * _share(seconds, 0.99),
        "refused": sum(answer.status != 201 for answer in answers),
    }


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _medians(rows: Sequence[Row]) -> Row:
    names = ("a_second", "cpu_ms", "p50", "p99")
    servers = [row["servers_ms"] for row in rows]
    return {
        "number": sum(int(str(row["number"])) for row in rows),
        **{name: statistics.median(float(str(row[name])) for row in rows) for name in names},
        "servers_ms": servers[len(servers) // 2],
    }


def mails(rig: Rig, number: int) -> Row:
    """Measure sending the waiting mails."""
    solved = "SELECT count(*) FROM deliveries WHERE state = 'delivered'"
    with rig.mail_server():
        row = drain(rig, "notifications", "worker", lambda: rig.count("notifications", solved), number)
    return row | {"what": "notifications worker, mails"}


def filled(rows: Sequence[Row], people: int) -> Row:
    """Return the processor seconds of notifications per 1,000 new people, with their greetings."""
    seconds = sum(float(str(row["cpu_ms"])) * float(str(row["number"])) for row in rows) / people
    return {"what": "notifications, s per 1,000 people", "number": people, "cpu_ms": seconds}


def proposals(rig: Rig, ids: Sequence[str]) -> int:
    """Publish events of matches as the matcher would: proposed, accepted, active; return the number of matches."""
    now = datetime.now(UTC)
    pairs = list(zip(ids[::2], ids[1::2], strict=False))
    events: list[Event] = []
    for number, (mentee, mentor) in enumerate(pairs):
        ids_of_match = {
            "match_id": f"match-{number}",
            "programme_id": "cairn",
            "mentee_id": mentee,
            "mentor_id": mentor,
        }
        reasons = tuple(Reason(criterion=name, band="strong", codes=("t1d",)) for name in ("diabetes_type", "language"))
        until = now + timedelta(days=3)
        events.append(MatchProposed(**ids_of_match, round_id="round", answer_by=until, reasons=reasons))
        events.append(MatchAccepted(**ids_of_match, confirm_by=until, reasons=reasons))
        events.append(MatchActivated(**ids_of_match, waited_seconds=60))
    producer = open_broker(rig.parts.broker, client_id="bench").producer()
    signer = EventSigner(rig.environment("matcher")["EVENT_PRIVATE_KEY"])
    deliveries = []
    for event in events:
        record = outgoing(event, source="/matcher", now=now)
        key = record.key.encode()
        headers = signer.sign(record.topic, key, record.value, record.headers)
        deliveries.append(producer.send(record.topic, key, record.value, headers))
    for delivery in deliveries:
        delivery.result(60.0)
    producer.close()
    return len(pairs)


def whole_system(stack: Stack, folder: Path, sizes: Sizes, add: Add) -> None:
    """Sign people up at a steady rate with all processes, then wait until all have a proposal or a reason."""
    rig = Rig(stack, folder)
    place = folder / "system"
    place.mkdir()
    (place / "keys.json").write_bytes((folder / "keys.json").read_bytes()) if (folder / "keys.json").exists() else None
    extra: dict[str, dict[str, str]] = {service: dict(NO_LIMITS) for service in SERVICES}
    if stack.servers:
        extra["notifications"] |= {"MAIL_URL": f"smtp://127.0.0.1:{rig.mail_port}"}
    system = System(place, parts=rig.parts, port=free_port(), extra=extra)
    number = int(sizes.rate * sizes.seconds)
    people = programme(sizes.seed, sizes.mentors, number, regime="surplus")
    with rig.mail_server():
        system.start()
        try:
            _approve(system, people.mentors)
            _until_quiet(rig)
            before = {name: cpu_seconds([child.pid]) for name, child in system.children.items()}
            meter = Meter(rig, *system.children.values())
            answers, wall = at_a_rate(system.url, SIGN_UP, people.mentees, sizes.rate)
            spent_by = {name: cpu_seconds([child.pid]) - before[name] for name, child in system.children.items()}
            spent = meter.read()
            add(
                {
                    "what": f"whole system, {sizes.rate:.0f} sign-ups a second",
                    "number": number,
                    "a_second": number / wall,
                    "cpu_ms": 1e3 * spent.cpu / number,
                    "servers_ms": {name: 1e3 * used / number for name, used in spent.servers.items()},
                    "by_process_ms": {name: 1e3 * used / number for name, used in spent_by.items()},
                    **_latencies(answers),
                }
            )
            _until_quiet(rig)
            add(_waits(rig, [answer.body["id"] for answer in answers if answer.status == 201]))
            for name, child in system.children.items():
                used_memory = memory([child.pid])
                add(
                    {
                        "what": f"  {name}",
                        "rss": used_memory.rss,
                        "pss": used_memory.pss,
                        "cpu_ms": 1e3 * spent_by[name] / number,
                    }
                )
        finally:
            system.stop()


def _approve(system: System, mentors: Sequence[Body]) -> None:
    client, admin = Client(system.url), system.access_token()
    joined, _ = as_fast_as_answered(system.url, APPLY, mentors, 4)
    for answer in joined:
        approval = {"decision": "approved", "reason": "We met.", "trained_until": "2099-12-31"}
        client.post(f"{APPLY}/{answer.body['id']}/approval", approval, token=admin)


def _until_quiet(rig: Rig, seconds: float = 300.0) -> None:
    """Wait until nothing is pending: events in outboxes, due jobs, events not consumed."""
    deadline, quiet = time.monotonic() + seconds, 0
    while quiet < 10 and time.monotonic() < deadline:
        waiting = sum(
            rig.count(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL")
            + rig.count(
                service, "SELECT count(*) FROM jobs WHERE gave_up_at IS NULL AND kind IN ('deliver', 'run_round')"
            )
            for service in rig.engines
        )
        published = rig.count("profiles", "SELECT count(*) FROM outbox WHERE topic LIKE '%people%'")
        waiting += max(0, published - rig.count("matcher", _INBOX))
        quiet = quiet + 1 if waiting == 0 else 0
        time.sleep(0.2)


def _waits(rig: Rig, ids: Sequence[str]) -> Row:
    """Return the times from sign-up to the first proposal, of those who got one."""
    with rig.read_connection("profiles") as connection:
        joined = _moments(connection, "SELECT id, created_at FROM people")
    with rig.read_connection("matcher") as connection:
        proposed = _moments(connection, "SELECT mentee_id, min(proposed_at) FROM matches GROUP BY mentee_id")
    seconds = sorted((proposed[person] - joined[person]).total_seconds() for person in ids if person in proposed)
    if not seconds:
        return {"what": "sign-up to proposal", "number": 0}
    p50, p99 = 1e3 * statistics.median(seconds), 1e3 * _share(seconds, 0.99)
    return {"what": "sign-up to proposal", "number": len(seconds), "p50": p50, "p99": p99, "raw": seconds}


def _moments(connection: sa.Connection, query: str) -> dict[str, datetime]:
    return {row[0]: _moment(row[1]) for row in connection.execute(sa.text(query))}


def _moment(stored: datetime | str) -> datetime:
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
