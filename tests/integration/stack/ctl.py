"""posternctl, as its users run it."""
import json
import os
import subprocess

from . import paths


class CtlError(AssertionError):
    def __init__(self, arguments, code, error):
        super().__init__(f"posternctl {' '.join(arguments)} ended with {code}: {error}")
        self.code = code
        self.error = error


class Ctl:
    """One person's posternctl: token, address and CA come from the environment, so none of them is on a command line."""

    def __init__(self, api_port, ca, token):
        self.environment = {**os.environ, "POSTERN_API": f"localhost:{api_port}", "POSTERN_CA": str(ca), "POSTERN_TOKEN": token}

    def run(self, *arguments, **options):
        arguments = [str(argument) for argument in arguments]
        return subprocess.run([paths.BIN / "posternctl", *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, **options)

    def text(self, *arguments):
        done = self.run(*arguments)
        if done.returncode != 0:
            raise CtlError([str(argument) for argument in arguments], done.returncode, done.stderr)
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.text(*arguments, "--output", "json"))

    def lines(self, *arguments):
        """Output of a command that prints one JSON value per line."""
        return [json.loads(line) for line in self.text(*arguments, "--output", "json").splitlines() if line]

    def popen(self, *arguments):
        return subprocess.Popen([paths.BIN / "posternctl", *map(str, arguments)], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
