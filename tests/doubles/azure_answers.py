"""The answers of Azure's management API that do not depend on an estate: every refusal, in the words of the service.

The bodies are `{"error": {"code", "message"}}` of the Resource Manager common types (`common-types/resource-management`
in Azure/azure-rest-api-specs, `ErrorResponse`), the codes and sentences those of Microsoft's "Troubleshoot common Azure
deployment errors", "Understand how Azure Resource Manager throttles requests" and of answers quoted in public issues.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent: a document, or bytes that are none."""

    status: int
    body: Json | bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A refusal in the shape of Resource Manager."""
    return Answer(status, {"error": {"code": code, "message": message}}, headers or {})


def type_of(path: str) -> str:
    """The resource type that a path names, as `Microsoft.Storage/storageAccounts`; of a subscription its own."""
    _, found, rest = path.rpartition("/providers/")
    if not found:
        return "Microsoft.Resources/subscriptions" + ("/resourceGroups" if "/resourcegroups" in path.lower() else "")
    namespace, *steps = rest.split("/")
    return "/".join([namespace, *steps[::2]])


def graph_refused(*details: Mapping[str, object]) -> Answer:
    """A 400 of Resource Graph."""
    return _graph(HTTPStatus.BAD_REQUEST, "BadRequest", details)


def graph_denied() -> Answer:
    """A 403 of Resource Graph: the caller may read nothing in the scope."""
    detail = {
        "code": "AccessDenied",
        "message": "Access is denied to the requested resources. The user might not have enough permission.",
    }
    return _graph(HTTPStatus.FORBIDDEN, "AccessDenied", [detail])


def no_subscription(given: object) -> Answer:
    """A 400 of Resource Graph: not one subscription of the scope is readable. Single ones are left out unsaid."""
    message = f"There must be at least one subscription that is eligible to contain resources. Given: '{given}'."
    return graph_refused({"code": "NoValidSubscriptionsInQueryRequest", "message": message})


def throttled(path: str, seconds: int, *, graph: bool) -> Answer:
    """A 429, with the time to wait."""
    headers = {"Retry-After": str(seconds)}
    if graph:
        quota = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": f"00:00:{seconds:02d}"}
        message = (
            "Client application has been throttled and should not attempt to repeat the request until an amount of "
            "time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
        )
        answer = _graph(HTTPStatus.TOO_MANY_REQUESTS, "RateLimiting", [{"code": "RateLimiting", "message": message}])
        return Answer(answer.status, answer.body, {**headers, **quota})
    subscription = path.split("/")[2] if path.lower().startswith("/subscriptions/") else ""
    return refusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        "SubscriptionRequestsThrottled",
        f"Number of requests for subscription '{subscription}' and operation 'GET/{type_of(path).upper()}' exceeded "
        f"the backend storage limit. Please try again after '{seconds}' seconds.",
        {**headers, "x-ms-failure-cause": "gateway"},
    )


def forbidden(path: str) -> Answer:
    """A 403, naming the action and the scope."""
    return refusal(
        HTTPStatus.FORBIDDEN,
        "AuthorizationFailed",
        "The client 'a7c1f0de-2f0b-4c3e-9d1a-5b0e7f6c2d11' with object id 'a7c1f0de-2f0b-4c3e-9d1a-5b0e7f6c2d11' does "
        f"not have authorization to perform action '{type_of(path)}/read' over scope '{path}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials.",
        {"x-ms-failure-cause": "gateway"},
    )


def broken() -> Answer:
    """A 500."""
    message = "The server encountered an internal error. Please retry the request."
    return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", message)


def garbage() -> Answer:
    """A 200 whose document breaks off."""
    return Answer(HTTPStatus.OK, b'{"value": [{"id": "/subscr')


def no_token(tenant: str) -> Answer:
    """A 401: the request has no bearer token."""
    message = "Authentication failed. The 'Authorization' header is missing."
    return _unauthorized(
        tenant, "AuthenticationFailed", message, "The authentication failed because of missing header."
    )


def expired(tenant: str) -> Answer:
    """A 401: the token's time is over."""
    message = (
        "The access token expiry UTC time '11/22/2026 3:00:00 AM' is earlier than current UTC time "
        "'11/22/2026 3:00:01 AM'."
    )
    return _unauthorized(tenant, "ExpiredAuthenticationToken", message, "The access token expired.")


