"""``python -m deploy.kafka.apply``: create the topics, the users and their rights on a Kafka with access control.

Rights of our users that deploy/kafka/access.json does not name are removed, so a second run changes nothing, and a
run after an upgrade brings a cluster up to date. The administrator must be a super user of the brokers.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import kafka
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)

from deploy.kafka.grants import Grant, read_grants
from services.chassis.broker.kafka.broker import KafkaBroker
from services.chassis.broker.kafka.security import KafkaSecurity
from services.events import topics

ACCESS = Path(__file__).with_name("access.json")
_APPLIED_WITHIN_S = 10.0


class NotApplied(Exception):
    """The brokers refused a right or a user; the message says which."""


def apply_access(
    servers: Sequence[str],
    connection: Mapping[str, object],
    grants: Iterable[Grant],
    passwords: Mapping[str, str],
    *,
    space: str = "",
) -> tuple[int, int]:
    """Set passwords, add missing rights and remove others of the same users; return how many were added and removed.

    ``space`` is a prefix of all topics and groups. Raises NotApplied and kafka-python's errors.
    """
    admin: Any = kafka.KafkaAdminClient(bootstrap_servers=list(servers), **connection)
    try:
        _set_passwords(admin, passwords)
        wanted = {_acl(grant, space) for grant in grants}
        users = sorted({acl.principal for acl in wanted})
        present = _present(admin, users, space)
        missing, extra = wanted - present, present - wanted
        if missing and (failed := admin.create_acls(sorted(missing, key=repr))["failed"]):
            raise NotApplied(f"{len(failed)} rights were refused: {failed[0].__name__}")
        if extra:
            admin.delete_acls(sorted(extra, key=repr))
        _wait_until_applied(admin, users, space, wanted)
        return len(missing), len(extra)
    finally:
        admin.close()


def _wait_until_applied(admin: Any, users: Sequence[str], space: str, wanted: AbstractSet[ACL]) -> None:
    """Wait until a broker answers by the new rights: they reach the brokers after the controller has stored them."""
    deadline = time.monotonic() + _APPLIED_WITHIN_S
    while _present(admin, users, space) != wanted:
        if time.monotonic() > deadline:
            raise NotApplied("the brokers did not take over the rights in time")
        time.sleep(0.05)


def _set_passwords(admin: Any, passwords: Mapping[str, str]) -> None:
    users = [UserScramCredentialUpsertion(user, "SCRAM-SHA-512", word) for user, word in passwords.items()]
    refused = {user: why for user, why in admin.alter_user_scram_credentials(users).items() if why} if users else {}
    if refused:
        raise NotApplied(f"users were refused: {refused}")


def _acl(grant: Grant, space: str) -> ACL:
    pattern = ResourcePattern(ResourceType[grant.resource.upper()], space + grant.name)
    return ACL(f"User:{grant.user}", "*", ACLOperation[grant.operation], ACLPermissionType.ALLOW, pattern)


def _present(admin: Any, users: Iterable[str], space: str) -> set[ACL]:
    """Return the rights of users now; with a ``space``, those within it."""
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    present: set[ACL] = set()
    for user in users:
        acls, error = admin.describe_acls(ACLFilter(user, None, ACLOperation.ANY, ACLPermissionType.ANY, anything))
        if error.errno != 0:
            raise NotApplied(f"the rights of {user} cannot be read: {error.__name__}")
        present |= {acl for acl in acls if acl.resource_pattern.resource_name.startswith(space)}
    return present


def main(arguments: Sequence[str] | None = None, echo: Callable[[str], object] = print) -> int:
    """Apply topics, users and rights to the cluster; return 1 when the brokers refuse."""
    options = _parser().parse_args(arguments)
    servers = options.servers.split(",")
    security = KafkaSecurity(
        security="sasl_tls",
        ca_file=options.ca_file,
        user=options.user,
        password=options.password_file.read_text(encoding="utf-8").strip(),
    )
    connection, grants = security.client_settings(), read_grants(ACCESS.read_text(encoding="utf-8"))
    users = sorted({grant.user for grant in grants})
    passwords = {user: (options.passwords / f"{user}_kafka_password").read_text().strip() for user in users}
    space = f"{options.space}." if options.space else ""
    replicas = options.topic_replicas
    KafkaBroker(servers, "cairn-apply", connection, space=space).ensure_topics(topics.specs(replicas, min(2, replicas)))
    try:
        added, removed = apply_access(servers, connection, grants, passwords, space=space)
    except NotApplied as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    echo(f"{len(users)} users, {len(grants)} rights: {added} added, {removed} removed.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka.apply", description=__doc__)
    parser.add_argument("--servers", required=True, help="host:port,host:port of the SASL_SSL listener")
    parser.add_argument("--ca-file", default="", help="the authority of the brokers' certificates (PEM)")
    parser.add_argument("--user", required=True, help="the administrator, a super user of the brokers")
    parser.add_argument("--password-file", type=Path, required=True, help="a file with the administrator's password")
    parser.add_argument("--passwords", type=Path, required=True, help="folder of <service>_kafka_password files")
    parser.add_argument("--topic-replicas", type=int, default=3, help="TOPIC_REPLICAS of the services (3)")
    parser.add_argument("--space", default="", help="the name in BROKER_URL on a shared cluster")
    return parser


if __name__ == "__main__":
    sys.exit(main())
