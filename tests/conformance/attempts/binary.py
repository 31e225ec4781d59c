"""Rows and parameters of the binary protocol. Values come out as the text protocol would show them, near enough to compare two
answers of the same kind."""
import struct

_FIXED = {0x01: "<b", 0x02: "<h", 0x0D: "<H", 0x03: "<i", 0x09: "<i", 0x08: "<q", 0x04: "<f", 0x05: "<d"}
_TEMPORAL = (0x07, 0x0A, 0x0B, 0x0C)
_LONGLONG, _VAR_STRING, _NULL = 0x08, 0xFD, 0x06


def row_of(packet, types):
    packet.advance(1)
    bitmap = packet.read((len(types) + 9) // 8)
    values = []
    for number, kind in enumerate(types):
        if bitmap[(number + 2) // 8] >> ((number + 2) % 8) & 1:
            values.append(None)
        elif kind in _FIXED:
            values.append(str(packet.read_struct(_FIXED[kind])[0]).encode())
        elif kind in _TEMPORAL:
            values.append(_temporal(kind, packet.read(packet.read_uint8())))
        else:
            values.append(packet.read_length_coded_string())
    return tuple(values)


def _temporal(kind, data):
    if kind == 0x0B:
        return b"time " + data.hex("-").encode() if data else b"00:00:00"
    year, month, day, hour, minute, second, micro = struct.unpack("<HBBBBBI", data.ljust(11, b"\0"))
    text = f"{year:04}-{month:02}-{day:02}"
    if kind != 0x0A:
        text += f" {hour:02}:{minute:02}:{second:02}" + (f".{micro:06}" if micro else "")
    return text.encode()


def parameters_of(values):
    """Null bitmap, types, values."""
    if not values:
        return b""
    bitmap, types, data = bytearray((len(values) + 7) // 8), b"", b""
    for number, value in enumerate(values):
        if value is None:
            bitmap[number // 8] |= 1 << number % 8
            types += struct.pack("<BB", _NULL, 0)
        elif isinstance(value, int):
            types += struct.pack("<BB", _LONGLONG, 0)
            data += struct.pack("<q", value)
        else:
            types += struct.pack("<BB", _VAR_STRING, 0)
            text = value.encode()
            data += bytes([0xFC]) + struct.pack("<H", len(text)) + text
    return bytes(bitmap) + b"\1" + types + data