def bad_version(version: str | None) -> Answer:
    """A 400: no `api-version`, or none that could be one."""
    if version is None:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        return refusal(HTTPStatus.BAD_REQUEST, "MissingApiVersionParameter", message)
    message = f"The api-version '{version}' is invalid."
    return refusal(HTTPStatus.BAD_REQUEST, "InvalidApiVersionParameter", message)


def not_allowed(method: str) -> Answer:
    """A 405: the double takes no writes."""
    message = f"The request method '{method}' is not allowed."
    return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "MethodNotAllowed", message, {"Allow": "GET, HEAD"})


def read_only(subscription: str) -> Answer:
    """A 409: the subscription is disabled, and so takes no writes."""
    return refusal(
        HTTPStatus.CONFLICT,
        "ReadOnlyDisabledSubscription",
        f"The subscription '{subscription}' is disabled and therefore marked as read only. You cannot perform any "
        "write actions on this subscription until it is re-enabled.",
    )


def missing(path: str) -> Answer:
    """A 404: there is no such subscription, group, resource or type of resource."""
    parts = path.strip("/").split("/")
    if "/providers/" not in path.lower():
        kind, code = (
            ("resource group", "ResourceGroupNotFound") if len(parts) > 2 else ("subscription", "SubscriptionNotFound")
        )
        return refusal(HTTPStatus.NOT_FOUND, code, f"The {kind} '{parts[-1]}' could not be found.")
    group = parts[3] if len(parts) > 3 and parts[2].lower() == "resourcegroups" else "<null>"
    return refusal(
        HTTPStatus.NOT_FOUND,
        "ResourceNotFound",
        f"The Resource '{type_of(path)}/{parts[-1]}' under resource group '{group}' was not found. For more details "
        "please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def no_type(path: str) -> Answer:
    """A 404: the provider has no such type."""
    namespace, _, name = type_of(path).partition("/")
    message = f"The resource type '{name}' could not be found in the namespace '{namespace}'."
    return refusal(HTTPStatus.NOT_FOUND, "InvalidResourceType", message)


def no_metric(type_: str, name: str, known: list[str]) -> Answer:
    """A 400 of Monitor, whose body has no `error` around it (Metrics API, `ErrorResponse`)."""
    provider, _, kind = type_.partition("/")
    message = (
        f"Failed to find metric configuration for provider: {provider}, resource Type: {kind}, metric: {name}, "
        f"Valid metrics: {','.join(known)}"
    )
    return Answer(HTTPStatus.BAD_REQUEST, {"code": "BadRequest", "message": message})


def _graph(status: int, code: str, details: object) -> Answer:
    message = (
        "Please provide below info when asking for support: timestamp = 2026-11-22T03:00:00.0000000Z, "
        "correlationId = 7fb81bbf-7ed4-4e99-8e74-cbca47d2db57."
    )
    return Answer(status, {"error": {"code": code, "message": message, "details": details}})


def _unauthorized(tenant: str, code: str, message: str, description: str) -> Answer:
    challenge = (
        f'Bearer authorization_uri="https://login.microsoftonline.com/{tenant}", error="invalid_token", '
        f'error_description="{description}"'
    )
    return refusal(HTTPStatus.UNAUTHORIZED, code, message, {"WWW-Authenticate": challenge})


def permissions(*, partly: bool) -> Answer:
    """What the caller may do at a scope (`Microsoft.Authorization/permissions`, `PermissionGetResult`, 2022-04-01).

    Args:
        partly: whether a role that reads only virtual machines was given instead of Reader.
    """
    actions = ["Microsoft.Compute/virtualMachines/read"] if partly else ["*/read"]
    given = {"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}
    return Answer(HTTPStatus.OK, {"value": [given]})
