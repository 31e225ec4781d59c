"""One gateway in a folder of its own."""
import json
import subprocess

from . import paths
from .ctl import Ctl, CtlError
from .process import Process, free_port
from .wait import until


class Gateway:
    def __init__(self, folder, certificates, policy, targets, **overrides):
        """`overrides` replace top-level keys of the configuration; a dict is merged into the default one."""
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificates = certificates
        self.data = folder / "data"
        self.data.mkdir(exist_ok=True)
        self.mysql_port, self.api_port = free_port(), free_port()
        self.policy_file = folder / "policy.yaml"
        self.policy_file.write_text(policy)
        self.config_file = folder / "gateway.yaml"
        self.config = self._config(targets, overrides)
        self.config_file.write_text(json.dumps(self.config, indent=1))
        self.process = Process([paths.BIN / "postern-gateway", "--config", self.config_file], folder / "gateway.log")
        self._admin = None
        self._tokens = {}

    def _config(self, targets, overrides):
        certificate, key = self.certificates.issue("gateway", "DNS:localhost,IP:127.0.0.1")
        tls = {"certificate": str(certificate), "key": str(key)}
        config = {
            "mysql": {"listen": f"127.0.0.1:{self.mysql_port}", "tls": tls},
            "api": {"listen": f"127.0.0.1:{self.api_port}", "tls": {**tls, "client_ca": str(self.certificates.ca), "ca": str(self.certificates.ca)}},
            "data_dir": str(self.data),
            "store": {"sqlite": {}},
            "policy": str(self.policy_file),
            # Every test's client comes from the same address and often as the same agent.
            "limits": {"sessions_per_agent": 200},
            "targets": {name: {"relays": relays} for name, relays in targets.items()},
        }
        for key, value in overrides.items():
            config[key] = {**config.get(key, {}), **value} if isinstance(value, dict) else value
        return config

    def bootstrap(self):
        """The first administrator's token, which the gateway makes only while it does not run."""
        done = subprocess.run([paths.BIN / "postern-gateway", "--config", self.config_file, "tokens", "create", "--name", "root",
                               "--role", "admin"], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._admin = done.stdout.strip()

    def start(self):
        if not self._admin:
            self.bootstrap()
        self.process.start()
        until("the gateway answers posternctl", self._answers, 30)
        return self

    def _answers(self):
        assert self.process.running(), f"the gateway ended: {self.process.log_text()[-2000:]}"
        try:
            return self.admin.json("status")
        except CtlError:
            return None

    @property
    def admin(self):
        return Ctl(self.api_port, self.certificates.ca, self._admin)

    def person(self, name, *roles, groups=()):
        """posternctl of a person with these roles and groups; made on first use."""
        options = [argument for role in roles for argument in ("--role", role)]
        return Ctl(self.api_port, self.certificates.ca, self._token(name, "person", groups, options))

    @property
    def reviewer(self):
        return self.person("dana", "reviewer", "auditor", groups=("dba",))

    def agent_token(self, name, groups=()):
        return self._token(name, "agent", groups, [])

    def use_token(self, agent, token):
        """What the agent logs in with from now on, in place of a token of the gateway's."""
        self._tokens[agent, "agent"] = token

    def _token(self, name, kind, groups, options):
        if (name, kind) not in self._tokens:
            options = [*options, *(argument for group in groups for argument in ("--group", group))]
            self._tokens[name, kind] = self.admin.json("tokens", "create", "--name", name, "--kind", kind, *options)["token"]
        return self._tokens[name, kind]

    def target_ready(self, target):
        return any(row["name"] == target and row["ready"] for row in self.admin.json("status")["targets"])

    def pending(self, agent, seconds=10):
        """The one held statement of an agent, as soon as there is one."""
        return until(f"a statement of {agent} is held", lambda: next(
            (row for row in self.reviewer.json("approvals", "list", "--state", "pending") if row["agent"] == agent), None), seconds)

    def sessions(self, agent):
        """Newest first."""
        return [row for row in self.reviewer.json("sessions", "list") if row["agent"] == agent]

    def replay(self, session):
        return self.reviewer.lines("sessions", "replay", session)
