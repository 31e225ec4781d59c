"""Several relays for one target; several gateways for one relay."""
from stack.certificates import Certificates
from stack.clients import connect, rows
from stack.relay import Relay
from stack.wait import until


def test_two_relays_serve_one_target(fresh):
    stack = fresh(relays=2)
    connection = connect(stack.gateway, "loader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    stack.relays[0].process.kill()
    until("the gateway noticed", lambda: len(stack.gateway.admin.json("status")["relays"]) == 1)
    again = connect(stack.gateway, "loader")
    assert rows(again, "SELECT COUNT(*) FROM orders") == ((5000,),)
    stack.relays[1].process.kill()
    stack.relays[0].process.start()
    until("the first relay is back", lambda: [row["name"] for row in stack.gateway.admin.json("status")["relays"]] == ["relay-1"])
    last = connect(stack.gateway, "loader")
    assert rows(last, "SELECT COUNT(*) FROM orders") == ((5000,),)


def test_one_relay_serves_two_gateways(fresh, database):
    stack = fresh(gateways=2)
    for gateway in stack.gateways:
        connection = connect(gateway, "loader")
        assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
        connection.close()
    stack.gateways[0].process.kill()
    connection = connect(stack.gateways[1], "loader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()
    stack.gateways[0].start()
    stack.wait_until_ready()
    connection = connect(stack.gateways[0], "loader")
    assert rows(connection, "SELECT COUNT(*) FROM orders") == ((5000,),)
    connection.close()
    database.wait_until_no_threads()


def test_relay_with_another_name_is_not_let_in(fresh, run_folder, database):
    stack = fresh()
    stranger = Relay(stack.gateway.folder / "stranger", stack.certificates, "relay-x", [stack.gateway], database, "shop")
    stranger.process.start()
    try:
        until("the stranger was told", lambda: "no target is granted to this relay" in stranger.process.log_text())
        assert [row["name"] for row in stack.gateway.admin.json("status")["relays"]] == ["relay-1"]
    finally:
        stranger.process.kill()


def test_relay_without_a_certificate_of_the_ca_is_not_let_in(fresh, run_folder, database):
    stack = fresh()
    stack.relay.process.stop()
    forged = Certificates(stack.gateway.folder / "forged")
    stranger = Relay(stack.gateway.folder / "forger", forged, "relay-1", [stack.gateway], database, "shop")
    # It trusts the real CA, so that only its own certificate is wrong.
    stranger.config_file.write_text(stranger.config_file.read_text().replace(str(forged.ca), str(stack.certificates.ca)))
    stranger.process.start()
    try:
        until("the stranger could not connect", lambda: "localhost" in stranger.process.log_text())
        assert stack.gateway.admin.json("status")["relays"] == []
    finally:
        stranger.process.kill()
