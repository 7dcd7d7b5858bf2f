"""A page as its reader meets it: its words, its links, the entry of the menu that is lit."""

import re
from html.parser import HTMLParser

LEFTOVER = re.compile(r"[A-Za-z]{4,}")
ADDRESS = re.compile(r"https?://\S+")  # of the portal, told to who hands out passwords
WORDS_OF_THE_SYSTEM = {"xlsx", "docx", "Excel", "Word", "lrmx"}


class Seen(HTMLParser):
    """What a reader of a page meets: its text and the words in its attributes, without icons."""

    SILENT = ("script", "style", "title")
    SPOKEN = ("title", "placeholder", "aria-label", "alt", "data-label", "value")
    CLOSED = ("br", "hr", "img", "input", "link", "meta")

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.path: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])
        hidden = tag in self.SILENT or "material-symbols" in facts.get("class", "")
        button = tag == "input" and facts.get("type") in ("submit", "button")
        self.words += [facts[name] for name in self.SPOKEN if name in facts and (name != "value" or button)]
        if tag not in self.CLOSED:
            self.path.append(hidden)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.CLOSED and self.path:
            self.path.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.path):
            self.words.append(data)


def english_in(page: str) -> set[str]:
    seen = Seen()
    seen.feed(page)
    told = (ADDRESS.sub("", text) for text in seen.words)
    return {word for text in told for word in LEFTOVER.findall(text)} - WORDS_OF_THE_SYSTEM


def links_in(page: str) -> list[str]:
    """The addresses of this site that a page leads to, without what stands behind ? and #."""
    seen = Seen()
    seen.feed(page)
    plain = (re.split("[?#]", link)[0] for link in seen.links)
    return [link for link in dict.fromkeys(plain) if link.startswith("/")]
