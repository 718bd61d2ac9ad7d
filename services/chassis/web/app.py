"""The app factory: everything that the HTTP side of each service needs, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import flask
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from services.chassis.core.clock import Clock
from services.chassis.i18n.translations import CHASSIS_WORDS, Words
from services.chassis.identity.access_tokens import TokenVerifier
from services.chassis.service.service_settings import ServiceSettings
from services.chassis.storage.ended_sessions import EndedSessions
from services.chassis.web import (
    access_policy,
    error_handlers,
    etags,
    html_pages,
    json_body,
    rate_limits,
    request_log,
    security_headers,
)
from services.chassis.web.api import Api, Blueprint
from services.chassis.web.api_docs import docs_routes
from services.chassis.web.app_state import AppState, PrincipalReaderLike, UnitOfWorkLike, attach
from services.chassis.web.ops_routes import HealthLike, ops_routes


def build_app(  # noqa: PLR0913 - what differs between the services, each by name
    *,
    name: str,
    title: str,
    site: str = "",
    version: str = "v1",
    settings: ServiceSettings,
    health: HealthLike,
    blueprints: Sequence[Blueprint] = (),
    pages: Sequence[flask.Blueprint] = (),
    principals: PrincipalReaderLike | None = None,
    uow: UnitOfWorkLike | None = None,
    assets: Sequence[Path] = (),
    words: Words | None = None,
    clock: Clock | None = None,
) -> Flask:
    """Return the WSGI app of a service; raise ``PolicyMissing`` when a route has no ``@allow(...)``.

    ``name`` is the prefix of the service's paths (``/shop/openapi.json``, ``/shop/docs``, ``/shop/static/…``); API
    blueprints and ``pages`` have full paths (``/shop/v1/…``). ``assets`` are folders searched before the chassis' own
    static files. ``site`` is the name shown on pages, by default the title. ``principals`` is by default a
    ``PrincipalReader`` with the settings' tokens. ``words`` translates pages and problems, by default those of the
    chassis only. ``clock`` decides whether tokens have expired.
    """
    app = Flask(__name__, static_folder=None, template_folder=str(Path(__file__).parent / "templates"))
    app.config.update(_config(title, version))
    app.url_map.merge_slashes = False  # addresses are exact: no redirects that the API document does not mention
    translations = words or Words(CHASSIS_WORDS)
    translations.install(app.jinja_env)
    attach(
        app,
        AppState(
            name=name,
            title=title,
            site=site or title,
            secrets=settings.link_secrets,
            production=settings.production,
            uow=uow,
            principals=principals or _principal_reader(name, settings, uow, clock),
            words=translations,
        ),
    )
    request_log.install(app, name)
    error_handlers.install(app, page=html_pages.problem_page)
    for step in (json_body.guard, rate_limits.admit):
        app.before_request(step)
    _install_response_steps(app, settings)
    api = _api(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    for routes in (*pages, ops_routes(name, health), docs_routes(name, api, assets)):
        app.register_blueprint(routes)
    rate_limits.install(app, name, settings)
    access_policy.refuse_routes_without_policy(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    return app


def _config(title: str, version: str) -> dict[str, object]:
    return {
        "API_TITLE": title,
        "API_VERSION": version,
        "OPENAPI_VERSION": "3.1.0",
        "PAGINATION_HEADER_NAME": None,
        "MAX_CONTENT_LENGTH": json_body.WERKZEUG_LIMIT,
        "MAX_FORM_PARTS": 200,
        "PROVIDE_AUTOMATIC_OPTIONS": False,
    }


def _principal_reader(
    name: str, settings: ServiceSettings, uow: UnitOfWorkLike | None, clock: Clock | None
) -> PrincipalReaderLike:
    return access_policy.PrincipalReader(
        verifier=TokenVerifier(*settings.token_public_keys, service=name, clock=clock),
        programme=settings.programme,
        ended=None if uow is None else EndedSessions(uow),
    )


def _api(app: Flask) -> Api:
    api = Api(app)
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "description": "access token of a person, staff or a system",
    }
    api.spec.components.security_scheme("bearer", bearer)
    return api


def _install_response_steps(app: Flask, settings: ServiceSettings) -> None:
    """Register the steps that finish every answer; the last registered step runs first."""
    security_headers.install(app, production=settings.production)
    html_pages.install(app)

    @app.after_request
    def answer_not_modified(response: Response) -> Response:
        if request.method == "GET" and response.status_code == 200 and "ETag" in response.headers:
            response.make_conditional(request)
        return response

    app.after_request(etags.stamp)
