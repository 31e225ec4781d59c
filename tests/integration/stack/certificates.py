"""A private CA and what it signs, made by the same shell functions as the quick start's."""
import pathlib
import subprocess

from . import paths


class Certificates:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._run('Ca "$1"')
        self.ca = self.folder / "ca.pem"

    def issue(self, name, alternative, common_name=None):
        """subjectAltName `alternative`, e.g. DNS:localhost; returns (certificate, key)."""
        self._run('Certificate "$1" "$2" "$3" "$4"', name, alternative, common_name or name)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def _run(self, script, *arguments):
        source = f'set -euo pipefail; . "{paths.ROOT}/deploy/certificates.sh"; {script}'
        subprocess.run(["bash", "-c", source, "bash", str(self.folder), *arguments], check=True)
