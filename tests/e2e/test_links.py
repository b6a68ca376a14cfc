"""Links of pages: the extractor beside Python's own HTML parser, which is another one."""

import html
import html.parser
import os
import random
import subprocess

import harness

DUMP = os.path.join("tests", "links_dump")  # below the folder of the build
RULES = {("a", "href"): "anchor", ("area", "href"): "anchor", ("img", "src"): "image",
         ("iframe", "src"): "frame", ("script", "src"): "script",
         ("video", "src"): "media", ("video", "poster"): "image",
         ("embed", "src"): "media", ("object", "data"): "media"}
TEXTS = ["", "x", " ", "\n", "a < b", "&", "&amp;", "é", "日本", "<!-- <a href=no> -->",
         "<!doctype html>", "</p>", "<br/>", "<script>'<a href=no>'</script>",
         "<style>a > b {}</style>", "<textarea><a href=no></textarea>",
         "<title><a href=no></title>", "<p class='>' title=\"<a href=no>\">"]
VALUES = ["", "x", "a b", "?a=1&b=2", "?a=1&copy=2", "'", "é#日本", "a<b>c", "/%20/", "&amp;"]


class Reference(html.parser.HTMLParser):
    """What tests/links_dump has to print, as far as pages of made_page go."""

    CDATA_CONTENT_ELEMENTS = ("script", "style", "textarea", "title")

    def __init__(self):
        super().__init__()
        self.lines = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for (element, attr), kind in RULES.items():
            if element == tag and attr in attrs:
                self.lines.append(f"{kind} {attrs[attr].strip()}")


def quoted(rnd, value):
    """An attribute's value, quoted in one of the ways that keep it what it is."""
    if value and not set(value) & set(" \"'<>=`&") and rnd.random() < 0.5:
        return value
    quote = rnd.choice("\"'")
    return quote + html.escape(value).replace("&#x27;", rnd.choice(("&#x27;", "&#39;"))) + quote


def made_page(rnd):
    """Elements that refer, among text that looks as if it did."""
    page = ["<body>"]
    for _ in range(rnd.randrange(1, 40)):
        element, attr = rnd.choice(list(RULES))
        space = rnd.choice((" ", "\n", "  "))
        name = rnd.choice((attr, attr.upper()))
        page.append(rnd.choice(TEXTS))
        page.append(f"<{element}{space}{name}={quoted(rnd, rnd.choice(VALUES))}{space}>")
        if element in ("script", "iframe"):
            page.append(f"</{element}>")
    return "".join(page)


def dumped(names, *options):
    """The lines of each page: lists that stand for the pages, in their order."""
    run = subprocess.run([DUMP, *options, *names], capture_output=True, check=True,
                         timeout=harness.PATIENCE)
    parts = run.stdout.decode().split("\n\n")
    return [part.split("\n")[1:] for part in parts if part]


def without_facts(lines):
    return [line for line in lines if line.split(" ")[0] in set(RULES.values())]


def written_pages(count):
    folder = harness.tmp()
    rnd = random.Random(4)
    names = []
    for i in range(count):
        names.append(os.path.join(folder, f"{i}.html"))
        with open(names[-1], "w", encoding="utf-8") as file:
            file.write(made_page(rnd))
    return names


def test_same_links():
    """two parsers find the same links in three hundred pages"""
    names = written_pages(300)
    for name, lines in zip(names, dumped(names), strict=True):
        reference = Reference()
        with open(name, encoding="utf-8") as file:
            reference.feed(file.read())
        assert without_facts(lines) == reference.lines, name


def test_any_pieces():
    """pages cut into pieces of any size give the same, places too"""
    names = written_pages(50)
    whole = dumped(names, "--places")
    for step in (1, 2, 3, 7, 64, 1000):
        assert dumped(names, "--places", "--step", str(step)) == whole, step


def test_places():
    """what stands at a link's place, written anew, is that link in the page that follows"""
    for name in written_pages(50):
        with open(name, "rb") as file:
            page = file.read()
        links = [line.rsplit(" ", 2) for line in without_facts(dumped([name], "--places")[0])]
        changed = page
        for i, (_, _, place) in reversed(list(enumerate(links))):
            at, length = map(int, place.split("+"))
            changed = changed[:at] + b"new%d" % i + changed[at + length:]
        with open(name, "wb") as file:
            file.write(changed)
        found = [line.split(" ")[1] for line in without_facts(dumped([name])[0])]
        assert found == [f"new{i}" for i in range(len(links))], name


if __name__ == "__main__":
    harness.main()
