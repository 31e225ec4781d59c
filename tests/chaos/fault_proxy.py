"""A TCP proxy that breaks what runs through it: at once, or after so many pieces have passed."""
import socket
import struct
import threading

# What becomes of the connections that are open, and of those that come until heal():
CUT = "cut"                # both ends are closed in order (FIN)
RESET = "reset"            # both ends are reset (RST)
BLACK_HOLE = "black hole"  # nothing passes and nothing is closed
HALF_OPEN = "half open"    # the far end is reset, the near end hears nothing of it
FAULTS = (CUT, RESET, BLACK_HOLE, HALF_OPEN)

PIECE = 16 * 1024


class FaultProxy:
    def __init__(self, port, host="127.0.0.1"):
        """Passes connections on to `host`:`port` from a port of its own."""
        self._to = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._pairs = []
        self._fault = None
        self._left = self._planned = None
        self.broke = threading.Event()
        self._delay = 0.0
        threading.Thread(target=self._accept, daemon=True).start()

    def break_now(self, fault):
        with self._lock:
            self._break(fault)

    def break_after(self, pieces, fault):
        """Counts what is read from either end from now on."""
        with self._lock:
            self.broke.clear()
            self._left, self._planned = pieces, fault

    def delay(self, seconds):
        """Every piece is late by that much."""
        self._delay = seconds

    def heal(self):
        """New connections pass; those that were broken stay so, and are closed."""
        with self._lock:
            self._fault = self._left = self._planned = None
            if self.broke.is_set():
                for pair in self._pairs:
                    for end in pair:
                        _close(end)
                self._pairs.clear()
            self.broke.clear()

    def close(self):
        self._listener.close()
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    _close(end)

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                fault = self._fault
            if fault in (CUT, RESET):
                _close(near, reset=fault == RESET)
                continue
            if fault is not None:
                with self._lock:
                    self._pairs.append((near,))
                continue
            try:
                far = socket.create_connection(self._to, timeout=10)
            except OSError:
                _close(near, reset=True)
                continue
            far.settimeout(None)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near), daemon=True).start()

    def _pump(self, source, sink):
        while True:
            try:
                piece = source.recv(PIECE)
            except OSError:
                piece = b""
            if self._delay:
                threading.Event().wait(self._delay)
            with self._lock:
                if self._left is not None and piece:
                    self._left -= 1
                    if self._left <= 0:
                        self._break(self._planned)
                if self._fault is not None:
                    return  # what was read is lost; who closes what is the fault's business
            try:
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(piece)
            except OSError:
                return

    def _break(self, fault):
        self._fault, self._left = fault, None
        for near, *far in self._pairs:
            if fault in (CUT, RESET):
                _close(near, reset=fault == RESET)
            if fault != BLACK_HOLE:
                for end in far:
                    _close(end, reset=fault != CUT)
        self.broke.set()


def _close(end, reset=False):
    try:
        if reset:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RD)  # whoever is reading lets go, or the close would wait for it
        else:
            end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
