#!/usr/bin/env python3
"""Prints src/markup/charref_table.c: the named character references of HTML, from
Python's own table of them (html.entities.html5).

    contrib/charref_table.py >src/markup/charref_table.c
"""

from html.entities import html5

HEAD = """\
/* Made by contrib/charref_table.py: the named character references of
 * https://html.spec.whatwg.org/#named-character-references
 *
 * Each is its name, ";" or, where that may be missing, ",", and what it stands for;
 * then comes a byte 1, which stands before the first, too. Sorted by name. */
#include "markup/charref_table.h"

const char charref_table[] =
    "\\1"
"""
WIDTH = 84


def escaped(text):
    """In C, as far as \\u may stand for a character."""
    return "".join(
        f"\\U{ord(c):08x}" if ord(c) > 0xffff else
        f"\\u{ord(c):04x}" if ord(c) >= 0xa0 else
        f"\\{c}" if c in '"\\' else
        f"\\{ord(c):03o}" if c < " " or c == "?" else c for c in text)


def main():
    names = sorted(name[:-1] for name in html5 if name.endswith(";"))
    line = ""
    print(HEAD, end="")
    for name in names:
        entry = name + (",;"[name not in html5]) + escaped(html5[name + ";"]) + "\\1"
        if len(line) + len(entry) > WIDTH - 2:
            print(f'    "{line}"')
            line = ""
        line += entry
    print(f'    "{line}";\n\nconst size_t charref_table_size = sizeof(charref_table) - 1;')


main()
