"""A client that speaks the protocol itself, over a connection that PyMySQL has logged in: text and prepared statements, cursors,
any command, and a copy of every byte received."""
import struct

import pymysql
from pymysql.constants import CLIENT

from attempts.answer import Answer, Result
from attempts.binary import parameters_of, row_of

COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE, COM_STMT_CLOSE, COM_STMT_FETCH, COM_RESET = 3, 0x16, 0x17, 0x19, 0x1C, 0x1F
MORE_RESULTS, CURSOR_EXISTS, LAST_ROW_SENT = 0x08, 0x40, 0x80


class _Tee:
    def __init__(self, file):
        self._file = file
        self.taken = bytearray()

    def read(self, size):
        data = self._file.read(size)
        self.taken += data
        return data

    def close(self):
        self._file.close()


class Client:
    """`open_connection` makes a PyMySQL connection; called again when the one before has broken."""

    def __init__(self, open_connection):
        self._open = open_connection
        self._connection = None

    def connect(self):
        self._connection = self._open()
        self._tee = self._connection._rfile = _Tee(self._connection._rfile)

    def query(self, sql):
        return self._answer(lambda answer: self._simple(COM_QUERY, sql, answer))

    def command(self, number, payload):
        return self._answer(lambda answer: self._simple(number, payload, answer))

    def prepared(self, sql, parameters=(), cursor=False):
        return self._answer(lambda answer: self._prepared(sql, parameters, cursor, answer))

    def reset(self):
        return self.command(COM_RESET, b"")

    def close(self):
        if self._connection is not None:
            self._connection._force_close()
            self._connection = None

    def _answer(self, conversation):
        if self._connection is None:
            self.connect()
        del self._tee.taken[:]
        answer = Answer()
        try:
            conversation(answer)
        except (pymysql.MySQLError, OSError) as error:
            answer.code, answer.message = (error.args + (0, ""))[:2] if isinstance(error, pymysql.MySQLError) else (2013, str(error))
            answer.broken = answer.code in (0, 2006, 2013, 2014)
        answer.raw = bytes(self._tee.taken)
        if answer.broken:
            self.close()
        return answer

    def _simple(self, number, payload, answer):
        self._connection._execute_command(number, payload)
        if number == 1:  # COM_QUIT is not answered
            return
        self._results(answer, binary=False)

    def _prepared(self, sql, parameters, cursor, answer):
        self._connection._execute_command(COM_STMT_PREPARE, sql)
        head = self._connection._read_packet()
        statement, columns, count = struct.unpack_from("<IHH", head.get_all_data(), 1)
        for block in (count, columns):
            if block:
                self._definitions(block)
        try:
            payload = struct.pack("<IBI", statement, 1 if cursor else 0, 1) + parameters_of(parameters[:count])
            self._connection._execute_command(COM_STMT_EXECUTE, payload)
            self._results(answer, binary=True, statement=statement)
        finally:
            if not self._connection._closed:
                self._connection._execute_command(COM_STMT_CLOSE, struct.pack("<I", statement))

    def _results(self, answer, binary, statement=None):
        status = MORE_RESULTS
        while status & MORE_RESULTS:
            packet = self._connection._read_packet()
            result = Result()
            if packet.is_ok_packet():
                packet.advance(1)
                result.affected = packet.read_length_encoded_integer()
                packet.read_length_encoded_integer()
                status, result.warnings = packet.read_struct("<HH")
                result.info = packet.read_all()
            elif packet.is_eof_packet() or packet.get_all_data()[:1] == b"\xfb":
                raise pymysql.OperationalError(2014, f"unexpected packet {packet.get_all_data()[:9]!r}")
            else:
                result.columns, end = self._definitions(packet.read_length_encoded_integer())
                with_cursor = struct.unpack_from("<H", end.get_all_data(), 3)[0] & CURSOR_EXISTS
                status = self._fetch(result, statement) if with_cursor else self._rows(result, binary)
            answer.results.append(result)

    def _fetch(self, result, statement):
        status = 0
        while not status & LAST_ROW_SENT:
            self._connection._execute_command(COM_STMT_FETCH, struct.pack("<II", statement, 2))
            status = self._rows(result, binary=True)
        return status

    def _definitions(self, count):
        columns = []
        for _ in range(count):
            packet = self._connection._read_packet()
            texts = [packet.read_length_coded_string() for _ in range(6)]
            packet.advance(1)
            columns.append((texts[4], *packet.read_struct("<HIBH")))
        return columns, self._connection._read_packet()

    def _rows(self, result, binary):
        while True:
            packet = self._connection._read_packet()
            if packet.is_eof_packet():
                result.warnings, status = struct.unpack_from("<HH", packet.get_all_data(), 1)
                return status
            if binary:
                result.rows.append(row_of(packet, [column[3] for column in result.columns]))
            else:
                result.rows.append(tuple(packet.read_length_coded_string() for _ in result.columns))


def options_of_client():
    return {"client_flag": CLIENT.MULTI_STATEMENTS, "read_timeout": 30, "write_timeout": 30}
