"""A program under test: started, watched, killed; its log goes to a file."""
import os
import signal
import socket
import subprocess


_given = set()


def free_port():
    """A port of 127.0.0.1 that nothing listens on, outside the range that outgoing connections use; each is given once."""
    while True:
        port = 20000 + int.from_bytes(os.urandom(2), "big") % 12000
        if port in _given:
            continue
        _given.add(port)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Process:
    def __init__(self, arguments, log):
        self.arguments = [str(argument) for argument in arguments]
        self.log = log
        self.child = None

    def start(self):
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        return self

    @property
    def pid(self):
        return self.child.pid

    def running(self):
        return self.child is not None and self.child.poll() is None

    def stop(self):
        """Asks it to end, as an operator does; returns the exit code."""
        if not self.running():
            return self.child.returncode if self.child else None
        self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.arguments[0]} did not end within 20 s of SIGTERM; log {self.log}")

    def kill(self):
        """kill -9: nothing of it gets to run."""
        if self.running():
            self.child.kill()
            self.child.wait()

    def signal(self, number):
        self.child.send_signal(number)

    def memory(self, field="VmRSS"):
        """Resident bytes now, or with VmHWM the most there ever were."""
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
        raise AssertionError(f"{field} not found")

    def log_text(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, errors="replace") as log:
            return log.read()
