#!/usr/bin/env python3
"""Break comment lines of more than 120 columns, which `swift format` leaves alone.

    python3 Tools/wrap_comments.py Sources Tests Package.swift

What does not fit moves to the front of the next line of the same paragraph, or to a line of its own. Drawings and code
(four blanks or more after the slashes) stay as they are; lines that fit are never touched.
"""

from __future__ import annotations

import pathlib
import re
import sys

COLUMNS = 120
COMMENT = re.compile(r"^(?P<lead>\s*///? )(?P<hang> {0,3})(?P<item>- |\d+\. )?(?P<text>\S.*)$")


def main() -> None:
    for argument in sys.argv[1:]:
        path = pathlib.Path(argument)
        for file in sorted(path.rglob("*.swift")) if path.is_dir() else [path]:
            old = file.read_text(encoding="utf-8")
            new = "\n".join(wrapped(old.split("\n")))
            if new != old:
                file.write_text(new, encoding="utf-8")
                print(file)


def wrapped(lines: list[str]) -> list[str]:
    """The lines, those too long broken; what is left over is carried from line to line to the paragraph's end."""
    lines = list(lines)
    position = 0
    while position < len(lines):
        line = lines[position]
        comment = COMMENT.match(line) if len(line) > COLUMNS else None
        head, tail = split(line, comment) if comment else (line, "")
        if tail:
            item = comment["item"] or ""
            prefix = comment["lead"] + comment["hang"] + " " * len(item)
            lines[position] = head
            if position + 1 < len(lines) and continues(lines[position + 1], prefix):
                lines[position + 1] = prefix + tail + " " + lines[position + 1][len(prefix) :]
            else:
                lines.insert(position + 1, prefix + tail)
        position += 1
    return lines


def split(line: str, comment: re.Match) -> tuple[str, str]:
    """The part that fits and the rest; no rest where there is no blank to break at."""
    blank = line.rfind(" ", comment.start("text"), COLUMNS + 1)
    return (line[:blank].rstrip(), line[blank + 1 :].lstrip()) if blank > 0 else (line, "")


def continues(line: str, prefix: str) -> bool:
    """Whether a line goes on with the paragraph: the same beginning, and neither an item nor further in."""
    rest = line[len(prefix) :]
    return line.startswith(prefix) and bool(re.match(r"(?!- |\d+\. |\||#|```)\S", rest))


if __name__ == "__main__":
    main()
