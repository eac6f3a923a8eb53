"""A replay of Azure's management interface on the loopback: one subscription with as many disks as one likes.

It is a replay, not Azure: subscriptions, their locations and permissions, and the pages of Resource Graph, in the
shapes of their published interfaces; nothing besides. What else is asked is refused with a 403, and so is a gap.
"""

from __future__ import annotations

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
TENANT = "99999999-2222-4333-8444-555555555555"
REGIONS = ("canadacentral", "canadaeast", "eastus2", "francecentral")
_PAGE = 1_000
_TABLE = re.compile(r"\s*(\w+)")


def disk(number: int) -> dict[str, Any]:
    """A row of Resource Graph."""
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-{number % 50}"
    return {
        "id": f"{group}/providers/Microsoft.Compute/disks/disque-{number:07}",
        "name": f"disque-{number:07}",
        "type": "microsoft.compute/disks",
        "location": REGIONS[number % len(REGIONS)],
        "resourceGroup": f"rg-{number % 50}",
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "tags": {"systeme": f"systeme-{number % 300}", "environnement": "production"},
        "sku": {"name": "Premium_LRS", "tier": "Premium"},
        "properties": {
            "diskSizeBytes": 34_359_738_368,
            "diskSizeGB": 32,
            "timeCreated": "2026-02-03T04:05:06.789+00:00",
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "diskState": "Attached",
            "uniqueId": f"{number:032}",
        },
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    disks = 0

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/subscriptions":
            one = {"subscriptionId": SUBSCRIPTION, "displayName": "réf.", "state": "Enabled", "tenantId": TENANT}
            self._send(200, {"value": [one]})
        elif path.endswith("/locations"):
            self._send(200, {"value": [{"name": name, "metadata": {}} for name in REGIONS]})
        elif path.endswith("/permissions"):
            self._send(200, {"value": [{"actions": ["*/read"], "notActions": []}]})
        elif path == "/tenants" or path.lower().endswith("/diagnosticsettings"):
            self._send(200, {"value": []})
        else:
            self._send(403, {"error": {"code": "AuthorizationFailed", "message": path}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = _TABLE.match(asked["query"])
        count = self.disks if found and found[1].lower() == "resources" else 0
        start = int(asked["options"].get("$skipToken") or 0)
        rows = [disk(number) for number in range(start, min(start + _PAGE, count))]
        answer = {"totalRecords": count, "count": len(rows), "data": rows, "facets": [], "resultTruncated": "false"}
        if start + _PAGE < count:
            answer["$skipToken"] = str(start + _PAGE)
        self._send(200, answer)

    def _send(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serves until it is stopped; its first line says where."""

    class Handler(_Handler):
        disks = int(sys.argv[1])

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
