#!/usr/bin/python3
"""Compares the extractor of links with a parser that builds the whole tree.

    contrib/bench/links_compare.py [--parser html5lib|lxml] [--dump FILE] DIR...

Every *.html below DIR is read by tests/links_dump and by html5lib, which follows the
standard, or by lxml, which is libxml2's parser; the links, anchors, titles and languages
of each page have to be the same set. What differs is printed, a line each, "-" for what
the extractor lacks and "+" for what it alone has. Needs python3-html5lib, python3-lxml
(Debian).
"""

import argparse
import os
import re
import subprocess
import sys
from collections import Counter

SPACE = " \t\n\r\f"
SVG, MATH, XLINK = ("{http://www.w3.org/2000/svg}", "{http://www.w3.org/1998/Math/MathML}",
                    "{http://www.w3.org/1999/xlink}")
RULES = {  # element: attributes and kinds
    "a": {"href": "anchor"},
    "area": {"href": "anchor"},
    "audio": {"src": "media"},
    "bgsound": {"src": "media"},
    "body": {"background": "image"},
    "embed": {"src": "media"},
    "frame": {"src": "frame"},
    "iframe": {"src": "frame"},
    "img": {"src": "image", "srcset": "srcset"},
    "object": {"data": "media"},
    "script": {"src": "script"},
    "source": {"src": "media", "srcset": "srcset"},
    "track": {"src": "media"},
    "video": {"src": "media", "poster": "image"},
    **{name: {"background": "image"} for name in "table tbody td tfoot th thead tr".split()},
}
RULES_OF_SVG = {name: {"href": kind, "xlink:href": kind} for name, kind in (
    ("a", "anchor"), ("feimage", "image"), ("image", "image"), ("script", "script"),
    ("use", "image"))}
RELS = [("stylesheet", "style"), ("canonical", "canonical"), ("icon", "image"),
        ("apple-touch-icon", "image"), ("apple-touch-icon-precomposed", "image"),
        ("apple-touch-startup-image", "image"), ("mask-icon", "image"),
        ("fluid-icon", "image"), ("image_src", "image"), ("modulepreload", "script"),
        ("dns-prefetch", None), ("preconnect", None)]
PRELOADS = {"image": "image", "style": "style", "script": "script", "": "script"}


def clean(url):
    url = url.strip("".join(map(chr, range(33))))
    return re.sub("[\t\r\n]", "", url)


def srcset(value):
    """The URLs, by a regular expression: whoever has parentheses is not met here."""
    for part in re.findall(r"[\s,]*(\S*[^\s,])(?:,|\s+[^,]*(?:,|$)|$)", value):
        yield part


def css(text):
    text = re.sub(r"/\*.*?(\*/|$)", " ", text, flags=re.S)
    for rule, _, quoted, _, url in re.findall(
            r"""(@import\s+)?(?:(["'])(.*?)(?<!\\)\2|url\(\s*(["']?)(.*?)\4\s*\))""", text,
            flags=re.S | re.I):
        if url or (rule and quoted):
            yield "style" if rule else "css_url", url or quoted


def names_of(element):
    """Its name and its attributes, as an HTML page spells them."""
    name = element.tag
    if not isinstance(name, str):
        return None, {}
    name = name.split("}")[-1].lower()
    return name, {k.replace(XLINK, "xlink:").lower(): v for k, v in element.attrib.items()}


def link_kind(attrs):
    rels = attrs.get("rel", "").lower().split()
    for rel, kind in RELS:
        if rel in rels:
            return kind
    if "preload" in rels:
        return PRELOADS.get(attrs.get("as", "").lower(), "media")
    return "related"


def meta(attrs):
    content = attrs.get("content")
    if attrs.get("http-equiv", "").lower() == "refresh" and content:
        found = re.match(r"""\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?(["']?)(.+)""", content,
                         flags=re.S | re.I)
        if found:
            yield "refresh", found[2].split(found[1])[0] if found[1] else found[2]


