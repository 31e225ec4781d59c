"""One relay in a folder of its own; the only place that is told the database's password."""
import json
import os

from . import paths
from .database import RELAY_PASSWORD, RELAY_USER
from .process import Process


class Relay:
    def __init__(self, folder, certificates, name, gateways, database, target="shop", options=None, **target_overrides):
        """`options` replace top-level keys of the configuration, `target_overrides` those of the target; None takes one away."""
        self.folder = folder
        self.name = name
        (folder / "state").mkdir(parents=True)
        password = folder / "password"
        with open(os.open(password, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(RELAY_PASSWORD + "\n")
        certificate, key = certificates.issue(name, f"URI:spiffe://postern/relay/{name}", name)
        config = {
            # Seldom: tests count the connections that sessions open.
            "limits": {"probe_interval": "1m", "catalog_interval": "1h"},
            "name": name,
            "gateways": [f"localhost:{gateway.api_port}" for gateway in gateways],
            "tls": {"certificate": str(certificate), "key": str(key), "ca": str(certificates.ca)},
            "state_dir": str(folder / "state"),
            "targets": {target: {"host": "127.0.0.1", "port": database.port, "user": RELAY_USER, "password_file": str(password),
                                 "database": "shop", "tls": {"mode": "verify-full", "ca": database.ca}, **target_overrides}},
        }
        config["targets"][target] = {key: value for key, value in config["targets"][target].items() if value is not None}
        config.update(options or {})
        self.config_file = folder / "relay.yaml"
        self.config_file.write_text(json.dumps(config, indent=1))
        self.process = Process([paths.BIN / "postern-relay", "--config", self.config_file], folder / "relay.log")
