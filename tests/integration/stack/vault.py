"""A stand-in for HashiCorp Vault's HTTP API that refuses what Vault refuses and really makes and drops database users."""
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DENIED = (403, {"errors": ["permission denied"]})


class Vault:
    """Times are in seconds; `database` is where dynamic roles make their users."""

    def __init__(self, database, namespace=""):
        self.database, self.namespace = database, namespace
        self.lock = threading.RLock()
        self.tokens, self.leases, self.secrets = {}, {}, {}
        self.approles = {}     # (role id, secret id) -> terms of tokens
        self.kubernetes = {}   # (role, jwt) -> terms of tokens
        self.lease_ttl, self.lease_max, self.renewable = 3600, 86400, True
        self.static = ("", "")
        self.asked = []        # (method, path) of every request that was allowed
        self.revoked = []
        self.answering = True
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=run, daemon=True) for run in (self.server.serve_forever, self._expire)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        for lease in list(self.leases):
            self.revoke(lease)

    def new_token(self, ttl=3600, max_ttl=86400, renewable=True):
        with self.lock:
            token = "hvs." + secrets.token_urlsafe(24)
            now = time.monotonic()
            self.tokens[token] = {"ttl": ttl, "expires": now + ttl, "last": now + max_ttl, "renewable": renewable}
            return token

    def revoke(self, lease):
        with self.lock:
            entry = self.leases.pop(lease, None)
            if entry:
                self.database.query(f"DROP USER IF EXISTS '{entry['user']}'@'127.0.0.1'")
                self.revoked.append(lease)

    def revoke_token(self, token):
        """What was lent to it goes with it."""
        with self.lock:
            self.tokens.pop(token, None)
            for lease in [name for name, entry in self.leases.items() if entry["token"] == token]:
                self.revoke(lease)

    def users(self):
        return sorted(entry["user"] for entry in self.leases.values())

    def _expire(self):
        while not self.stopping.wait(0.1):
            with self.lock:
                now = time.monotonic()
                for token in [name for name, entry in self.tokens.items() if entry["expires"] <= now]:
                    self.revoke_token(token)
                for lease in [name for name, entry in self.leases.items() if entry["expires"] <= now]:
                    self.revoke(lease)

    def _auth(self, token):
        entry = self.tokens[token]
        return 200, {"auth": {"client_token": token, "lease_duration": int(entry["expires"] - time.monotonic() + 0.5),
                              "renewable": entry["renewable"]}}

    def _log_in(self, terms):
        return self._auth(self.new_token(**terms)) if terms is not None else (400, {"errors": ["invalid role or secret ID"]})

    def answer(self, method, path, headers, body):
        if headers.get("X-Vault-Namespace", "") != self.namespace:
            return DENIED
        if method == "PUT" and path == "auth/approle/login":
            return self._log_in(self.approles.get((body.get("role_id"), body.get("secret_id"))))
        if method == "PUT" and path == "auth/kubernetes/login":
            return self._log_in(self.kubernetes.get((body.get("role"), body.get("jwt"))))
        token = headers.get("X-Vault-Token", "")
        if token not in self.tokens:
            return DENIED
        self.asked.append((method, path))
        if path == "auth/token/lookup-self":
            return 200, {"data": {"id": token}}
        if method == "PUT" and path == "auth/token/renew-self":
            entry = self.tokens[token]
            if not entry["renewable"]:
                return 400, {"errors": ["lease is not renewable"]}
            entry["expires"] = min(time.monotonic() + entry["ttl"], entry["last"])
            return self._auth(token)
        if method == "PUT" and path in ("sys/leases/renew", "sys/leases/revoke"):
            return self._lease(path, body.get("lease_id", ""))
        if method == "GET" and path == "database/creds/shop":
            return self._lend(token)
        if method == "GET" and path == "database/static-creds/shop":
            return 200, {"data": {"username": self.static[0], "password": self.static[1], "ttl": 60}}
        if method == "GET" and path in self.secrets:
            return 200, {"data": {"data": self.secrets[path], "metadata": {"version": 1}}}
        return 404, {"errors": []}

    def _lend(self, token):
        user, password = "v-" + secrets.token_hex(10), secrets.token_urlsafe(18)
        self.database.query(f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY '{password}' REQUIRE SSL")
        self.database.query(f"GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, TRIGGER, EXECUTE ON shop.* TO '{user}'@'127.0.0.1'")
        lease = "database/creds/shop/" + secrets.token_urlsafe(18)
        now = time.monotonic()
        self.leases[lease] = {"user": user, "token": token, "expires": now + self.lease_ttl, "last": now + self.lease_max,
                              "ttl": self.lease_ttl, "renewable": self.renewable}
        return 200, {"lease_id": lease, "lease_duration": self.lease_ttl, "renewable": self.renewable,
                     "data": {"username": user, "password": password}}

    def _lease(self, path, lease):
        entry = self.leases.get(lease)
        if path.endswith("revoke"):
            self.revoke(lease)
            return 204, None
        if not entry:
            return 400, {"errors": ["lease not found"]}
        if not entry["renewable"]:
            return 400, {"errors": ["lease is not renewable"]}
        entry["expires"] = min(time.monotonic() + entry["ttl"], entry["last"])
        return 200, {"lease_id": lease, "lease_duration": max(1, int(entry["expires"] - time.monotonic() + 0.5)), "renewable": True}

    def _handler(vault):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size) or b"{}")
                if not vault.answering:
                    status, reply = 503, {"errors": ["Vault is sealed"]}
                else:
                    with vault.lock:
                        status, reply = vault.answer(self.command, self.path.removeprefix("/v1/"), self.headers, body)
                text = b"" if reply is None else json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_PUT = serve

            def log_message(self, *arguments):
                pass

        return Handler
