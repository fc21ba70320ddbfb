"""The maintainers' web application."""

from __future__ import annotations

from pathlib import Path

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from nachtlicht.settings import Settings
from referral_db.curation import (
    answers,
    audit,
    due,
    export_pages,
    gaps,
    given_pages,
    history_pages,
    hsds_api,
    import_pages,
    link_pages,
    preview,
    proposal_pages,
    second_factor,
    services,
    sign_in,
    tenant_pages,
    users,
)
from referral_db.curation.headers import SecurityHeaders
from referral_db.curation.site import Refused, Site
from referral_db.database import make_session_factory

_STATIC = Path(__file__).parent / "static"
_REFUSALS = {
    404: ("Deze pagina is er niet", "Kijk het adres na, of begin opnieuw bij Vandaag."),
    405: ("Dat kan hier niet", "Ga terug en probeer het langs het formulier."),
}


def create_app(settings: Settings, site: Site | None = None) -> Starlette:
    """Builds the application; `site` replaces what the settings say. Raises ValueError on a bad database address."""
    site = site or Site(settings, make_session_factory(settings.database_url))

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        title, text = _REFUSALS.get(status, ("Dat lukt niet", "Ga terug en probeer het nog eens."))
        response = await anyio.to_thread.run_sync(site.refusal, request, Refused(status, title, text))
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    app = Starlette(
        routes=[
            *sign_in.routes(site),
            *second_factor.routes(site),
            *due.routes(site),
            *services.routes(site),
            *link_pages.routes(site),
            *preview.routes(site),
            *answers.routes(site),
            *proposal_pages.routes(site),
            *history_pages.routes(site),
            *import_pages.routes(site),
            *export_pages.routes(site),
            *gaps.routes(site),
            *given_pages.routes(site),
            *users.routes(site),
            *tenant_pages.routes(site),
            *audit.routes(site),
            *hsds_api.routes(site),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: refuse},
    )
    app.router.redirect_slashes = False
    return app
