"""Format why a mentee waits: calm sentences, without blame, and what would help."""

from collections.abc import Sequence

from services.chassis.i18n.translations import Phrases
from services.matcher.domain.explain import Bottleneck
from services.matcher.use_cases.explain_wait import ShownRelaxation, WaitExplanation
from services.matcher.use_cases.wording.causes_and_rules import format_cause, format_rules
from services.matcher.use_cases.wording.match_reasons import names_of


def format_wait_reasons(why: WaitExplanation, phrases: Phrases) -> Sequence[str]:
    """Return the cause, then what would change it; nothing for a mentee who is not waiting."""
    if why.cause is None:
        return ()
    sentences = [format_cause(why.cause, why.rules, phrases)]
    if why.details is not None and why.details.crowd is not None:
        sentences.append(format_bottleneck(why.details.crowd, phrases))
    elif why.crowded:
        sentences.append(phrases.gettext("Many people need the same few mentors right now."))
    return [*sentences, *(format_relaxation(relaxation, phrases) for relaxation in why.relaxations)]


def format_bottleneck(crowd: Bottleneck, phrases: Phrases) -> str:
    """Return, for admins, how many people compete for the same places and what they all look for."""
    counts = {"people": len(crowd.mentees), "mentors": len(crowd.mentors), "places": crowd.places}
    wishes = [name for criterion, code in crowd.have_in_common for name in _named(criterion, code, phrases)]
    if not wishes:
        return phrases.gettext(
            "People who need the same mentors: %(people)s. Mentors: %(mentors)s. Places: %(places)s.",
            **counts,
        )
    return phrases.gettext(
        "People who need the same mentors: %(people)s. Mentors: %(mentors)s. Places: %(places)s. "
        "What they're all looking for: %(wishes)s.",
        **counts,
        wishes=phrases.gettext(", ").join(wishes),
    )


def format_relaxation(relaxation: ShownRelaxation, phrases: Phrases) -> str:
    """Return which wishes the mentee could drop, and who would fit then."""
    wishes = phrases.gettext(
        "If you want to, you can drop this wish: %(wishes)s.", wishes=format_rules(relaxation.rules, phrases)
    )
    return f"{wishes} {_who_would_fit(relaxation, phrases)}"


def _who_would_fit(relaxation: ShownRelaxation, phrases: Phrases) -> str:
    match relaxation.mentors, bool(relaxation.awaits), relaxation.several:
        case None, True, _:
            return phrases.gettext("Then someone would fit, once they're ready to start.")
        case None, False, True:
            return phrases.gettext("Then several mentors would fit.")
        case None, False, False:
            return phrases.gettext("Then someone would fit.")
        case mentors, True, _:
            return phrases.gettext("Mentors who would then fit, once they're ready: %(mentors)s.", mentors=mentors)
        case mentors, _, _:
            return phrases.gettext("Mentors who would then fit: %(mentors)s.", mentors=mentors)


def _named(criterion: str, code: str, phrases: Phrases) -> Sequence[str]:
    return tuple(names_of(criterion.removeprefix("must:"), (code,), phrases.locale))
