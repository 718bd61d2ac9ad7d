"""Mail that can wait is never sent in quiet hours, whatever the time zone and its clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.quiet import QuietHours, after_quiet, next_daily, read_quiet_hours

NIGHT = read_quiet_hours("21:00-08:00")
ZONES = ["UTC", "Europe/Madrid", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo"]
MOMENTS = st.integers(0, 15 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HOURS = st.builds(QuietHours, st.times(), st.times())


@pytest.mark.parametrize(
    ("at", "until"),
    [("20:59", "20:59"), ("21:00", "08:00"), ("23:30", "08:00"), ("00:00", "08:00"), ("07:59", "08:00")],
)
def test_a_night_over_midnight_ends_in_the_morning(at: str, until: str) -> None:
    moment = datetime.fromisoformat(f"2030-01-31T{at}:00+00:00")
    assert f"{after_quiet(moment, 'UTC', NIGHT):%H:%M}" == until


@given(moment=MOMENTS, zone=st.sampled_from(ZONES), quiet=HOURS)
def test_the_moment_after_quiet_hours_is_never_quiet_nor_in_the_past(
    moment: datetime, zone: str, quiet: QuietHours
) -> None:
    result = after_quiet(moment, zone, quiet)
    assert moment <= result <= moment + timedelta(hours=26)
    local = result.astimezone(ZoneInfo(zone)).time()
    assert not quiet.cover(local) or local == quiet.start == quiet.end


@given(moment=MOMENTS, zone=st.sampled_from(ZONES))
def test_daily_mail_goes_out_at_the_next_nine_o_clock(moment: datetime, zone: str) -> None:
    result = next_daily(moment, zone)
    assert moment <= result <= moment + timedelta(hours=26)
    assert result.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "09:00"


def test_no_quiet_hours_mean_at_once() -> None:
    moment = datetime(2030, 1, 31, 3, tzinfo=UTC)
    assert after_quiet(moment, "UTC", read_quiet_hours("off")) == moment


@pytest.mark.parametrize("text", ["", "21:00", "21-08", "24:00-08:00", "21:60-08:00", "21:00-08:00 ", "OFF"])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="21:00-08:00"):
        read_quiet_hours(text)
