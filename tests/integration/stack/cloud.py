"""Stand-ins for the clouds: the services that hand out keys and tokens, strict about headers as they are, and a database door
that asks for the token in clear text inside TLS, checks it, and lets the bytes through to a real server."""
import datetime
import hashlib
import hmac
import json
import secrets
import socket
import ssl
import struct
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROLE_PATH = "/latest/meta-data/iam/security-credentials/"


class Cloud:
    """Instance and container metadata, STS, Google's and Azure's tokens, all on one port."""

    def __init__(self):
        self.key_id, self.secret, self.session = "ASIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30), secrets.token_urlsafe(60)
        self.web_identity, self.container_authorization = secrets.token_urlsafe(40), secrets.token_urlsafe(20)
        self.google, self.azure = "ya29." + secrets.token_urlsafe(80), "eyJ0." + secrets.token_urlsafe(900)
        self.instance_tokens = set()
        self.asked = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def keys(self):
        soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)
        return {"AccessKeyId": self.key_id, "SecretAccessKey": self.secret, "Token": self.session, "Expiration": soon.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def answer(self, method, url, headers, body):
        path, query = url.path, urllib.parse.parse_qs(url.query)
        if "X-Forwarded-For" in headers:
            return 403, b"forwarded"
        if path == "/latest/api/token":
            seconds = headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
            if method != "PUT" or not seconds.isdigit() or not 1 <= int(seconds) <= 21600:
                return 400, b""
            token = secrets.token_urlsafe(40)
            self.instance_tokens.add(token)
            return 200, token.encode()
        if path.startswith(ROLE_PATH):
            if headers.get("X-aws-ec2-metadata-token") not in self.instance_tokens:
                return 401, b""
            name = path[len(ROLE_PATH):]
            return {"": (200, b"relay-role"), "relay-role": (200, json.dumps({"Code": "Success", **self.keys()}).encode())}.get(name, (404, b""))
        if path == "/v2/credentials/one":
            return 200, json.dumps(self.keys()).encode()
        if path == "/v1/credentials":
            return (200, json.dumps(self.keys()).encode()) if headers.get("Authorization") == self.container_authorization else (401, b"")
        if path.startswith("/computeMetadata/"):
            right = path == "/computeMetadata/v1/instance/service-accounts/default/token"
            if headers.get("Metadata-Flavor") != "Google":
                return 403, b""
            return (200, json.dumps({"access_token": self.google, "expires_in": 3599, "token_type": "Bearer"}).encode()) if right else (404, b"")
        if path == "/metadata/identity/oauth2/token":
            right = query == {"api-version": ["2018-02-01"], "resource": ["https://ossrdbms-aad.database.windows.net"]}
            if headers.get("Metadata") != "true" or not right:
                return 400, b'{"error":"invalid_request"}'
            return 200, json.dumps({"access_token": self.azure, "expires_in": "86399", "token_type": "Bearer"}).encode()
        if method == "POST" and path == "/":
            return self._sts(urllib.parse.parse_qs(body.decode()))
        return 404, b""

    def _sts(self, form):
        wanted = {"Action": ["AssumeRoleWithWebIdentity"], "Version": ["2011-06-15"], "RoleArn": ["arn:aws:iam::1:role/relay"],
                  "RoleSessionName": ["postern-relay"], "WebIdentityToken": [self.web_identity]}
        if form != wanted:
            return 400, b"<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>"
        keys = self.keys()
        return 200, (f"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>{keys['AccessKeyId']}"
                     f"</AccessKeyId><SecretAccessKey>{keys['SecretAccessKey']}</SecretAccessKey><SessionToken>{keys['Token']}</SessionToken>"
                     f"<Expiration>{keys['Expiration']}</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                     f"</AssumeRoleWithWebIdentityResponse>").encode()

    def _handler(cloud):
        class Handler(BaseHTTPRequestHandler):
            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, text = cloud.answer(self.command, urllib.parse.urlsplit(self.path), self.headers, body)
                cloud.asked.append((self.command, self.path, status))
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_PUT = do_POST = serve

            def log_message(self, *arguments):
                pass

        return Handler


def rds_token_is_right(token, host, port, user, region, key_id, secret, session):
    """The check that RDS makes, written from AWS's description of the signature and nothing of the relay's."""
    url = urllib.parse.urlsplit("https://" + token)
    pairs = urllib.parse.parse_qsl(url.query, strict_parsing=True)
    fields = dict(pairs)
    signature = fields.pop("X-Amz-Signature", "")
    time, date = fields["X-Amz-Date"], fields["X-Amz-Date"][:8]
    scope = f"{date}/{region}/rds-db/aws4_request"
    age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    expected = {"Action": "connect", "DBUser": user, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{key_id}/{scope}",
                "X-Amz-Date": time, "X-Amz-Expires": "900", "X-Amz-SignedHeaders": "host", **({"X-Amz-Security-Token": session} if session else {})}
    query = "&".join(f"{urllib.parse.quote(name, safe='-_.~')}={urllib.parse.quote(value, safe='-_.~')}" for name, value in sorted(expected.items()))
    canonical = f"GET\n/\n{query}\nhost:{host}:{port}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
    key = ("AWS4" + secret).encode()
    for part in (date, region, "rds-db", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    to_sign = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    right = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return fields == expected and url.netloc == f"{host}:{port}" and abs(age.total_seconds()) < 900 and hmac.compare_digest(right, signature)


CLIENT_CONNECT_WITH_DB, CLIENT_SSL, CLIENT_CONNECT_ATTRS = 0x8, 0x800, 0x100000


class TokenDoor:
    """Speaks the login of a managed database, then carries bytes to `database` as a user of its own that needs no password.
    Does not answer for anything without TLS."""

    def __init__(self, database, certificate, key, check):
        self.database, self.check = database, check
        self.tokens = []  # what was shown to it
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(self.database.socket)
                self._log_in(client, server)
            except (OSError, ConnectionError, ssl.SSLError, struct.error):
                pass

    def _log_in(self, client, server):
        _, greeting = read_packet(server)
        version_end = greeting.index(b"\0", 1)
        flags_at = version_end + 1 + 4 + 8 + 1
        low = struct.unpack_from("<H", greeting, flags_at)[0] | CLIENT_SSL
        send_packet(client, 0, greeting[:flags_at] + struct.pack("<H", low) + greeting[flags_at + 2:])
        _, request = read_packet(client)
        if len(request) != 32:
            return
        client = self.context.wrap_socket(client, server_side=True)
        _, response = read_packet(client)
        send_packet(client, 3, b"\xfemysql_clear_password\0")
        sequence, answer = read_packet(client)
        user, forwarded = without_credential(response)
        token = answer.rstrip(b"\0").decode()
        self.tokens.append(token)
        if not self.check(user, token):
            send_packet(client, sequence + 1, b"\xff" + struct.pack("<H", 1045) + b"#28000Access denied")
            return
        send_packet(server, 1, forwarded)
        number, reply = read_packet(server)
        while reply[0] == 0xFE:
            send_packet(server, number + 1, b"")
            number, reply = read_packet(server)
        send_packet(client, sequence + 1, reply)
        back = threading.Thread(target=carry, args=(server, client), daemon=True)
        back.start()
        carry(client, server)
        back.join()


def without_credential(response):
    """(user, the same response for the door's own user, which has an empty password)."""
    flags = struct.unpack_from("<I", response)[0]
    end = response.index(b"\0", 32)
    user, at = response[32:end].decode(), end + 1
    at += 1 + response[at]  # the answer to the greeting's challenge is short
    database = b""
    if flags & CLIENT_CONNECT_WITH_DB:
        end = response.index(b"\0", at)
        database, at = response[at:end + 1], end + 1
    end = response.index(b"\0", at)
    rest = response[end + 1:] if flags & CLIENT_CONNECT_ATTRS else b""
    head = struct.pack("<I", flags & ~CLIENT_SSL) + response[4:32]
    return user, head + b"token_door\0" + b"\0" + database + b"caching_sha2_password\0" + rest


def carry(source, sink):
    try:
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    except (OSError, ValueError):
        pass
    for one in (source, sink):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def read_exactly(source, size):
    data = b""
    while len(data) < size:
        chunk = source.recv(size - len(data))
        if not chunk:
            raise ConnectionError("closed")
        data += chunk
    return data


def read_packet(source):
    header = read_exactly(source, 4)
    return header[3], read_exactly(source, int.from_bytes(header[:3], "little"))


def send_packet(sink, sequence, payload):
    sink.sendall(len(payload).to_bytes(3, "little") + bytes([sequence & 255]) + payload)
