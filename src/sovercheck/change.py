"""What is said of a change of infrastructure in the same words by its readers, the gate and the reports."""

from __future__ import annotations

from typing import Literal

from sovercheck.light import dataclass

Action = Literal["create", "update", "replace", "delete", "forget", "import", "no_op", "unchanged"]
"""What becomes of a resource. `forget`: it stays where it is, and is no longer managed. `import`: it is there already
and becomes managed. `unchanged`: the file does not say whether anything changes (a template has no before)."""

Rung = Literal["resource", "arn", "provider", "environment", "variable", "assumed", "unknown"]
RUNGS: tuple[Rung, ...] = ("resource", "arn", "provider", "environment", "variable", "assumed", "unknown")
"""What told a place, the strongest first: a member of the resource, an ARN or availability zone, a constant of its
provider's configuration, the target of the deployment, one variable (inferred), whoever runs the gate; nothing."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the sources something is written.

    Attributes:
        file: relative to the folder of the sources, or to the repository, with forward slashes.
        line: from 1.
        end_line: the last one of what is meant; the same where that is one line.
    """

    file: str
    line: int
    end_line: int
