"""The matcher's tables. The database enforces the invariants as well as the code (trust: I1, I2, I3).

* No mentor has more live matches than places: ``mentors.taken`` has a CHECK and is only ever changed by one conditional
  UPDATE. ``ceiling`` is the capacity, or the places taken already when a mentor lowered their capacity below that.
* No mentee has two live matches: a partial unique index.
* Both people of a match belong to one programme, and a minor's mentor is cleared: foreign keys copy the columns that
  the rule reads, and follow their changes.
* No two rounds of a programme are open, or held for review, at once: a partial unique index.
* No live match of a blocked pair: a trigger on ``matches`` (see the migration), and the engine's own rule before it.
* A mentee is pinned to one mentor at most: a partial unique index; a pair is pinned or blocked, never both.

An erased person is NULL in the ended matches, which stay for the figures.
"""

import sqlalchemy as sa

from services.chassis.storage.columns import UtcMoment, json_column, serial_column
from services.chassis.storage.tables import chassis_tables

metadata = sa.MetaData()
chassis = chassis_tables(metadata)

_LIVE = sa.text("state <> 'ended'")

programmes = sa.Table(
    "programmes",
    metadata,
    sa.Column("programme_id", sa.String(100), primary_key=True),
    sa.Column("weights_version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("round_fence", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("people_wanted_at", UtcMoment),
    sa.Column("round_mode", sa.String(10), nullable=False, server_default="rolling"),
    sa.CheckConstraint("round_mode IN ('rolling', 'review')", name="programmes_round_mode"),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("person_id", sa.String(100), primary_key=True),
    sa.Column("programme_id", sa.String(100), nullable=False, index=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("locale", sa.String(35), nullable=False),
    sa.Column("standing", sa.String(10), nullable=False),
    sa.Column("paused_until", UtcMoment),
    sa.CheckConstraint("standing IN ('here', 'paused', 'left')", name="people_standing"),
)

mentees = sa.Table(
    "mentees",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.person_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("programme_id", sa.String(100), nullable=False),
    sa.Column("facts", sa.Text),  # None once they left: facts that are not needed are deleted
    sa.Column("waiting_since", UtcMoment, nullable=False),
    sa.Column("minor", sa.Boolean, nullable=False),
    sa.Column("looking", sa.Boolean, nullable=False),  # here, and a mentee still
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("why", sa.String(40)),
    sa.Column("why_rules", json_column()),
    sa.Column("why_round_id", sa.String(36)),
    sa.Column("risk_told_at", UtcMoment),
    sa.UniqueConstraint("person_id", "programme_id", "minor", name="mentees_rules"),
)
sa.Index("mentees_looking", mentees.c.programme_id, mentees.c.looking, mentees.c.waiting_since, mentees.c.person_id)

mentors = sa.Table(
    "mentors",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.person_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("programme_id", sa.String(100), nullable=False, index=True),
    sa.Column("facts", sa.Text),
    sa.Column("cleared", sa.Boolean, nullable=False),
    sa.Column("askable", sa.Boolean, nullable=False),  # here, a mentor still, and approved
    sa.Column("trained_until", sa.Date),
    sa.Column("resting_until", UtcMoment),
    sa.Column("lapses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("ceiling", sa.Integer, nullable=False),
    sa.Column("taken", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("capacity >= 0 AND taken >= 0 AND taken <= ceiling", name="mentors_places"),
    sa.UniqueConstraint("person_id", "programme_id", "cleared", name="mentors_rules"),
)

matches = sa.Table(
    "matches",
    metadata,
    sa.Column("match_id", sa.String(36), primary_key=True),
    sa.Column("programme_id", sa.String(100), nullable=False),
    sa.Column("mentee_id", sa.String(100)),
    sa.Column("mentor_id", sa.String(100)),
    sa.Column("mentee_minor", sa.Boolean),
    sa.Column("mentor_cleared", sa.Boolean),
    sa.Column("round_id", sa.String(36), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("waiting_since", UtcMoment, nullable=False),
    sa.Column("proposed_at", UtcMoment, nullable=False),
    sa.Column("asked_at", UtcMoment, nullable=False),
    sa.Column("answer_by", UtcMoment),
    sa.Column("remind_at", UtcMoment),
    sa.Column("reminded_at", UtcMoment),
    sa.Column("accepted_at", UtcMoment),
    sa.Column("active_at", UtcMoment),
    sa.Column("ended_at", UtcMoment),
    sa.Column("end_cause", sa.String(20)),
    sa.Column("ended_by", sa.String(10)),
    sa.Column("decline_reason", sa.String(40)),
    sa.Column("note", sa.Text),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("request_shape", sa.String(40)),  # what it takes of the mentor's hours; None in old rows
    sa.Column("parts", json_column()),
    sa.Column("reasons", json_column()),
    sa.ForeignKeyConstraint(
        ["mentee_id", "programme_id", "mentee_minor"],
        ["mentees.person_id", "mentees.programme_id", "mentees.minor"],
        onupdate="CASCADE",
        name="matches_mentee",
    ),
    sa.ForeignKeyConstraint(
        ["mentor_id", "programme_id", "mentor_cleared"],
        ["mentors.person_id", "mentors.programme_id", "mentors.cleared"],
        onupdate="CASCADE",
        name="matches_mentor",
    ),
    sa.CheckConstraint("state IN ('proposed', 'accepted', 'active', 'ended')", name="matches_state"),
    sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="matches_ended"),
    sa.CheckConstraint("(state IN ('proposed', 'accepted')) = (answer_by IS NOT NULL)", name="matches_deadline"),
    sa.CheckConstraint(
        "state = 'ended' OR (mentee_id IS NOT NULL AND mentor_id IS NOT NULL AND mentee_id <> mentor_id"
        " AND mentee_minor IS NOT NULL AND mentor_cleared IS NOT NULL)",
        name="matches_two_people",
    ),
    sa.CheckConstraint("state = 'ended' OR NOT mentee_minor OR mentor_cleared", name="matches_minor"),
)
sa.Index("matches_one_live", matches.c.mentee_id, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
sa.Index("matches_deadlines", matches.c.answer_by, sqlite_where=_LIVE, postgresql_where=_LIVE)
sa.Index("matches_of_mentee", matches.c.mentee_id, matches.c.proposed_at)
sa.Index("matches_of_mentor", matches.c.mentor_id, matches.c.proposed_at)
sa.Index("matches_listed", matches.c.programme_id, matches.c.proposed_at, matches.c.match_id)

apart = sa.Table(
    "apart",
    metadata,
    sa.Column("mentee_id", sa.String(100), primary_key=True),
    sa.Column("mentor_id", sa.String(100), primary_key=True, index=True),
    sa.Column("cause", sa.String(20), nullable=False),
    sa.Column("since", UtcMoment, nullable=False),
)

weights = sa.Table(
    "weights",
    metadata,
    sa.Column("programme_id", sa.String(100), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("settings", json_column(), nullable=False),
    sa.Column("published_at", UtcMoment, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

weights_drafts = sa.Table(
    "weights_drafts",
    metadata,
    sa.Column("programme_id", sa.String(100), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("based_on", sa.Integer, nullable=False),
    sa.Column("settings", json_column(), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("saved_at", UtcMoment, nullable=False),
)

_PIN = sa.text("kind = 'pin'")

pair_rules = sa.Table(
    "pair_rules",
    metadata,
    sa.Column("mentee_id", sa.ForeignKey("mentees.person_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("mentor_id", sa.ForeignKey("mentors.person_id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("programme_id", sa.String(100), nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", UtcMoment, nullable=False),
    sa.CheckConstraint("kind IN ('pin', 'block')", name="pair_rules_kind"),
)
sa.Index("pair_rules_one_pin", pair_rules.c.mentee_id, unique=True, sqlite_where=_PIN, postgresql_where=_PIN)
sa.Index(
    "pair_rules_listed",
    pair_rules.c.programme_id,
    pair_rules.c.kind,
    pair_rules.c.since,
    pair_rules.c.mentee_id,
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("programme_id", sa.String(100), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("asked_at", UtcMoment, nullable=False),
    sa.Column("made_at", UtcMoment),
    sa.Column("content", json_column()),
)

_OPEN = sa.text("state IN ('open', 'review')")

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("round_id", sa.String(36), primary_key=True),
    sa.Column("programme_id", sa.String(100), nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("weights_version", sa.Integer, nullable=False),
    sa.Column("opened_at", UtcMoment, nullable=False),
    sa.Column("applied_at", UtcMoment),
    sa.Column("mentees", sa.Integer, nullable=False),
    sa.Column("mentors", sa.Integer, nullable=False),
    sa.Column("input_hash", sa.String(64)),
    sa.Column("result_hash", sa.String(64)),
    sa.Column("proposed", sa.Integer, nullable=False),
    sa.Column("unmatched", sa.Integer, nullable=False),
    sa.Column("dropped", sa.Integer, nullable=False),
    sa.Column("certificate", json_column()),
    sa.Column("read", sa.LargeBinary),  # the snapshot's chunks; of the last rounds only, and never of an erased person
    sa.Column("result", sa.LargeBinary),  # the chunks of the result
    sa.Column("prices", sa.LargeBinary),  # the warm start of the next round; stored as long as the snapshot
    sa.Column("step", sa.String(20)),
    sa.Column("share", sa.Float),
    sa.Column("released_at", UtcMoment),  # None for a round that was never held
    sa.CheckConstraint(
        "state IN ('open', 'review', 'applied', 'given_up', 'cancelled', 'dropped')", name="rounds_state"
    ),
)
sa.Index("rounds_one_open", rounds.c.programme_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
sa.Index("rounds_listed", rounds.c.programme_id, rounds.c.opened_at, rounds.c.round_id)

round_chunks = sa.Table(  # parts of the texts of rounds, each stored once; see ``round_texts``
    "round_chunks",
    metadata,
    sa.Column("chunk_id", serial_column(), primary_key=True, autoincrement=True),
    sa.Column("programme_id", sa.String(100), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("programme_id", "digest", name="round_chunks_once"),
)

forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("person_hash", sa.String(64), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("at", UtcMoment, nullable=False),
)
