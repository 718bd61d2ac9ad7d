"""Format moments as people write them: the day, the hour and the place whose clock is meant, in one language."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_datetime, get_timezone_location

_BRITISH = {"en": "en-GB"}  # the English of our texts; CLDR's plain ``en`` is American: month first, twelve hours
_REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def format_moment(moment: datetime | None, time_zone: str, locale: str) -> str:
    """Return ``moment`` in a time zone and language, such as ``Friday 27 November, 19:00 (Madrid)``.

    The order of the parts, the words between them and the clock (12 or 24 hours) are CLDR's for ``locale`` (a BCP 47
    tag). An unknown time zone counts as UTC. None gives an empty text.
    """
    if moment is None:
        return ""
    language = Locale.parse(_BRITISH.get(locale, locale), sep="-")
    zone = _zone(time_zone)
    written = format_datetime(moment, _pattern(language), tzinfo=zone, locale=language)
    return f"{written} ({_place(zone, language) or format_datetime(moment, 'ZZZZ', tzinfo=zone, locale=language)})"


@lru_cache
def _pattern(language: Locale) -> str:
    """Return the pattern of a weekday, day, month and hour: only few locales have one for all of them."""
    day = f"EEEE {language.datetime_skeletons['MMMMd'].pattern}"
    return str(language.datetime_formats["full"]).format(language.time_formats["short"].pattern, day)


@lru_cache
def _place(zone: ZoneInfo, language: Locale) -> str:
    """Return the city of a time zone in a language, or UTC; an empty text for zones such as ``Etc/GMT+5``."""
    if zone.key == "UTC":
        return zone.key
    if zone.key.partition("/")[0] not in _REGIONS:
        return ""
    return get_timezone_location(zone, locale=language, return_city=True).rpartition("/")[2]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
