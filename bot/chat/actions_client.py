"""Talks to the actions process on the loopback address: it keeps what people report about a service,
and the sentences that they give."""

from __future__ import annotations

import asyncio

import httpx

TIME_OUT = 3.0
"""Seconds for one of these."""


class ActionsUnavailableError(Exception):
    """The actions process did not keep it. Says what failed, never for which session."""


class ActionsClient:
    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url

    async def report(self, service_id: str) -> None:
        """Returns once the report is taken. Raises ActionsUnavailableError otherwise.

        Nothing goes along that tells who reported, or in which conversation.
        """
        await self._post("/reports", {"service": service_id})

    async def give(self, text: str, tenant: str) -> None:
        """Returns once a redacted sentence is taken. Raises ActionsUnavailableError otherwise."""
        await self._post("/given", {"text": text, "tenant": tenant})

    async def _post(self, path: str, body: dict[str, str]) -> None:
        try:
            async with asyncio.timeout(TIME_OUT):
                response = await self._http.post(self._url + path, json=body)
        except (httpx.HTTPError, TimeoutError) as error:
            raise ActionsUnavailableError(type(error).__name__) from None
        if response.status_code != 204:
            raise ActionsUnavailableError(f"status {response.status_code}")
