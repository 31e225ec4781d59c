"""How the relay logs in to real servers: every authentication method, with and without TLS, and what it refuses to trust."""
import pytest

from stack.certificates import Certificates
from stack.clients import connect, refused, rows
from stack.database import RELAY_PASSWORD
from stack.wait import until

METHODS = {
    "mariadb": {"native": f"IDENTIFIED VIA mysql_native_password USING PASSWORD('{RELAY_PASSWORD}')",
                "ed25519": f"IDENTIFIED VIA ed25519 USING PASSWORD('{RELAY_PASSWORD}')"},
    "mysql": {"caching_sha2": f"IDENTIFIED WITH caching_sha2_password BY '{RELAY_PASSWORD}'"},
}


@pytest.fixture
def user(database):
    """Makes a database user with an authentication method; dropped afterwards."""
    made = []

    def make(method):
        ways = METHODS[database.vendor]
        if method not in ways:
            pytest.skip(f"{database.vendor} has no {method}")
        if method == "ed25519" and not database.query("SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'ed25519'"):
            database.query("INSTALL SONAME 'auth_ed25519'")
        name = f"relay_{method}"
        made.append(name)
        database.query(f"CREATE USER '{name}'@'127.0.0.1' {ways[method]}")
        database.query(f"GRANT SELECT ON shop.* TO '{name}'@'127.0.0.1'")
        return name

    yield make
    for name in made:
        database.query(f"DROP USER '{name}'@'127.0.0.1'")


def assert_reads(stack):
    # Twice: the second login of caching_sha2_password takes the fast way.
    for _ in range(2):
        connection = connect(stack.gateway, "reader")
        assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
        connection.close()


@pytest.mark.parametrize("tls", ["disabled", "required", "verify-ca", "verify-full"])
@pytest.mark.parametrize("method", ["native", "ed25519", "caching_sha2"])
def test_method_with_every_kind_of_tls(fresh, database, user, method, tls):
    name = user(method)
    options = {"mode": tls, **({"ca": database.ca} if tls.startswith("verify") else {})}
    if tls == "disabled" and database.vendor == "mysql":
        database.query("FLUSH PRIVILEGES")  # forgets cached passwords, so the exchange of keys is needed
    assert_reads(fresh(target_options={"user": name, "tls": options}))


@pytest.mark.parametrize("tls", ["verify-ca", "verify-full"])
def test_server_of_another_ca_is_not_trusted(fresh, database, tmp_path, tls):
    stack = fresh()
    other = Certificates(tmp_path / "other")
    stack.relay.process.stop()
    config = stack.relay.config_file.read_text()
    stack.relay.config_file.write_text(config.replace(database.ca, str(other.ca)).replace("verify-full", tls))
    stack.relay.process.start()
    until("the relay reports that it does not trust the server",
          lambda: any(not row["ready"] and row["error"] for row in stack.gateway.admin.json("status")["targets"]))
    connection = connect(stack.gateway, "reader")
    refused(connection, "SELECT COUNT(*) FROM orders")
    connection.close()


def test_user_that_requires_tls_is_not_reached_without(fresh, database):
    stack = fresh()
    stack.relay.process.stop()
    config = stack.relay.config_file.read_text()
    stack.relay.config_file.write_text(config.replace('"verify-full"', '"disabled"').replace(f', "ca": "{database.ca}"', "")
                                       .replace(f',\n    "ca": "{database.ca}"', ""))
    stack.relay.process.start()
    until("the relay reports that it cannot log in",
          lambda: any(not row["ready"] and row["error"] for row in stack.gateway.admin.json("status")["targets"]))
