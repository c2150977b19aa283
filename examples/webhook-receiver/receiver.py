"""Takes Lazaret's webhooks: verifies each, answers at once, and drops what it knows. Needs: pip install standardwebhooks

SECRET_FILE=/etc/lazaret/webhook-siem PORT=8090 python3 receiver.py
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks import Webhook

SECRET_FILE = Path(os.environ.get("SECRET_FILE", "/etc/lazaret/webhook-siem"))
MOST_BYTES = 1024 * 1024
# Webhooks come at least once and in any order: the id tells what is known, `version` what is older.
known: set[str] = set()
newest: dict[str, int] = {}


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        if length > MOST_BYTES:
            return self.answer(413)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            # Raises unless it was signed with our secret, just as it is, within five minutes of now.
            event = Webhook(SECRET_FILE.read_text().strip()).verify(body, headers)
        except Exception:
            return self.answer(401)
        keep(event)
        self.answer(204)  # any 2xx: "I have it". Anything else, or ten seconds, and it comes again.

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


def keep(event: dict) -> None:
    """Yours: put it into a queue or a table, and do the work after the answer."""
    data = event["data"]
    if event["id"] in known or data["version"] < newest.get(data["quarantineId"], 0):
        return
    known.add(event["id"])
    newest[data["quarantineId"]] = data["version"]
    shown = ("quarantineId", "version", "name", "decision", "truth", "conditions")
    print(json.dumps({"type": event["type"], **{key: data[key] for key in shown}}), flush=True)


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 8090))), Receiver)
print(f"listening on {server.server_port}", flush=True)
server.serve_forever()
