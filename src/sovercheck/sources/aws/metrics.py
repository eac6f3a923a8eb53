"""Sizes that only the provider's metrics have: the last daily point, summed over the kinds of storage.

One listing of the metric and one call for each 500 of its series, whatever the number of resources (S3's
`BucketSizeBytes` has a series for each bucket and storage class).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sovercheck.sources.aws.asking import AwsAsker
from sovercheck.sources.aws.failures import FAILURES, refusal
from sovercheck.sources.journal import Ask
from sovercheck.sources.kinds.model import Form

PERMISSIONS = ("cloudwatch:ListMetrics", "cloudwatch:GetMetricData")
_QUERIES = 500
_DAYS = 4
"""The last point of a daily metric may be two days old."""


def sizes_ask(form: Form, account: str, region: str) -> Ask:
    """What stands for the sizes of a kind in a region: its answer is a mapping from the dimension's value to bytes."""
    assert form.metric is not None  # noqa: S101 - only such forms are asked
    namespace, name, dimension, _ = form.metric
    given = {"Namespace": namespace, "MetricName": name, "Dimension": dimension}
    return Ask(account, region, "cloudwatch", "GetMetricData", given)


def gather(asker: AwsAsker, ask: Ask, day: str) -> None:
    """Asks for the sizes of a kind in a region, into the journal."""
    if asker.journal.has(ask) or asker.journal.refusal(ask) is not None:
        return
    needs = PERMISSIONS[0]
    try:
        series = list(_series(asker, ask))
        needs = PERMISSIONS[1]
        asker.journal.put(ask, dict(_sizes(asker, ask, series, day)))
    except FAILURES as error:
        asker.refuse(ask, refusal(error, needs))


Series = list[Mapping[str, str]]
"""The dimensions of one series: name and value of each."""


def _series(asker: AwsAsker, ask: Ask) -> Iterator[Series]:
    listed = {"Namespace": ask.parameters["Namespace"], "MetricName": ask.parameters["MetricName"]}
    for page in asker.raw_pages(Ask(ask.account, ask.region, "cloudwatch", "ListMetrics", listed)):
        for metric in page.get("Metrics", ()):
            yield metric.get("Dimensions", [])


def _sizes(asker: AwsAsker, ask: Ask, series: list[Series], day: str) -> dict[str, int]:
    end = date.fromisoformat(day)
    found: dict[str, int] = defaultdict(int)
    for start in range(0, len(series), _QUERIES):
        part = series[start : start + _QUERIES]
        queries = [_query(ask, number, dimensions) for number, dimensions in enumerate(part)]
        asked = {
            "MetricDataQueries": queries,
            "StartTime": (end - timedelta(days=_DAYS)).isoformat(),
            "EndTime": (end + timedelta(days=1)).isoformat(),
            "ScanBy": "TimestampDescending",
        }
        for page in asker.raw_pages(Ask(ask.account, ask.region, "cloudwatch", "GetMetricData", asked)):
            for result in page.get("MetricDataResults", ()):
                values = result.get("Values") or []
                dimensions = part[int(str(result.get("Id", "m0")).removeprefix("m"))]
                name = next((d["Value"] for d in dimensions if d["Name"] == ask.parameters["Dimension"]), None)
                if values and name is not None:
                    found[name] += int(values[0])
    return found


def _query(ask: Ask, number: int, dimensions: Series) -> dict[str, Any]:
    metric = {
        "Namespace": ask.parameters["Namespace"],
        "MetricName": ask.parameters["MetricName"],
        "Dimensions": dimensions,
    }
    return {"Id": f"m{number}", "MetricStat": {"Metric": metric, "Period": 86_400, "Stat": "Average"}}
