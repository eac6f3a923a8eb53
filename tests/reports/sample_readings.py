"""The sample's ledger: three AWS accounts and two Azure subscriptions, every status, and hostile texts."""

from __future__ import annotations

from collections.abc import Iterator

from sovercheck.evaluation.folding import reading_lines
from sovercheck.findings import UNREAD, GapView, ReadingLine
from sovercheck.inventory.rows import Reading, ReadingStatus

AWS, AZURE = "aws", "azure"
CLINICAL, ARCHIVE, LABORATORY = "111122223333", "444455556666", "777788889999"
SUBSCRIPTION = "0f0f0f0f-1111-4222-8333-444455556666"
HOSTILE_ACCOUNT = '<script>alert("compte")</script>\x1b[31m'
HOSTILE_NEEDS = '=HYPERLINK("http://x.invalid","s3:Get*")<b>'
HOSTILE_KIND = "<img src=x onerror=alert(2)>|`genre`"
HOSTILE_DETAIL = '=cmd|" /C calc"!A1 </td><script>alert(3)</script>\x07\u202e'

_REGIONS = ("ca-central-1", "ca-west-1", "eu-west-1", "us-east-1", "us-west-2")
_KINDS = {
    "s3": ("object_bucket",),
    "rds": ("database", "database_cluster", "database_snapshot"),
    "ec2": ("disk", "disk_snapshot", "image", "server"),
    "dynamodb": ("table",),
    "kms": ("key",),
    "backup": ("backup_vault", "recovery_point"),
    "logs": ("log_group",),
    "lambda": ("function",),
    "sqs": ("queue",),
    "sns": ("topic",),
    "efs": ("file_system",),
    "bedrock": ("inference_profile",),
}
_AZURE_KINDS = {
    "microsoft.storage": ("object_bucket", "file_share"),
    "microsoft.sql": ("database", "database_server"),
    "microsoft.keyvault": ("key", "key_vault"),
    "microsoft.recoveryservices": ("backup_vault",),
}


def _outcome(account: str, region: str, service: str) -> tuple[ReadingStatus, str | None, str | None]:
    """What became of the listings of a service: status, permission that is missing, and why."""
    match account, region, service:
        case (_, "us-west-2", _) if account == LABORATORY:
            return "excluded", None, "comptes de laboratoire : aucune donnée de production"
        case (_, "ca-west-1", _) if account != CLINICAL:
            return "opted_out", None, None
        case (_, "ca-west-1", "bedrock"):
            return "not_supported", None, None
        case (_, _, "backup") if account in (ARCHIVE, LABORATORY):
            return "refused", "backup:ListRecoveryPointsByBackupVault", f"AccessDeniedException, {region}"
        case (_, _, "s3") if account == ARCHIVE:
            return "refused", "s3:ListAllMyBuckets", "AccessDenied"
        case (_, "us-east-1", "logs") if account == CLINICAL:
            return "throttled", None, "ThrottlingException: Rate exceeded"
        case (_, "eu-west-1", "dynamodb") if account == ARCHIVE:
            return "unreachable", None, "connexion fermée par l’autre côté"
        case (_, "us-west-2", "sns") if account == ARCHIVE:
            return "unreadable", None, "réponse sans « Topics »"
        case _:
            return "read", None, None


def _readings() -> Iterator[Reading]:
    for account in (CLINICAL, ARCHIVE, LABORATORY):
        for region in _REGIONS:
            for service, kinds in _KINDS.items():
                status, needs, detail = _outcome(account, region, service)
                for kind in kinds:
                    count = len(kind) % 7 if status == "read" else 0
                    yield Reading(AWS, account, region, service, kind, status, count, 0, needs, detail)
    yield Reading(AWS, CLINICAL, "ca-central-1", "gamelift", "AWS::GameLift::Fleet", "undescribed", 4)
    yield Reading(AWS, CLINICAL, "us-east-1", "gamelift", "AWS::GameLift::Build", "undescribed", 2)
    for account in (SUBSCRIPTION, HOSTILE_ACCOUNT):
        for region in ("canadacentral", "canadaeast", "eastus2"):
            for service, kinds in _AZURE_KINDS.items():
                refused = account == HOSTILE_ACCOUNT and service == "microsoft.keyvault"
                for kind in kinds:
                    yield Reading(
                        AZURE,
                        account,
                        region,
                        service,
                        HOSTILE_KIND if refused and kind == "key" else kind,
                        "refused" if refused else "read",
                        0 if refused else len(kind) % 5,
                        0,
                        HOSTILE_NEEDS if refused else None,
                        HOSTILE_DETAIL if refused else None,
                    )


READINGS: tuple[ReadingLine, ...] = reading_lines(_readings())

READING_GAPS: tuple[GapView, ...] = tuple(
    GapView(
        reading.source,
        reading.status,
        "resource",
        None,
        (),
        f"{reading.account} {reading.region}",
        reading.needs,
        reading.detail,
    )
    for reading in _readings()
    if reading.status in UNREAD
)
"""Each listing that was not obtained is a gap too."""
