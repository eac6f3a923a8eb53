"""What a failed call of Azure's management interface means."""

from __future__ import annotations

import re

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

from sovercheck.sources.asking import EndedError
from sovercheck.sources.insist import Failing
from sovercheck.sources.journal import NO_CREDENTIALS, Refusal

_ACTION = re.compile(r"to\s+perform\s+action\s+'([^']+)'")
_TOKEN = re.compile(r"(?:eyJ[\w-]+\.[\w-]+\.[\w-]*|[A-Za-z0-9+/]{40,}={1,2}|sig=[^&\s]+)")
_LENGTH = 300
FAILURES = (AzureError, ValueError, EndedError)
"""All that a call can raise because of the other side or of the way there: a body that is no JSON is a ValueError."""


def status_of(error: Exception) -> int:
    """The HTTP status; 0 where there was no answer."""
    return int(error.status_code or 0) if isinstance(error, HttpResponseError) else 0


def _asked_to_wait(error: Exception) -> float | None:
    if status_of(error) != 429:
        return None
    response = error.response if isinstance(error, HttpResponseError) else None
    given = getattr(response, "headers", {}).get("Retry-After", "0")
    return float(given) if given.isdecimal() else 0


def _passes(error: Exception) -> bool:
    return isinstance(error, ServiceRequestError | ServiceResponseError | DecodeError) or status_of(error) >= 500


FAILING = Failing(FAILURES, _asked_to_wait, _passes)
"""How `insist` tells them apart."""


def is_final(refusal: Refusal) -> bool:
    """Whether every other call with the same credentials will fail likewise."""
    return refusal.needs == NO_CREDENTIALS


def code_of(error: Exception) -> str:
    """The code that Azure answered: `AuthorizationFailed`."""
    inner = error.error if isinstance(error, HttpResponseError) else None
    return str(getattr(inner, "code", "") or "")


def refusal(error: Exception, permission: str) -> Refusal:
    """Why a call gave nothing, in the words of a gap.

    Args:
        error: what was raised.
        permission: what the call needs.
    """
    if isinstance(error, EndedError):
        return error.refusal
    status, code = status_of(error), code_of(error)
    message = str(getattr(error, "message", error))
    detail = shown(f"{code or type(error).__name__}: {message}")
    if isinstance(error, ClientAuthenticationError) or status == 401:
        return Refusal("refused", needs=NO_CREDENTIALS, detail=detail)
    if status == 429:
        return Refusal("throttled", detail=detail)
    if status == 403:
        # What is told may be cut before it.
        named = _ACTION.search(message)
        return Refusal("refused", needs=named[1] if named else permission, detail=detail)
    if status >= 500 or isinstance(error, ServiceRequestError | ServiceResponseError):
        return Refusal("unreachable", detail=detail)
    return Refusal("unreadable", detail=detail)


def shown(text: str) -> str:
    """An answer short enough to be told, without what looks like a token."""
    return _TOKEN.sub("…", " ".join(text.split()))[:_LENGTH]
