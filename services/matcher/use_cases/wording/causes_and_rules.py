"""Format causes, rules and presets in the reader's language, without blame."""

from collections.abc import Iterable

from services.chassis.i18n.translations import Phrases
from services.events.vocabulary import is_code, label
from services.matcher.domain.explain import awaited
from services.matcher.use_cases.wording.match_reasons import format_criterion


def format_cause(cause: str, rules: Iterable[str], phrases: Phrases) -> str:
    """Return one sentence for the cause of a wait; ``rules`` are what keeps suitable mentors away."""
    match cause:
        case "shortage":
            return phrases.gettext("The mentors who fit are with other people right now.")
        case "capacity":
            return _format_capacity(awaited(rules), phrases)
        case "hard_rule":
            return phrases.gettext("What was asked for rules out every mentor we have.")
        case "never_possible":
            return phrases.gettext("None of our mentors fits yet. We keep looking for someone who does.")
        case _:
            return phrases.gettext("We'll look for a mentor in the next matching round.")


def _format_capacity(awaited_rule: str, phrases: Phrases) -> str:
    match awaited_rule:
        case "ready":
            return phrases.gettext("There are mentors who fit, but they aren't ready to start yet.")
        case "quality_floor":
            return phrases.gettext("We're looking for a mentor who fits you better than those we have now.")
        case _:
            return phrases.gettext("There are mentors who fit, but none of them has a free place yet.")


def format_rule(rule: str, phrases: Phrases) -> str:
    """Return a few words for a rule's code; the code itself where it has no text."""
    match rule:
        case "ready":
            return phrases.gettext("mentors who are ready to start")
        case "request_shape":
            return phrases.gettext("the kind of contact asked for")
        case "cleared":
            return phrases.gettext("mentors cleared to support people under 18")
        case "excluded" | "blocked":
            return phrases.gettext("pairs that we don't match again")
        case "quality_floor":
            return phrases.gettext("the lowest fit that the programme accepts")
        case "places" | "pins":
            return phrases.gettext("free places")
        case "no_mentors":
            return phrases.gettext("no mentors yet")
        case _:
            return _format_criterion_rule(rule, phrases)


def _format_criterion_rule(rule: str, phrases: Phrases) -> str:
    """Format a criterion's rule: the programme's, or a must of the mentee."""
    if rule.startswith("must:"):
        what = rule.removeprefix("must:")
        axis = next((axis for axis in ("must", "matters") if is_code(axis, what)), None)
        named = label(axis, what, phrases.locale) if axis else what
        return phrases.gettext("the condition: %(what)s", what=named)
    return format_criterion(rule, phrases)


def format_rules(rules: Iterable[str], phrases: Phrases) -> str:
    """Return several rules as one comma-separated text."""
    return phrases.gettext(", ").join(format_rule(rule, phrases) for rule in rules)


def format_preset(name: str, phrases: Phrases) -> str:
    """Return the name of a preset of the weights; its code where it has no text."""
    match name:
        case "balanced":
            return phrases.gettext("Balanced: as many people as possible, then the best fit")
        case "language_first":
            return phrases.gettext("Language and culture first")
        case "devices_first":
            return phrases.gettext("Devices first: pumps, sensors and automated insulin delivery")
        case "quality_first":
            return phrases.gettext("Quality first: fewer but better matches")
        case _:
            return name
