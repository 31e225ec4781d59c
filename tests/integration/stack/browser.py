"""Real headless Chromium, by Playwright: pages in profiles of their own, steered from the test."""
import json
import shutil
import subprocess
import threading

from . import paths


class BrowserError(AssertionError):
    pass


class Browser:
    def __init__(self, log):
        self._log = open(log, "ab")
        self._child = subprocess.Popen([shutil.which("node"), paths.ROOT / "tests/integration/browser.mjs", shutil.which("chromium")],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self._turn = threading.Lock()
        self._pages = 0

    def do(self, page, act, *given):
        with self._turn:
            self._child.stdin.write(json.dumps({"page": page, "do": act, "with": given}) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        assert line, "the browser ended"
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(f"{act} {given}: {answer['error']}")
        return answer["value"]

    def page(self, width=1280, height=800, **options):
        self._pages += 1
        name = f"page-{self._pages}"
        self.do(name, "open", {"viewport": {"width": width, "height": height}, **options})
        return Page(self, name)

    def stop(self):
        self._child.stdin.close()
        try:
            self._child.wait(20)
        finally:
            self._child.kill()
            self._log.close()


class Page:
    """A page; every method that Playwright's has can be called by its name there."""

    def __init__(self, browser, name):
        self._browser = browser
        self._name = name

    def __getattr__(self, act):
        return lambda *given: self._browser.do(self._name, act, *given)

    def sign_in(self, console, token):
        self.goto(console)
        self.fill("input[name=token]", token)
        self.click("text=Sign in >> nth=-1")
        self.waitFor("nav")
