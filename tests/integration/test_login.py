"""Who gets in, by which exchange; and what those who do not get in are told."""
import socket
import ssl

import pymysql
import pytest

from stack.clients import CommandLine, command_lines, connect, rows
from stack.stack import TARGET
from stack.wait import until


def failure(gateway, user, password, **options):
    with pytest.raises(pymysql.MySQLError) as error:
        pymysql.connect(host="127.0.0.1", port=gateway.mysql_port, user=user, password=password,
                        **{"ssl": {"ca": str(gateway.certificates.ca)}, **options})
    return error.value.args


@pytest.fixture
def quiet(fresh):
    """A stack of the test's own: failed logins count against their source."""
    return fresh()


def test_every_wrong_login_is_told_the_same(quiet):
    gateway = quiet.gateway
    revoked = gateway.admin.json("tokens", "create", "--name", "reader", "--kind", "agent")
    gateway.admin.text("tokens", "revoke", revoked["id"])
    person = gateway.admin.json("tokens", "create", "--name", "reader", "--kind", "person", "--role", "auditor")["token"]
    good = gateway.agent_token("reader")
    told = {
        "unknown agent": failure(gateway, f"ghost+{TARGET}", good),
        "wrong token": failure(gateway, f"reader+{TARGET}", "pat_" + "0" * 40),
        "another agent's token": failure(gateway, f"reader+{TARGET}", gateway.agent_token("loader")),
        "revoked token": failure(gateway, f"reader+{TARGET}", revoked["token"]),
        "a person's token": failure(gateway, f"reader+{TARGET}", person),
        "no password": failure(gateway, f"reader+{TARGET}", ""),
    }
    assert {code for code, _ in told.values()} == {1045}, told
    texts = {text.replace("ghost", "reader").replace("using password: NO", "using password: YES")
             for _, text in told.values()}
    assert len(texts) == 1, told


def test_target_that_is_missing_and_one_that_is_forbidden_look_the_same(fresh):
    stack = fresh()
    gateway = stack.gateway
    config = gateway.config_file.read_text().replace('"targets": {', '"targets": { "secret": {"relays": ["relay-1"]},')
    gateway.config_file.write_text(config)
    gateway.process.stop()
    gateway.start()
    good = gateway.agent_token("reader")
    missing, forbidden = failure(gateway, "reader+nowhere", good), failure(gateway, "reader+secret", good)
    assert missing[0] == forbidden[0] == 1045 and missing[1].replace("nowhere", "secret") == forbidden[1]


def test_expired_token_does_not_log_in(quiet):
    made = quiet.gateway.admin.json("tokens", "create", "--name", "reader", "--kind", "agent", "--ttl", "1s")
    until("the token is listed no more", lambda: made["id"] not in [row["id"] for row in quiet.gateway.admin.json("tokens", "list")])
    assert failure(quiet.gateway, f"reader+{TARGET}", made["token"])[0] == 1045


def test_token_for_one_target_does_not_open_another(quiet):
    token = quiet.gateway.admin.json("tokens", "create", "--name", "reader", "--kind", "agent", "--target", "elsewhere")["token"]
    assert failure(quiet.gateway, f"reader+{TARGET}", token)[0] == 1045


def test_a_source_that_guesses_is_limited_and_its_neighbour_with_a_good_token_is_not(quiet):
    gateway = quiet.gateway
    good = gateway.agent_token("reader")
    limited = "too many failed logins from this address"
    assert limited not in gateway.process.log_text()
    told = {failure(gateway, f"reader+{TARGET}", "pat_" + "1" * 40) for _ in range(14)}
    until("the limit is in force", lambda: limited in gateway.process.log_text())
    # The operator reads of it; whoever guesses cannot tell a limited attempt from a wrong one.
    assert len(told) == 1 and {code for code, _ in told} == {1045}, told
    connection = connect(gateway, "reader", token=good)
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()
    assert failure(gateway, f"reader+{TARGET}", "pat_" + "1" * 40) in told


def test_plain_connection_is_refused(gateway):
    code, message = failure(gateway, f"reader+{TARGET}", gateway.agent_token("reader"), ssl=None, ssl_disabled=True)
    assert code in (1045, 3159) and "TLS" in message.upper().replace("SECURE TRANSPORT", "TLS")


def test_plain_connection_on_loopback_when_configured_uses_the_rsa_exchange(fresh):
    stack = fresh(gateway_options={"mysql": {"insecure_loopback": True}})
    connection = pymysql.connect(host="127.0.0.1", port=stack.gateway.mysql_port, user=f"reader+{TARGET}",
                                 password=stack.gateway.agent_token("reader"), database="shop", ssl_disabled=True)
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_clear_password_inside_tls(gateway, name):
    options = {"mysql": ["--enable-cleartext-plugin", "--default-auth=mysql_clear_password"],
               "mariadb": ["--default-auth=mysql_clear_password"]}[name]
    done = CommandLine(command_lines()[name], gateway, "reader").run("SELECT COUNT(*) FROM orders", *options)
    assert (done.returncode, done.stdout.strip()) == (0, "5000"), done.stderr


@pytest.mark.parametrize("name", ["mysql", "mariadb"])
def test_native_password_as_default_still_ends_in_a_login(gateway, name):
    options = {"mysql": ["--get-server-public-key"], "mariadb": ["--default-auth=mysql_native_password"]}[name]
    done = CommandLine(command_lines()[name], gateway, "reader").run("SELECT COUNT(*) FROM orders", *options)
    assert (done.returncode, done.stdout.strip()) == (0, "5000"), done.stderr


def test_schema_that_the_agent_may_not_see_is_refused(gateway):
    for schema in ("hidden", "mysql", "nothing_like_it"):
        with pytest.raises(pymysql.MySQLError) as error:
            rows(connect(gateway, "reader", database=schema), "SELECT 1 FROM shop.small WHERE id = 1")
        assert error.value.args[0] in (1044, 1049)


def test_old_tls_is_refused(gateway):
    raw = socket.create_connection(("127.0.0.1", gateway.mysql_port), 10)
    raw.recv(4096)
    raw.sendall(b"\x20\0\0\1" + (0x00000A00 | 0x80000 | 0x8000 | 0x800).to_bytes(4, "little") + b"\0" * 28)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(raw)


def test_silent_and_chattering_strangers_are_cut_off_and_harm_nobody(fresh):
    stack = fresh(gateway_options={"limits": {"login_timeout": "2s"}})
    port = stack.gateway.mysql_port
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 5000, b"\0\0\0\1", b"\x01\0\0\1\x00"):
        with socket.create_connection(("127.0.0.1", port), 10) as stranger:
            stranger.sendall(noise)
            stranger.settimeout(10)
            try:
                while stranger.recv(4096):
                    pass
            except ConnectionError:
                pass
    connection = connect(stack.gateway, "reader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    for one in silent:
        one.settimeout(10)
        while one.recv(4096):
            pass
        one.close()
    connection.close()
