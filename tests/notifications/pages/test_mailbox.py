"""In development every mail can be read; where mail is really sent there is no mailbox."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.notifications.adapters.email_files import EmailFiles
from services.notifications.ports import Letter
from tests.notifications.api.conftest import Open, client, open_app
from tests.support.fakes import FixedClock

__all__ = ["client", "open_app"]


def write(folder: Path, letter_id: str, *, subject: str = "Hello", html: str = "<html><head></head>x</html>") -> str:
    letter = Letter(
        id=letter_id,
        address=f"{letter_id}@example.org",
        name="Sam",
        locale="en",
        subject=subject,
        text="See https://cairn.example/offers/abc",
        html=html,
    )
    clock = FixedClock()
    EmailFiles(folder / "outbox", "Cairn <cairn@example.net>", clock).send(letter)
    return f"{clock.now():%Y%m%dT%H%M%S%f}-{letter_id}.eml"


def test_the_overview_lists_mail_and_filters_it(client: FlaskClient, tmp_path: Path) -> None:
    write(tmp_path, "sam", subject="For <Sam>")
    write(tmp_path, "kim", subject="For Kim")
    overview = client.get("/mailbox").text
    assert "For &lt;Sam&gt;" in overview
    assert "For Kim" in overview
    assert "For Kim" not in client.get("/mailbox?to=sam@example.org").text


def test_a_mail_shows_its_links_and_its_html_in_a_frame_without_scripts(client: FlaskClient, tmp_path: Path) -> None:
    name = write(tmp_path, "sam")
    page = client.get(f"/mailbox/{name}")
    assert '<a href="https://cairn.example/offers/abc">' in page.text
    assert f'<iframe src="/mailbox/{name}/html"' in page.text
    assert "allow-scripts" not in page.text
    frame = client.get(f"/mailbox/{name}/html")
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "allow-scripts" not in frame.headers["Content-Security-Policy"]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["none.eml", "..%2f..%2fetc%2fpasswd", "x"])
def test_a_mail_that_is_not_there_answers_404(client: FlaskClient, name: str) -> None:
    assert client.get(f"/mailbox/{name}").status_code == 404
    assert client.get(f"/mailbox/{name}/html").status_code == 404


def test_the_api_returns_the_same_mail(client: FlaskClient, tmp_path: Path) -> None:
    write(tmp_path, "sam")
    write(tmp_path, "kim")
    (mail,) = client.get("/notifications/v1/mailbox?to=sam@example.org").get_json()["items"]
    assert mail["links"] == ["https://cairn.example/offers/abc"]
    assert mail["text"].startswith("See https")


@pytest.mark.parametrize(
    "settings", [{"environment": "production"}, {"mail_url": "smtp://mail.example.org"}], ids=["production", "smtp"]
)
def test_there_is_no_mailbox_where_mail_is_real(open_app: Open, tmp_path: Path, settings: dict[str, str]) -> None:
    name = write(tmp_path, "sam")
    outside = open_app(**settings)
    for path in ("/mailbox", f"/mailbox/{name}", f"/mailbox/{name}/html", "/notifications/v1/mailbox"):
        assert outside.get(path).status_code == 404
