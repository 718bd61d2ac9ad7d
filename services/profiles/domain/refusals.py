"""The refusals that more than one place has to speak, in one wording."""

from services.chassis.core.errors import Conflict, NotFound


def address_known() -> Conflict:
    """Refuse a second sign-up with the same address (why it says so: docs/decisions/0020)."""
    return Conflict(
        "address_known",
        "Good to see you again: this address is signed up already. Ask for a sign-in link "
        "(POST /profiles/v1/sign-in-links), open it, and go on from there. Nothing was changed.",
        field="contact.email",
    )


def other_address() -> Conflict:
    """Refuse to add a role to somebody whose address is not the one that was sent."""
    return Conflict(
        "other_address",
        "You are signed in, but with another address than the one you sent. Send your own address to add a role, "
        "or leave the token out to sign somebody else up.",
        field="contact.email",
    )


def role_taken(role: str) -> Conflict:
    """Refuse to take up a role twice."""
    return Conflict(
        "role_taken",
        f"You are a {role} here already. Change what you told with PATCH /profiles/v1/people/{{id}}.",
        now={"role": role},
    )


def no_such_person() -> NotFound:
    """Answer for unknown, erased and foreign people alike."""
    return NotFound("person_not_found", "There is nobody here with this id that you may see.")


def no_such_introduction() -> NotFound:
    """Answer for unknown, foreign and ended introductions alike."""
    return NotFound("introduction_not_found", "There is no introduction here that you may see.")
