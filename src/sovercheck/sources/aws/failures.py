"""What a failed call of AWS means: refused, throttled, out of reach, unreadable, or not there at all."""

from __future__ import annotations

import re

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    UnknownServiceError,
)
from botocore.parsers import ResponseParserError

from sovercheck.sources.asking import EndedError
from sovercheck.sources.insist import Failing
from sovercheck.sources.journal import NO_CREDENTIALS, Refusal
from sovercheck.sources.kinds.path import Json

THROTTLING = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestRateLimitExceeded",
        "SlowDown",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "EC2ThrottledException",
        "429",
    }
)
ASSUME_ROLE = "sts:AssumeRole"
"""What is missing where nothing at all can be asked."""

EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
CLOCK = frozenset({"RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException"})
_REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccessDeniedFault",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "ForbiddenException",
        "InvalidAccessException",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "UnauthorizedException",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
        "UnauthorizedRequestException",
        "403",
        "401",
    }
)
_NOT_SUPPORTED = frozenset(
    {
        "SubscriptionRequiredException",
        "UnknownOperationException",
        "UnknownOperation",
        "InvalidAction",
        "UnsupportedOperation",
        "UnsupportedOperationException",
        "NotImplemented",
        "501",
        "AWSOrganizationsNotInUseException",
    }
)
_NEEDS = re.compile(r"not authorized to perform:? \[?([A-Za-z0-9-]+:[A-Za-z0-9*]+)")
_SECRET = re.compile(r"(?:[A-Za-z0-9+/]{40,}={0,2}|(?:AKIA|ASIA)[A-Z0-9]{16})")
_LENGTH = 300


def code_of(error: ClientError) -> str:
    """The error code that the service answered."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    """The HTTP status."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)


def is_throttling(error: Exception) -> bool:
    """Whether the service asks for fewer requests."""
    return isinstance(error, ClientError) and (code_of(error) in THROTTLING or status_of(error) in (429, 503))


def is_passing(error: Exception) -> bool:
    """Whether asking once more may help: a broken connection, a fault of the service's own."""
    if isinstance(error, ClientError):
        return status_of(error) >= 500 and code_of(error) not in _NOT_SUPPORTED
    return isinstance(error, ConnectionError | HTTPClientError | ResponseParserError)


def is_absence(error: Exception, codes: tuple[str, ...]) -> bool:
    """Whether an error is how the service says that there is none."""
    return isinstance(error, ClientError) and code_of(error) in codes


def told_anyway(error: Exception) -> dict[str, Json] | None:
    """What a refusal tells all the same: S3 says where a bucket is to whoever may not look into it."""
    if not isinstance(error, ClientError) or error.operation_name != "HeadBucket":
        return None
    region = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
    return {"BucketRegion": region} if region else None


def is_final(refusal: Refusal) -> bool:
    """Whether every other call with the same credentials will fail likewise."""
    return refusal.needs in (NO_CREDENTIALS, ASSUME_ROLE)


def refusal(error: Exception, permission: str) -> Refusal:
    """Why a call gave nothing, in the words of a gap.

    Args:
        error: what boto3 raised.
        permission: what the call needs.
    """
    if isinstance(error, ClientError):
        return _answered(error, permission)
    if isinstance(error, EndedError):
        return error.refusal
    detail = shown(f"{type(error).__name__}: {error}")
    if isinstance(error, ResponseParserError | ValueError):
        return Refusal("unreadable", detail=detail)
    if isinstance(error, UnknownServiceError):
        return Refusal("not_supported", detail=detail)
    if isinstance(error, CREDENTIALS):
        return Refusal("refused", needs=NO_CREDENTIALS, detail=detail)
    return Refusal("unreachable", detail=detail)


CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
    NoRegionError,
)
"""Nothing to sign with: said once, and every reading of the account is refused."""

FAILURES = (BotoCoreError, ClientError, ResponseParserError, EndedError)
"""All that a call of boto3's can raise because of the other side or of the way there."""


def _asked_to_wait(error: Exception) -> float | None:
    return 0 if is_throttling(error) else None


FAILING = Failing(FAILURES, _asked_to_wait, is_passing)
"""How `insist` tells them apart."""


def _answered(error: ClientError, permission: str) -> Refusal:
    code, status = code_of(error), status_of(error)
    message = str(error.response.get("Error", {}).get("Message", ""))
    detail = shown(f"{code}: {message}" if message else code)
    if error.operation_name == "AssumeRole":
        return Refusal("refused", needs=ASSUME_ROLE, detail=detail)
    if code in EXPIRED or code in CLOCK:
        return Refusal("refused", needs=NO_CREDENTIALS, detail=detail)
    if is_throttling(error):
        return Refusal("throttled", detail=detail)
    if code in _NOT_SUPPORTED:
        return Refusal("not_supported", detail=detail)
    if code in _REFUSED or status in (401, 403):
        named = _NEEDS.search(message)
        needs = named[1] if named else permission
        # A permission that is there and denied above the account is not mended by granting it.
        bound = "service control policy" in message
        return Refusal("refused", needs=f"{needs} (SCP)" if bound else needs, detail=detail)
    if status >= 500:
        return Refusal("unreachable", detail=detail)
    return Refusal("unreadable", detail=detail)


def shown(text: str) -> str:
    """An answer short enough to be told, without what looks like a key or a token."""
    return _SECRET.sub("…", " ".join(text.split()))[:_LENGTH]
