"""Scripted mentors and mentees, whose answers depend only on the seed."""

import random
import re
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any

from deploy.demo.client import Client, Refused

_DECLINE_REASONS = ("no_time_now", "not_my_experience", "availability", "rather_not_say")
_THINKING_SECONDS = (1.0, 4.0)
_LINK = re.compile(r"https?://\S+/offers/\S+")


@dataclass(frozen=True)
class Actor:
    """A person whom the demonstration signed up, with their access token."""

    id: str
    token: str
    email: str
    likely: float  # probability that this mentor accepts
    by_link: bool  # accepts through the link in the mail instead of the API


class Answering:
    """Answer offers for mentors and confirm matches for mentees, in a thread, until ``stop``.

    People answer only after their mail has arrived and after a pause of a few seconds. A silent mentor never answers,
    so that the offer expires at its deadline.
    """

    def __init__(
        self, client: Client, admin: str, mentors: Mapping[str, Actor], mentees: Mapping[str, Actor], seed: int
    ) -> None:
        self._client = client
        self._admin = admin
        self._mentors = mentors
        self._mentees = mentees
        self._seed = seed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scripted answers", daemon=True)
        self._silent: set[str] = set()
        self._asked_at: dict[tuple[str, str], float] = {}
        self.counts = {"accepted": 0, "declined": 0, "confirmed": 0, "by link": 0}
        self.trouble: Exception | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; raise its error, if any."""
        self._stop.set()
        self._thread.join()
        if self.trouble:
            raise self.trouble

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                if not self.answer_once():
                    self._stop.wait(0.3)
        except Exception as problem:
            self.trouble = problem

    def answer_once(self) -> int:
        """Answer every open question once; return the number of answers."""
        answered = 0
        asked = self._mailed("proposal")
        for match in self._open("proposed"):
            mentor = self._mentors.get(match["mentor_id"])
            if mentor and match["id"] in asked - self._silent and self._has_thought(match):
                answered += self._mentor_answers(mentor, match)
        introduced = self._mailed("introduction")
        for match in self._open("accepted"):
            mentee = self._mentees.get(match["mentee_id"])
            if mentee and match["id"] in introduced and self._has_thought(match):
                answered += self._post(f"/matcher/v1/matches/{match['id']}/confirm", mentee.token, None, "confirmed")
        return answered

    def _mailed(self, kind: str) -> set[str]:
        """Return the ids of matches about which a mail of this kind has been delivered."""
        mails = self._client.pages(
            "/notifications/v1/deliveries", token=self._admin, kind=kind, state="delivered", limit=200
        )
        return {mail["subject"] for mail in mails}

    def _has_thought(self, match: Mapping[str, Any]) -> bool:
        """Return whether a few seconds have passed since this question was first seen."""
        question = (match["id"], match["state"])
        seconds = random.Random(f"{self._seed}:{question}").uniform(*_THINKING_SECONDS)
        return time.monotonic() - self._asked_at.setdefault(question, time.monotonic()) > seconds

    def outstanding(self) -> int:
        """Return the number of open questions that people of the demonstration will still answer."""
        proposed = [match for match in self._open("proposed") if match["mentor_id"] in self._mentors]
        accepted = [match for match in self._open("accepted") if match["mentee_id"] in self._mentees]
        return sum(match["id"] not in self._silent for match in proposed) + len(accepted)

    @property
    def silent(self) -> int:
        """Return the number of offers that silent mentors leave unanswered."""
        return len(self._silent)

    def _open(self, state: str) -> list[dict[str, Any]]:
        return list(self._client.pages("/matcher/v1/matches", token=self._admin, state=state))

    def _mentor_answers(self, mentor: Actor, match: Mapping[str, Any]) -> int:
        dice = random.Random(f"{self._seed}:{mentor.email}:{match['id']}")
        throw = dice.random()
        path = f"/matcher/v1/matches/{match['id']}"
        if throw < mentor.likely:
            if mentor.by_link and self._accept_by_link(mentor):
                return 1
            return self._post(f"{path}/accept", mentor.token, None, "accepted")
        if throw < mentor.likely + 0.8 * (1 - mentor.likely):
            return self._post(f"{path}/decline", mentor.token, {"reason": dice.choice(_DECLINE_REASONS)}, "declined")
        self._silent.add(match["id"])
        return 0

    def _post(self, path: str, token: str, body: Any, counted: str) -> int:
        try:
            self._client.post(path, body, token=token, key=f"demo-{path}")
        except Refused as refused:
            if refused.status != 409:  # 409: answered or withdrawn a moment ago
                raise
            return 0
        self.counts[counted] += 1
        return 1

    def _accept_by_link(self, mentor: Actor) -> bool:
        """Accept through the link in the newest offer mail; return False when there is no mail or open offer (yet)."""
        mails = self._client.get("/notifications/v1/mailbox", token=self._admin, to=mentor.email)["items"]
        links = [match[0] for mail in mails if (match := _LINK.search(mail["text"]))]
        if not links:
            return False
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(links[0], timeout=30).read().decode()
        form = _accept_form(page)
        if form is None:
            return False
        action, fields = form
        browser.open(urllib.parse.urljoin(links[0], action), urllib.parse.urlencode(fields).encode(), timeout=30).read()
        self.counts["accepted"] += 1
        self.counts["by link"] += 1
        return True


def _accept_form(page: str) -> tuple[str, dict[str, str]] | None:
    """Return action and hidden fields of the form that accepts, or None when the offer is no longer open."""
    for form in re.finditer(r"<form\b[^>]*action=\"([^\"]*accept[^\"]*)\"[^>]*>(.*?)</form>", page, re.DOTALL):
        fields = re.findall(r"<input\b[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"", form[2])
        return form[1], dict(fields)
    return None
