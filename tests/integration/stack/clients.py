"""The stock clients, pointed at a gateway. None of them knows that it is not talking to MySQL."""
import os
import shutil
import socket
import subprocess
import threading

import pymysql

from . import paths
from .stack import TARGET


# Every connection a test makes; conftest drops what the test left, so that one failure is one failure.
opened = []


def connect(gateway, agent, token=None, **options):
    """PyMySQL."""
    options = {"database": "shop", "autocommit": True, "charset": "utf8mb4", "read_timeout": 90, "write_timeout": 90, **options}
    opened.append(pymysql.connect(host="127.0.0.1", port=gateway.mysql_port, user=f"{agent}+{TARGET}",
                                  password=gateway.agent_token(agent) if token is None else token,
                                  ssl={"ca": str(gateway.certificates.ca)}, **options))
    return opened[-1]


def drop(connection):
    """What a client's death looks like: the connection goes without a word, even while another thread waits on it."""
    if connection._sock is not None:
        try:
            connection._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    connection._force_close()


def rows(connection, sql, arguments=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def refused(connection, sql, arguments=None):
    """(code, message) of the error that a statement must end in."""
    try:
        result = rows(connection, sql, arguments)
    except pymysql.MySQLError as error:
        return error.args[0], error.args[1]
    raise AssertionError(f"{sql!r} was not refused; it answered {result!r}")


class CommandLine:
    """The `mysql` or `mariadb` program."""

    def __init__(self, program, gateway, agent):
        self.arguments = [program, "--no-defaults", "--host=127.0.0.1", f"--port={gateway.mysql_port}", f"--user={agent}+{TARGET}",
                          f"--ssl-ca={gateway.certificates.ca}", "--batch", "--skip-column-names"]
        self.environment = {**os.environ, "MYSQL_PWD": gateway.agent_token(agent)}

    def run(self, sql, *options, database="shop", timeout=60):
        return subprocess.run([*self.arguments, *options, f"--execute={sql}", database], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)

    def pipe(self, sql, *options, database="shop", timeout=60):
        return subprocess.run([*self.arguments, *options, database], env=self.environment, text=True, input=sql,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)

    def popen(self, *options, database="shop", **popen_options):
        return subprocess.Popen([*self.arguments, *options, database], env=self.environment, **popen_options)


def command_lines():
    """name -> program of those on this machine."""
    found = {"mysql": paths.mysql_client(), "mariadb": paths.mariadb_client()}
    return {name: program for name, program in found.items() if program and os.path.exists(program)}


def node(gateway, agent, script, *arguments, timeout=60):
    """Runs a script beside the tests with mysql2 at hand; returns the finished process."""
    environment = {**os.environ, "POSTERN_MYSQL_PORT": str(gateway.mysql_port), "POSTERN_USER": f"{agent}+{TARGET}",
                   "POSTERN_PASSWORD": gateway.agent_token(agent), "POSTERN_CA": str(gateway.certificates.ca)}
    return subprocess.run([shutil.which("node"), paths.ROOT / "tests/integration" / script, *map(str, arguments)], env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout)


class Background:
    """Runs a call in a thread; result() gives what it returned or raises what it raised."""

    def __init__(self, call):
        self._value = self._error = None
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True)
        self._thread.start()

    def _run(self, call):
        try:
            self._value = call()
        except BaseException as error:  # handed to whoever asks for the result
            self._error = error

    def done(self):
        return not self._thread.is_alive()

    def result(self, seconds=30):
        self._thread.join(seconds)
        assert self.done(), f"still running after {seconds} s"
        if self._error is not None:
            raise self._error
        return self._value
