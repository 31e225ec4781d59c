"""Whoever is told: an HTTPS server that keeps what it was sent, checks signatures, and fails or redirects when it is told to."""
import hashlib
import hmac
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .wait import until


class Receiver:
    """`statuses`: what the next requests to `url` that tell of a request are answered with; after them, and the others, 200, or
    `always`."""

    def __init__(self, folder, certificates, secret="the receiver's own secret"):
        self.secret = secret
        self.secret_file = folder / "receiver.secret"
        self.secret_file.write_text(secret + "\n")
        self.secret_file.chmod(0o600)
        self.ca = certificates.ca
        self.statuses, self.always = [], 200
        self._lock, self._requests = threading.Lock(), []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificates.issue("receiver", "DNS:localhost,IP:127.0.0.1"))
        # Whoever is killed says no goodbye.
        self._server.handle_error = lambda *arguments: None
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"https://localhost:{self.port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def webhook(self, name="receiver", **keys):
        """An entry of `webhooks` that leads here, signed."""
        return {"name": name, "url": self.url, "secret_file": str(self.secret_file), "ca": str(self.ca), **keys}

    def secret_url(self, folder, name, **keys):
        """The same without a signature, its URL in a file, with a query, as chat services give them out."""
        file = folder / f"{name}.url"
        file.write_text(f"{self.url}/{name}?sig=do-not-log-me\n")
        file.chmod(0o600)
        return {"name": name, "url_file": str(file), "ca": str(self.ca), **keys}

    def requests(self, status=200):
        """Those that were answered so: dicts with path, headers, text and, of JSON, body."""
        with self._lock:
            return [request for request in self._requests if status is None or request["status"] == status]

    def event(self, event, agent, approval=""):
        """What it was told of the agent's newest such event, or of the approval's, as soon as it is."""
        def find():
            found = [request["body"] for request in self.requests() if request["body"].get("event") == event]
            return next((body for body in reversed(found) if body["approval"]["agent"] == agent and body["id"].startswith(approval)), None)
        return until(f"{event} of {agent} is told", find)

    def signed(self, request):
        """Whether the signature is the secret's, over the time and the body."""
        parts = dict(part.split("=", 1) for part in request["headers"]["Postern-Signature"].split(","))
        wanted = hmac.new(self.secret.encode(), f"{parts['t']}.{request['text']}".encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(parts["v1"], wanted)

    def _handler(receiver):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                plain = self.headers["Content-Type"] == "application/json"
                body = json.loads(text) if plain else None
                first = self.path == "/hook" and plain and body.get("event") == "requested"
                with receiver._lock:
                    status = receiver.statuses.pop(0) if receiver.statuses and first else receiver.always
                    receiver._requests.append({"path": self.path, "headers": self.headers, "text": text, "status": status, "body": body})
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url + "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        return Handler
