"""Sessions: open, renew, list and end them. Every service that verifies access tokens is informed of an end."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis.core.errors import NotFound, SignInNeeded
from services.chassis.i18n.sentence import Sentence
from services.chassis.identity.access_tokens import LIFE
from services.chassis.identity.credentials import credential, hash_secret, new_secret, split_credential
from services.chassis.identity.principal import Principal
from services.events.profiles import SessionsEnded
from services.profiles.domain.person import Person
from services.profiles.domain.session import Client, Session, renew
from services.profiles.ports import Resources, Store

REFRESH = "session_"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A signed-in caller: the access token for the next minutes, and the refresh token that renews it."""

    principal: Principal
    access_token: str
    token_expires_at: datetime
    refresh_token: str
    session_expires_at: datetime


def open_session(resources: Resources, store: Store, person: Person, client: Client = "api") -> SignedIn:
    """Open a session of a person who has just proved their address."""
    secret = new_secret()
    session = Session(
        id=resources.new_id(),
        programme_id=person.programme_id,
        subject_kind="person",
        subject_id=person.id,
        client=client,
        started_at=store.now,
        authenticated_at=store.now,
        renewed_at=store.now,
        expires_at=store.now + resources.rules.session_life,
        secret_hash=hash_secret(secret),
    )
    store.sessions.add(session)
    return _signed_in(resources, store, session, secret, _principal_of(person))


def renew_session(resources: Resources, refresh_token: str) -> SignedIn:
    """Return a new access token and refresh token; raise SignInNeeded unless the session is open.

    A refresh token that was replaced before ends its session, since another caller may have it.
    """
    presented = split_credential(REFRESH, refresh_token)
    if presented is None:
        raise session_over()
    session_id, secret = presented
    with resources.begin() as store:
        session = store.sessions.get(session_id, to_change=True)
        signed_in = None if session is None else _renewed(resources, store, session, secret)
    if signed_in is None:
        raise session_over()
    return signed_in


def renew_browser_session(resources: Resources, refresh_token: str) -> str:
    """Return a new access token for a browser, whose refresh token stays in its cookie; raise SignInNeeded."""
    session_id, secret = split_credential(REFRESH, refresh_token) or ("", "")
    with resources.begin(read_only=True) as store:
        session = store.sessions.get(session_id)
        if session is None or session.client != "browser" or not session.is_open(store.now):
            raise session_over()
        principal = _current_principal(store, session)
        if principal is None or not hmac.compare_digest(session.secret_hash, hash_secret(secret)):
            raise session_over()
        return _signed_in(resources, store, session, secret, principal).access_token


def _renewed(resources: Resources, store: Store, session: Session, secret: str) -> SignedIn | None:
    following = new_secret()
    later, outcome = renew(session, hash_secret(secret), hash_secret(following), store.now)
    if outcome == "refused":
        return None
    store.sessions.save(later)
    if outcome == "stolen":
        record_ended(store, session.programme_id, session.subject_id, [session.id])
        return None
    principal = _current_principal(store, session)
    return None if principal is None else _signed_in(resources, store, later, following, principal)


def _current_principal(store: Store, session: Session) -> Principal | None:
    """Return who the session belongs to, with the roles of today."""
    person = store.people.get(session.subject_id)
    return None if person is None else _principal_of(person)


def _principal_of(person: Person) -> Principal:
    return Principal("person", person.id, person.programme_id, roles=tuple(person.roles))


def _signed_in(resources: Resources, store: Store, session: Session, secret: str, principal: Principal) -> SignedIn:
    principal = replace(
        principal,
        session=session.id,
        authenticated_at=session.authenticated_at,
        second_factor_at=session.second_factor_at,
    )
    return SignedIn(
        principal=principal,
        access_token=resources.tokens.issue(principal),
        token_expires_at=(store.now + LIFE).replace(microsecond=0),
        refresh_token=credential(REFRESH, session.id, secret),
        session_expires_at=session.expires_at,
    )


def list_sessions(resources: Resources, caller: Principal) -> Sequence[Session]:
    """Return the caller's open sessions, newest first."""
    with resources.begin(read_only=True) as store:
        return store.sessions.open_of(caller.id or "")


def end_session(resources: Resources, caller: Principal, session_id: str) -> None:
    """End one of the caller's sessions; raise NotFound for unknown, foreign and ended ones."""
    with resources.begin() as store:
        session = store.sessions.get(session_id, to_change=True)
        if session is None or session.subject_id != caller.id or not session.is_open(store.now):
            raise no_such_session()
        store.sessions.save(replace(session, ended_at=store.now))
        record_ended(store, session.programme_id, session.subject_id, [session.id])


def end_own_sessions(resources: Resources, caller: Principal) -> None:
    """End all sessions of the caller, also the one of this request."""
    with resources.begin() as store:
        end_sessions_of(store, caller.programme, caller.id or "")


def end_sessions_of(store: Store, programme_id: str, subject_id: str) -> None:
    """End all open sessions of a person or a member of staff."""
    ended = store.sessions.end_all(subject_id)
    if ended:
        record_ended(store, programme_id, subject_id, ended)


def record_ended(store: Store, programme_id: str, subject_id: str, session_ids: Sequence[str]) -> None:
    """Refuse the tokens of these sessions here from now on, and publish that they ended."""
    store.end_sessions(*session_ids)
    store.publish(SessionsEnded(subject_id=subject_id, programme_id=programme_id, session_ids=tuple(session_ids)))


def forget_old_sessions(resources: Resources) -> None:
    """Delete sessions that ended or expired long ago."""
    with resources.begin() as store:
        store.sessions.forget_before(store.now - resources.rules.sessions_kept)


def session_over() -> SignInNeeded:
    """Refuse a refresh token that is wrong, replaced, expired or of an ended session, without saying which."""
    return SignInNeeded("session_over", Sentence("This session has ended. Please sign in again."))


def no_such_session() -> NotFound:
    """Return the same error for unknown, foreign and ended sessions."""
    return NotFound("session_not_found", Sentence("You have no open session with this id."))
