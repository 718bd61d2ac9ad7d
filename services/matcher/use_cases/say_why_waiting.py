"""Why somebody waits, in sentences: calm, without blame, and with what would help."""

from collections.abc import Sequence

from services.chassis.words import Phrases
from services.matcher.domain.explain import Crowd, Relaxation
from services.matcher.use_cases.say_codes import say_cause, say_rules
from services.matcher.use_cases.say_why import names_of
from services.matcher.use_cases.tell_why import Why


def say_why_waiting(why: Why, phrases: Phrases) -> Sequence[str]:
    """The reason first, then what would change it; nothing for somebody who is not waiting."""
    if why.cause is None:
        return ()
    said = [say_cause(why.cause, phrases)]
    if why.crowd is not None:
        said.append(say_crowd(why.crowd, phrases))
    return [*said, *(say_relaxation(one, phrases) for one in why.relaxations)]


def say_crowd(crowd: Crowd, phrases: Phrases) -> str:
    """How many people need the same few places, and what they all look for."""
    counts = {"people": len(crowd.mentees), "mentors": len(crowd.mentors), "places": crowd.places}
    wishes = [name for criterion, code in crowd.have_in_common for name in _named(criterion, code, phrases)]
    if not wishes:
        return phrases.gettext(
            "People who need the same mentors: %(people)s. Those mentors: %(mentors)s. Places they have: %(places)s.",
            **counts,
        )
    return phrases.gettext(
        "People who need the same mentors: %(people)s. Those mentors: %(mentors)s. Places they have: %(places)s. "
        "What all of them look for: %(wishes)s.",
        **counts,
        wishes=phrases.gettext(", ").join(wishes),
    )


def say_relaxation(relaxation: Relaxation, phrases: Phrases) -> str:
    """What could be let go of, if the person likes, and how many mentors would fit then."""
    return phrases.gettext(
        "If you like, you can let go of this: %(wishes)s. Mentors who would fit then: %(mentors)s.",
        wishes=say_rules(relaxation.rules, phrases),
        mentors=relaxation.mentors,
    )


def _named(criterion: str, code: str, phrases: Phrases) -> Sequence[str]:
    return tuple(names_of(criterion.removeprefix("must:"), (code,), phrases.locale))
