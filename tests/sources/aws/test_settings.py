from __future__ import annotations

import pytest
from pydantic import ValidationError

from sovercheck.sources.aws.settings import AwsEntry


def test_everything_has_a_default() -> None:
    entry = AwsEntry.model_validate({})
    assert (entry.name, entry.accounts, entry.role, entry.regions, entry.exclude) == ("aws", None, None, None, [])


@pytest.mark.parametrize(
    "given",
    [
        {"exclude": ["eu-west-3"]},
        {"regions": ["ca-central-1"]},
        {"accounts": ["12"]},
        {"accounts": "all"},
        {"threads": 0},
        {"requests_per_second": 0},
        {"acounts": "organization"},
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AwsEntry.model_validate(given)


def test_what_is_left_out_has_a_reason() -> None:
    assert AwsEntry.model_validate({"regions": ["ca-central-1"], "because": "Québec"}).regions == ["ca-central-1"]
