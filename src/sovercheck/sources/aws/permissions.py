"""What each call needs: the IAM action, where it is not the service's and the operation's own names."""

from __future__ import annotations

from collections.abc import Mapping

from sovercheck.sources.kinds.model import Call

IAM_PREFIX: Mapping[str, str] = {}


def permission(call: Call) -> str:
    """The IAM action that a call needs."""
    return call.permission or f"{IAM_PREFIX.get(call.service, call.service)}:{call.operation}"
