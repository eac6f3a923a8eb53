"""What a failed call of Azure's management interface means."""

from __future__ import annotations

import json
from http import HTTPStatus
from types import SimpleNamespace

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseTimeoutError,
)

from sovercheck.sources.asking import EndedError
from sovercheck.sources.azure import failures
from sovercheck.sources.journal import NO_CREDENTIALS, Refusal

VAULTS = "Microsoft.KeyVault/vaults/read"
DENIED = (
    "The client '{client}' with object id '5f2c1b7e-8d2a-4b0e-9d3c-0a1b2c3d4e5f' does not have authorization to "
    "perform action '{action}' over scope '/subscriptions/0b1f' or the scope is invalid."
)


def answered(status: int, code: str = "", message: str = "no", **headers: str) -> HttpResponseError:
    """What is raised of an answer, its body as Azure writes one."""
    body = json.dumps({"error": {"code": code, "message": message}}) if code else "<html>"
    return raised(status, body, headers)


def raised(status: int, body: str, headers: dict[str, str]) -> HttpResponseError:
    response = SimpleNamespace(
        status_code=status, reason=HTTPStatus(status).phrase, headers=headers, text=lambda encoding=None: body
    )
    return HttpResponseError(response=response)


def denied(action: str, client: str = "agent") -> HttpResponseError:
    return answered(403, "AuthorizationFailed", DENIED.format(client=client, action=action))


@pytest.mark.parametrize(
    ("error", "reason", "needs"),
    [
        (answered(403, "Forbidden"), "refused", VAULTS),
        (answered(403), "refused", VAULTS),
        (denied("Microsoft.Sql/servers/read"), "refused", "Microsoft.Sql/servers/read"),
        (answered(401, "ExpiredAuthenticationToken"), "refused", NO_CREDENTIALS),
        (ClientAuthenticationError("no credential was found"), "refused", NO_CREDENTIALS),
        (answered(429, "SubscriptionRequestsThrottled"), "throttled", None),
        (answered(500, "InternalServerError"), "unreachable", None),
        (answered(503), "unreachable", None),
        (ServiceRequestError("no route"), "unreachable", None),
        (ServiceResponseTimeoutError("no answer"), "unreachable", None),
        (answered(400, "InvalidApiVersionParameter"), "unreadable", None),
        (answered(404, "ResourceNotFound"), "unreadable", None),
        (DecodeError("no JSON"), "unreadable", None),
        (ValueError("no JSON"), "unreadable", None),
        (EndedError(Refusal("refused", NO_CREDENTIALS, "since before")), "refused", NO_CREDENTIALS),
    ],
)
def test_a_failure_is_one_of_a_few_reasons(error: Exception, reason: str, needs: str | None) -> None:
    assert isinstance(error, failures.FAILURES)
    found = failures.refusal(error, VAULTS)
    assert (found.reason, found.needs) == (reason, needs)


def test_the_action_that_azure_names_is_found_however_long_the_callers_name_is() -> None:
    action = "Microsoft.Authorization/roleAssignments/read"
    for length in (10, 120, 400):
        found = failures.refusal(denied(action, "x" * length), VAULTS)
        assert found.needs == action
        assert len(found.detail or "") <= 300


def test_a_refusal_tells_what_azure_answered() -> None:
    found = failures.refusal(answered(404, "ParentResourceNotFound", "There is\n  no server."), VAULTS)
    assert found.detail is not None
    assert found.detail.startswith("ParentResourceNotFound: ")
    assert "There is no server." in found.detail
    assert "ServiceRequestError: no route" in str(failures.refusal(ServiceRequestError("no route"), VAULTS).detail)


def test_what_ended_before_is_told_as_it_was() -> None:
    first = Refusal("refused", NO_CREDENTIALS, "since before")
    assert failures.refusal(EndedError(first), VAULTS) is first


def test_only_without_credentials_nothing_further_is_asked() -> None:
    assert failures.is_final(failures.refusal(answered(401), VAULTS))
    for error in (answered(403), answered(429), answered(500), ServiceRequestError("no route")):
        assert not failures.is_final(failures.refusal(error, VAULTS))


@pytest.mark.parametrize(
    ("error", "code"),
    [(answered(404, "ResourceNotFound"), "ResourceNotFound"), (answered(404), ""), (ServiceRequestError("x"), ""),
     (ValueError("x"), "")],
)  # fmt: skip
def test_the_code_is_azures_own_where_it_gave_one(error: Exception, code: str) -> None:
    assert failures.code_of(error) == code


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (answered(429, **{"Retry-After": "17"}), 17),
        (answered(429), 0),
        # A date: how long that is, nobody reckons.
        (answered(429, **{"Retry-After": "Fri, 27 Nov 2026 12:00:00 GMT"}), 0),
        (answered(429, **{"Retry-After": "²"}), 0),
        (answered(503, **{"Retry-After": "17"}), None),
        (ServiceRequestError("x"), None),
        (ValueError("x"), None),
    ],
)
def test_only_what_is_throttled_says_how_long_to_wait(error: Exception, wait: float | None) -> None:
    assert failures.FAILING.throttled(error) == wait


def test_only_what_may_pass_is_asked_again() -> None:
    passing = (answered(500), answered(503), ServiceRequestError("x"), ServiceResponseTimeoutError("x"), DecodeError())
    final = (answered(403), answered(401), answered(404), answered(429), ValueError("x"))
    assert [failures.FAILING.passes(error) for error in (*passing, *final)] == [True] * 5 + [False] * 5


@pytest.mark.parametrize(
    "secret",
    [f"eyJ{'a' * 20}.eyJ{'b' * 20}.{'c' * 20}", f"{'A1' * 30}==", "sig=abc%2Fdef"],
)
def test_what_is_told_is_short_and_without_what_looks_like_a_token(secret: str) -> None:
    told = failures.shown(f"said\n {secret} & {'x ' * 400}")
    assert told.startswith("said … & x x")
    assert len(told) == 300
