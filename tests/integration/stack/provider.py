"""An OpenID provider on loopback, and tokens: those it gives, and those that somebody made with its keys or without."""
import base64
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from . import paths
from .process import Process, free_port
from .wait import until


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SigningKey:
    """An RSA key with an id, which signs RS256."""

    def __init__(self, kid):
        self.kid = kid
        self._key = rsa.generate_private_key(65537, 2048)

    def private_jwk(self):
        numbers = self._key.private_numbers()
        values = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d, "p": numbers.p, "q": numbers.q,
                  "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
        encoded = {name: base64url(value.to_bytes((value.bit_length() + 7) // 8, "big")) for name, value in values.items()}
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", **encoded}

    def public_pem(self):
        return self._key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, claims, **header):
        text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}, claims))
        return f"{text}.{base64url(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class Provider:
    def __init__(self, folder, certificates, clients, lifetime=300, people=None, pages=None):
        """`clients`, `people`: name -> claims that its tokens carry beside `sub`, which is the name. `pages`: client id ->
        redirect URI of those that people sign in to, as one of the clients."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.ca = certificates.ca
        self._certificate = certificates.issue("provider", "DNS:localhost,IP:127.0.0.1")
        self._clients = {name: {"secret": f"secret-of-{name}", "claims": claims} for name, claims in clients.items()}
        self._clients.update({name: {"redirect_uri": uri} for name, uri in (pages or {}).items()})
        self._people = people or {}
        self._lifetime = lifetime
        self._config = folder / "provider.json"
        self._process = Process(["node", paths.ROOT / "tests/integration/provider.mjs", self._config], folder / "provider.log")
        self.keys = [SigningKey("first")]

    def start(self):
        certificate, key = map(str, self._certificate)
        self._config.write_text(json.dumps({
            "port": self.port, "certificate": certificate, "key": key, "clients": self._clients, "people": self._people, "lifetime": self._lifetime,
            "algorithm": "RS256", "jwks": {"keys": [one.private_jwk() for one in self.keys]}}))
        self._process.start()
        until("the provider answers", self._answers, 30)
        return self

    def stop(self):
        self._process.kill()

    def rotate(self, *keys):
        """From now on it shows these keys, and signs with the first."""
        self.stop()
        self.keys = list(keys)
        self.start()

    def token(self, client):
        """As an agent's platform gets one: the client credentials grant."""
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": self._clients[client]["secret"]}
        return json.load(self._open("/token", urllib.parse.urlencode(form).encode()))["access_token"]

    def forge(self, key=None, header=None, **claims):
        """A token with the provider's key, or another, and any claims; one that is None is left out."""
        now = int(time.time())
        all_claims = {"iss": self.url, "sub": "reader", "aud": "postern", "iat": now, "exp": now + 300, **claims}
        return (key or self.keys[0]).sign({name: value for name, value in all_claims.items() if value is not None}, **(header or {}))

    def key_fetches(self):
        return self._process.log_text().count("GET /jwks")

    def _answers(self):
        assert self._process.running(), f"the provider ended: {self._process.log_text()[-2000:]}"
        try:
            return self._open("/.well-known/openid-configuration").status == 200
        except (urllib.error.URLError, ConnectionError):
            return False

    def _open(self, path, body=None):
        return urllib.request.urlopen(self.url + path, body, timeout=10, context=ssl.create_default_context(cafile=self.ca))
