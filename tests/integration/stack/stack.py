"""Gateways and relays around one database, with the policy that the tests speak of."""
from .certificates import Certificates
from .gateway import Gateway
from .relay import Relay
from .wait import until

TARGET = "shop"

# bot reads, and its writes wait for a human; loader may write; several may send several statements in one packet; veiled reads
# under masks and detectors; frugal and thrifty have limits and budgets.
POLICY = """\
version: 1
masks:
  - { agents: [veiled], columns: [shop.customers.email], with: email }
  - { agents: [veiled], columns: ["shop.*.card_number"], with: { keep_last: 4 } }
  - { agents: [veiled], columns: [shop.customers.ssn], with: redact, masked_use: compare_equal }
  - { agents: [veiled], columns: [shop.customers.created_at], with: { date: year }, masked_use: any }
  - { agents: [veiled], columns: [shop.notes.n], with: { hash: 16 } }
detectors:
  - { agents: [veiled], kinds: [iban], action: mask }
rules:
  - name: everyone-reads
    agents: [bot, sam, loader, reader, several, hasty, careful, veiled]
    targets: [shop]
    allow: { verbs: [read], objects: ["shop.*"] }
  - name: frugal-reads
    agents: [frugal, thrifty]
    targets: [shop]
    allow: { verbs: [read], objects: ["shop.*"], max_rows: 100, max_execution_time: 2s }
  - name: frugal-writes
    agents: [frugal]
    targets: [shop]
    allow: { verbs: [update], objects: ["shop.notes"], max_affected_rows: 2 }
  - name: writes-need-a-human
    agents: [bot, sam]
    targets: [shop]
    hold: { verbs: [insert, update, delete, replace], objects: ["shop.*"], reviewers: [dba], approvals: 1, wait: 60s }
  - name: hasty-writes
    agents: [hasty]
    targets: [shop]
    hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], approvals: 1, wait: 1s }
  - name: two-humans
    agents: [careful]
    targets: [shop]
    hold: { verbs: [update], objects: ["shop.*"], reviewers: [dba], approvals: 2, wait: 60s }
  - name: loader-writes
    agents: [loader, veiled]
    targets: [shop]
    allow: { verbs: [insert, update, delete, replace], objects: ["shop.*"] }
  - name: several-at-once
    agents: [several]
    targets: [shop]
    allow: { verbs: [read, insert, update, delete], objects: ["shop.*"] }
    multi_statements: true
  - name: never
    agents: ["*"]
    targets: ["*"]
    deny: { verbs: [ddl, account, admin] }
access:
  - { agents: [thrifty], targets: [shop], open: automatic, budgets: { statements: 3 } }
  - { agents: ["*"], targets: [shop], open: automatic, max_ttl: 1h, idle: 10m, connections: 64 }
"""


class Stack:
    running = []

    def __init__(self, folder, database, gateways=1, relays=1, gateway_options=None, target_options=None, relay_options=None, policy=POLICY):
        self.folder = folder
        self.database = database
        self.certificates = Certificates(folder / "certificates")
        names = [f"relay-{number + 1}" for number in range(relays)]
        self.gateways = [Gateway(folder / f"gateway-{number + 1}", self.certificates, policy, {TARGET: names}, **(gateway_options or {}))
                         for number in range(gateways)]
        self.relays = [Relay(folder / name, self.certificates, name, self.gateways, database, TARGET, relay_options, **(target_options or {}))
                       for name in names]

    @property
    def gateway(self):
        return self.gateways[0]

    @property
    def relay(self):
        return self.relays[0]

    def start(self):
        Stack.running.append(self)
        for gateway in self.gateways:
            gateway.start()
        for relay in self.relays:
            relay.process.start()
        self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds=30):
        if not self.relays:
            return
        for gateway in self.gateways:
            until("every relay is connected and reaches the database", lambda: self._ready(gateway), seconds)

    def _ready(self, gateway):
        for relay in self.relays:
            assert relay.process.running(), f"{relay.name} ended: {relay.process.log_text()[-2000:]}"
        status = gateway.admin.json("status")
        connected = {row["name"] for row in status["relays"]}
        return connected == {relay.name for relay in self.relays} and all(row["ready"] and row["catalog"] for row in status["targets"])

    def kill(self):
        Stack.running.remove(self)
        for part in [*self.relays, *self.gateways]:
            part.process.kill()
