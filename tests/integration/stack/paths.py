"""Where things are."""
import os
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("POSTERN_BIN", ROOT / "build" / "release" / "bin"))
# The large variants of long tests: gigabytes and minutes instead of megabytes and seconds.
FULL = os.environ.get("POSTERN_FULL") == "1"


def mysql_client():
    """Oracle's command line, fetched by deploy/database/fetch-mysql.sh."""
    cache = os.environ.get("POSTERN_MYSQL_CACHE")
    base = pathlib.Path(cache) if cache else pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "postern/mysql"
    return str(base / "bin" / "mysql")


def mariadb_client():
    return shutil.which("mariadb")
