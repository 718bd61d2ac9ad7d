"""Errors that several use cases raise, with one wording each."""

from services.chassis.core.errors import Conflict, NotFound
from services.chassis.i18n.sentence import Sentence


def address_known() -> Conflict:
    """Refuse a second sign-up with the same address; docs/decisions/0020 explains why the answer admits it."""
    return Conflict(
        "address_known",
        "Good to see you again: this address is signed up already. Ask for a sign-in link "
        "(POST /profiles/v1/sign-in-links), open it, and go on from there. Nothing was changed.",
        field="contact.email",
    )


def other_address() -> Conflict:
    """Refuse to add a role to a person whose address differs from the one that was sent."""
    return Conflict(
        "other_address",
        "You are signed in, but with another address than the one you sent. Send your own address to add a role, "
        "or leave the token out to sign someone else up.",
        field="contact.email",
    )


_TAKEN = {
    "mentee": Sentence("You are a mentee here already. To change your answers, use PATCH /profiles/v1/people/{id}."),
    "mentor": Sentence("You are a mentor here already. To change your answers, use PATCH /profiles/v1/people/{id}."),
}


def role_taken(role: str) -> Conflict:
    """Refuse to add a role that the person has already."""
    return Conflict(
        "role_taken",
        _TAKEN[role],
        now={"role": role},
    )


def no_such_person() -> NotFound:
    """Return the same error for unknown, erased and foreign people."""
    return NotFound("person_not_found", "There is nobody here with this id that you can see.")


def activated_without_acceptance() -> Conflict:
    """Refuse to open contact for a match whose acceptance was never received."""
    return Conflict("not_accepted", "The mentor's yes to this match has not arrived here.")


def match_of_other_people() -> Conflict:
    """Refuse an event that gives a match other people than it has."""
    return Conflict("other_people", "This match is one of other people.")


def no_such_introduction() -> NotFound:
    """Return the same error for unknown, foreign and ended introductions."""
    return NotFound("introduction_not_found", "There is no introduction here that you can see.")
