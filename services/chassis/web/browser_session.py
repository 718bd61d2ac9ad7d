"""Sessions of browsers: two cookies that no script can read, one for some minutes and one that renews it.

The access cookie opens the routes that say ``@allow(..., browser=True)``; a form there must also have its nonce. When
it has expired, the browser is sent to ``RENEWAL``, which profiles serves: with the session cookie it gets a new access
cookie and goes on with the same request (status 307 keeps the method and the form).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from flask import Response, request
from werkzeug.exceptions import HTTPException

from services.chassis.web.html_pages import cookie_flags, cookie_name

RENEWAL = "/session/renewal"
"""The path that renews an access cookie."""

_ACCESS = "access"
_SESSION = "session"


def access_cookie() -> str | None:
    """Return the access token that the browser sent."""
    return request.cookies.get(cookie_name(_ACCESS)) or None


def session_cookie() -> str | None:
    """Return the refresh token that the browser sent."""
    return request.cookies.get(cookie_name(_SESSION)) or None


def set_access_cookie(response: Response, access_token: str, life: timedelta) -> None:
    """Let the browser keep an access token for as long as it is valid."""
    response.set_cookie(cookie_name(_ACCESS), access_token, max_age=life, **cookie_flags())


def set_session_cookie(response: Response, refresh_token: str, expires: datetime) -> None:
    """Let the browser keep a refresh token until the session expires."""
    response.set_cookie(cookie_name(_SESSION), refresh_token, expires=expires, **cookie_flags())


def clear_cookies(response: Response) -> None:
    """Let the browser forget its session."""
    for name in (_ACCESS, _SESSION):
        response.delete_cookie(cookie_name(name), **cookie_flags())


def renewal() -> HTTPException | None:
    """Return the redirect that renews the access cookie for this request; None without a session cookie."""
    if session_cookie() is None:
        return None
    return _Redirect(redirect_to(f"{RENEWAL}?next={quote(request.full_path.rstrip('?'), safe='/')}", 307))


def redirect_to(path: str, status: int = 303) -> Response:
    """Return a redirect to a path of ours; 303 goes on with GET, 307 with the same method and form."""
    return Response(status=status, headers={"Location": path})


def safe_next(path: str | None, otherwise: str = "/") -> str:
    """Return a path of our own to go on to; ``otherwise`` for anything that could lead to another site."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return otherwise
    parts = urlsplit(path)
    return otherwise if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in path) else path


class _Redirect(HTTPException):
    """Ends a request with a redirect before its view runs."""

    code = 307

    def __init__(self, response: Response) -> None:
        super().__init__(response=response)
