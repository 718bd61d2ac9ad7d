"""Errors that several use cases raise, with one wording each."""

from services.chassis.core.errors import Conflict, NotFound


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
        "or leave the token out to sign somebody else up.",
        field="contact.email",
    )


def role_taken(role: str) -> Conflict:
    """Refuse to add a role that the person has already."""
    return Conflict(
        "role_taken",
        f"You are a {role} here already. Change what you told with PATCH /profiles/v1/people/{{id}}.",
        now={"role": role},
    )


def no_such_person() -> NotFound:
    """Return the same error for unknown, erased and foreign people."""
    return NotFound("person_not_found", "There is nobody here with this id that you may see.")


def no_such_introduction() -> NotFound:
    """Return the same error for unknown, foreign and ended introductions."""
    return NotFound("introduction_not_found", "There is no introduction here that you may see.")
