"""A person at a browser, as far as a provider's login pages need one: cookies, redirects, forms."""
import html
import http.cookiejar
import re
import ssl
import urllib.parse
import urllib.request


class Browser:
    def __init__(self, ca):
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)),
                                                   urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.page = self.url = ""

    def open(self, url, fields=None):
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        with self._opener.open(url, body, timeout=10) as answer:
            self.url, self.page = answer.url, answer.read().decode()
        return self

    def submit(self, **fields):
        """The page's form, with its hidden fields and these."""
        form = re.search(r"<form[^>]*>.*?</form>", self.page, re.DOTALL).group(0)
        action = html.unescape(re.search(r'action="([^"]*)"', form).group(1))
        hidden = {}
        for field in re.findall(r"<input[^>]*>", form):
            values = dict(re.findall(r'(\w+)="([^"]*)"', field))
            if values.get("type") == "hidden":
                hidden[values["name"]] = html.unescape(values.get("value", ""))
        return self.open(urllib.parse.urljoin(self.url, action), {**hidden, **fields})


def confirm(url, ca, person):
    """What a person does with the address that posternctl shows: sees the code, logs in, agrees."""
    browser = Browser(ca).open(url).submit().submit(confirm="yes").submit(login=person, password="any").submit()
    assert "Sign-in Success" in browser.page, browser.page
