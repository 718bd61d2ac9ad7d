"""Each service may do on a real Kafka what its events need, and nothing else."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import kafka
import pytest

from deploy.kafka.apply import ACCESS, apply_access, main
from deploy.kafka.grants import Grant, access_file, grants, read_grants
from deploy.local.layout import SERVICES
from services.chassis.broker.kafka.security import KafkaSecurity
from services.chassis.broker.open_broker import open_broker
from services.chassis.broker.protocol import Broker, BrokerError, BrokerUnavailable, RecordRefused, TopicMismatch
from services.events import catalogue, topics
from tests.contract.brokers import read
from tests.support import stack

WORDS = {service: f"the word of {service}" for service in SERVICES}


@dataclass
class Cluster:
    """A prefix on Kafka with the topics and rights of Cairn. Users are new, since tests run side by side."""

    space: str
    listeners: stack.KafkaTls
    users: Mapping[str, str]

    @property
    def grants(self) -> list[Grant]:
        return [replace(grant, user=self.users[grant.user]) for grant in grants()]

    def apply(self, rights: list[Grant]) -> tuple[int, int]:
        """Apply rights as the administrator; groups keep the names of services."""
        words = {self.users[service]: word for service, word in WORDS.items()}
        return apply_access([stack.kafka_bootstrap()], {}, rights, words, space=f"{self.space}.")

    def broker(self, service: str, word: str | None = None) -> Broker:
        settings = self.listeners.client(self.users[service], word or WORDS[service])
        return open_broker(f"kafka://{self.listeners.sasl}/{self.space}", service, settings)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    listeners, url = stack.kafka_tls(), stack.kafka_url()
    space = url.rpartition("/")[2]
    open_broker(url).ensure_topics(topics.specs())
    cluster = Cluster(space, listeners, {service: f"{service}{space}" for service in SERVICES})
    cluster.apply(cluster.grants)
    yield cluster
    cluster.apply([Grant(user, "group", "nothing", "READ") for user in cluster.users.values()])


def send(broker: Broker, topic: str) -> None:
    producer = broker.producer()
    try:
        producer.send(topic, b"k", b"v").result(20)
    finally:
        producer.close()


def read_in_group(broker: Broker, group: str, topic: str) -> None:
    with broker.consumer(group, [topic]) as consumer:
        read(consumer, 1)


def test_the_access_file_is_the_one_that_the_events_need() -> None:
    assert ACCESS.read_text(encoding="utf-8") == access_file()
    assert list(read_grants(ACCESS.read_text(encoding="utf-8"))) == grants()


def test_every_topic_has_one_writer_except_those_of_receipts_and_requests() -> None:
    several = {topic for topic, producers in catalogue.PRODUCERS.items() if len(producers) != 1}
    assert several == {topics.RECEIPTS, topics.REQUESTS}
    writers = {grant.name: grant.user for grant in grants() if grant.operation == "WRITE" and grant.name not in several}
    assert writers == {
        topics.PEOPLE: "profiles",
        topics.CONTACTS: "profiles",
        topics.MATCHES: "matcher",
        topics.MATCHING: "matcher",
        topics.DELIVERIES: "notifications",
        topics.SESSIONS: "profiles",
    }
    assert not {grant.operation for grant in grants()} & {"ALL", "CREATE", "ALTER", "ALTER_CONFIGS", "DELETE"}


@pytest.mark.stack
def test_a_service_writes_and_reads_what_its_events_need(cluster: Cluster) -> None:
    profiles, matcher = cluster.broker("profiles"), cluster.broker("matcher")
    assert profiles.ping()
    profiles.ensure_topics(topics.specs())
    send(profiles, topics.PEOPLE)
    with matcher.consumer("matcher", [topics.PEOPLE]) as consumer:
        (record,) = read(consumer, 1, commit=True)
    with matcher.reader() as reader:
        assert reader.record(record.topic_partition, record.offset) == record


@pytest.mark.stack
@pytest.mark.parametrize(
    ("service", "topic"),
    [("matcher", topics.PEOPLE), ("matcher", topics.CONTACTS), ("notifications", topics.MATCHES)],
)
def test_a_service_cannot_write_the_topic_of_another(cluster: Cluster, service: str, topic: str) -> None:
    with pytest.raises(RecordRefused, match=r"(?i)authoriz"):
        send(cluster.broker(service), topic)


@pytest.mark.stack
def test_the_matcher_cannot_read_contacts_nor_use_the_group_of_another(cluster: Cluster) -> None:
    send(cluster.broker("profiles"), topics.CONTACTS)
    for group, topic in (("matcher", topics.CONTACTS), ("notifications", topics.PEOPLE)):
        with pytest.raises(BrokerError):
            read_in_group(cluster.broker("matcher"), group, topic)


@pytest.mark.stack
def test_a_service_cannot_alter_topics(cluster: Cluster) -> None:
    (first, *_) = topics.specs()
    for changed in (replace(first, retention_ms=1), replace(first, partitions=12)):
        with pytest.raises((BrokerUnavailable, TopicMismatch)):
            cluster.broker("profiles").ensure_topics([changed])
    open_broker(f"kafka://{stack.kafka_bootstrap()}/{cluster.space}").ensure_topics([first])  # refuses fewer partitions


@pytest.mark.stack
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # kafka-python closes no socket of a failed start
def test_a_wrong_password_an_unknown_authority_and_plain_text_are_refused(cluster: Cluster) -> None:
    with pytest.raises(BrokerUnavailable):
        cluster.broker("matcher", "another word").ping()
    good = cluster.listeners.client(cluster.users["matcher"], WORDS["matcher"])
    without_authority = {name: value for name, value in good.items() if name != "ssl_cafile"}
    for settings in (without_authority, {}):
        broker = open_broker(f"kafka://{cluster.listeners.sasl}", "x", {**settings, "bootstrap_timeout_ms": 1500})
        with pytest.raises(BrokerUnavailable):
            broker.ping()
    gc.collect()  # sockets are collected here, where their warning is expected


@pytest.mark.stack
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # as above
def test_a_client_certificate_names_the_user(cluster: Cluster) -> None:
    folder = cluster.listeners.certificates

    def broker(name: str) -> Broker:
        files = {"certificate_file": f"{folder}/{name}.pem", "key_file": f"{folder}/{name}-key.pem"} if name else {}
        security = KafkaSecurity(security="tls", ca_file=f"{folder}/ca.pem", **files)
        settings = {**security.client_settings(), "bootstrap_timeout_ms": 3000}
        return open_broker(f"kafka://{cluster.listeners.tls}/{cluster.space}", "x", settings)

    words = {"stranger": "unused"}
    right = Grant("stranger", "topic", topics.PEOPLE, "WRITE")
    apply_access([stack.kafka_bootstrap()], {}, [right], words, space=f"{cluster.space}.")
    send(broker("stranger"), topics.PEOPLE)
    with pytest.raises(RecordRefused):
        send(broker("stranger"), topics.CONTACTS)
    with pytest.raises(BrokerUnavailable):
        broker("").ping()
    gc.collect()  # as above


@pytest.mark.stack
def test_applying_again_changes_nothing_and_removes_what_the_file_does_not_name(cluster: Cluster) -> None:
    assert cluster.apply(cluster.grants) == (0, 0)
    stray = Grant(cluster.users["matcher"], "topic", topics.PEOPLE, "WRITE")
    assert cluster.apply([*cluster.grants, stray]) == (1, 0)
    send(cluster.broker("matcher"), topics.PEOPLE)
    assert cluster.apply(cluster.grants) == (0, 1)
    with pytest.raises(RecordRefused):
        send(cluster.broker("matcher"), topics.PEOPLE)


@pytest.mark.stack
def test_the_command_creates_topics_users_and_rights(tmp_path: Path) -> None:
    listeners, space = stack.kafka_tls(), stack.kafka_url().rpartition("/")[2]
    for service in SERVICES:
        (tmp_path / f"{service}_kafka_password").write_text(WORDS[service])
    administrator = tmp_path / "administrator"
    administrator.write_text("a word")
    admin = kafka.KafkaAdminClient(bootstrap_servers=stack.kafka_bootstrap())
    admin.alter_user_scram_credentials([kafka.admin.UserScramCredentialUpsertion("root", "SCRAM-SHA-512", "a word")])
    admin.close()
    printed: list[str] = []
    words = ["--servers", listeners.sasl, "--ca-file", f"{listeners.certificates}/ca.pem", "--user", "root"]
    words += ["--password-file", str(administrator), "--passwords", str(tmp_path)]
    assert main([*words, "--topic-replicas", "1", "--space", space], printed.append) == 0
    assert printed == [f"3 users, {len(grants())} rights: {len(grants())} added, 0 removed."]
    url = f"kafka://{listeners.sasl}/{space}"
    send(open_broker(url, "profiles", listeners.client("profiles", WORDS["profiles"])), topics.PEOPLE)
    with pytest.raises(RecordRefused):
        send(open_broker(url, "matcher", listeners.client("matcher", WORDS["matcher"])), topics.PEOPLE)