def element_links(element):
    name, attrs = names_of(element)
    foreign = element.tag.startswith((SVG, MATH))
    for attr, kind in (RULES_OF_SVG if foreign else RULES).get(name, {}).items():
        if attr in attrs and kind == "srcset":
            yield from (("image", url) for url in srcset(attrs[attr]))
        elif attr in attrs:
            yield kind, attrs[attr]
    if name == "style":
        yield from css("".join(element.itertext()))
    yield from css(attrs.get("style", ""))
    if foreign:
        return
    if name == "link" and "href" in attrs and link_kind(attrs):
        yield link_kind(attrs), attrs["href"]
    if name == "link" and "imagesrcset" in attrs:
        yield from (("image", url) for url in srcset(attrs["imagesrcset"]))
    if name == "meta":
        yield from meta(attrs)
    if name == "input" and attrs.get("type", "").lower() == "image" and "src" in attrs:
        yield "image", attrs["src"]


def page_lines(root):
    """What links_see has to print of a page, but for its charset and places."""
    base = title = None
    links, lines = [], set()
    for element in root.iter():
        name, attrs = names_of(element)
        if not name:
            continue
        foreign = element.tag.startswith((SVG, MATH))
        if name == "base" and not foreign and base is None:
            base = attrs.get("href")
        if name == "html" and attrs.get("lang", "").strip(SPACE):
            lines.add("lang " + attrs["lang"].strip(SPACE))
        if name == "title" and title is None and not foreign:
            title = " ".join(re.split("[ \t-\r]+", "".join(element.itertext()))).strip(" ")
        nofollow = name in ("a", "area", "link") and \
            "nofollow" in attrs.get("rel", "").lower().split()
        links += [(kind, url, nofollow and kind not in ("css_url",))
                  for kind, url in element_links(element)]
        for attr in ("id", "name") if name == "a" else ("id",):
            if attrs.get(attr):
                lines.update(("id " + attrs[attr]).split("\n"))
    suffix = f" [{clean(base)}]" if base is not None else ""
    for kind, url, nofollow in links:
        lines.add(f"{kind} {clean(url)}{suffix}{' nofollow' if nofollow else ''}")
    if base is not None:
        lines.add("base " + clean(base))
    if title:
        lines.add("title " + title.encode()[:1000].decode(errors="ignore").rstrip())
    return lines


def parse_html5lib(data, charset):
    import html5lib
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"))
    tree = parser.parse(data, likely_encoding=charset, useChardet=False)
    return tree


def parse_lxml(data, charset):
    from lxml import etree
    parser = etree.HTMLParser(encoding=charset, huge_tree=True)
    return etree.fromstring(data or b" ", parser)


def pages(folders):
    for folder in folders:
        if os.path.isfile(folder):
            yield folder
        for where, _, names in os.walk(folder):
            yield from (os.path.join(where, n) for n in sorted(names)
                        if n.endswith((".html", ".htm", ".xhtml")))


def extracted(dump, names):
    """(name, its lines) of each page, by the extractor."""
    with subprocess.Popen([dump, "-"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        for name in names:
            process.stdin.write(os.fsencode(name) + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(b"file ")
            lines = []
            for line in iter(process.stdout.readline, b"\n"):
                lines.append(line.decode(errors="replace").rstrip("\n"))
            yield name, lines
        process.stdin.close()


def compare(name, lines, parse, total):
    with open(name, "rb") as file:
        data = file.read()
    charset = next(line[8:] for line in lines if line.startswith("charset "))
    root = parse(data, charset)
    expected = page_lines(root) if root is not None else set()
    found = {line for line in lines
             if not line.startswith(("charset ", "base at ", "robots "))}
    total.update(pages=1, bytes=len(data), lines=len(found),
                 differences=len(expected ^ found))
    total["pages that differ"] += expected != found
    for sign, some in (("-", expected - found), ("+", found - expected)):
        for line in sorted(some):
            print(f"{name}: {sign} {line!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--parser", choices=("html5lib", "lxml"), default="html5lib")
    parser.add_argument("--dump", default="build/tests/links_dump")
    parser.add_argument("--every", type=int, default=1, help="of so many pages, one")
    parser.add_argument("dirs", nargs="+", metavar="DIR")
    args = parser.parse_args()
    parse = {"html5lib": parse_html5lib, "lxml": parse_lxml}[args.parser]
    total = Counter()
    for name, lines in extracted(args.dump, list(pages(args.dirs))[::args.every]):
        compare(name, lines, parse, total)
    print(dict(total), file=sys.stderr)
    return total["differences"] != 0


if __name__ == "__main__":
    sys.exit(main())
