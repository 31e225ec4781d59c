"""libmysqlclient's C API: each test case of libmysqlclient_test.cc, against the running stack."""
import os
import re
import subprocess

import pytest

from stack import paths
from stack.stack import TARGET

CASES = re.findall(r'^TEST_CASE\("(.*)"\)', (paths.ROOT / "tests/integration/libmysqlclient_test.cc").read_text(), re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_libmysqlclient(gateway, case):
    environment = {**os.environ, "POSTERN_MYSQL_PORT": str(gateway.mysql_port), "POSTERN_USER": f"loader+{TARGET}",
                   "POSTERN_PASSWORD": gateway.agent_token("loader"), "POSTERN_CA": str(gateway.certificates.ca)}
    done = subprocess.run([paths.BIN / "integration_libmysqlclient", case.replace(",", "\\,")], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    assert done.returncode == 0 and "1 test case" in done.stdout, done.stdout
