"""mysql2 from npm, through what an application does in one session."""
import json

from stack.clients import node


def test_session(gateway):
    done = node(gateway, "bot", "session.js")
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)
    assert steps["prepared"] == [1, 2, 3]
    assert steps["refusal"]["code"] in (1142, 1227) and steps["refusal"]["state"] == "42000" and "never" in steps["refusal"]["message"]
    assert steps["afterRefusal"] == 4
    assert steps["afterChangeUser"] == 2000
    assert (steps["values"]["a"], steps["values"]["b"], float(steps["values"]["c"])) == (None, "text", 1.5)
