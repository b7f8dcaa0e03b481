#!/usr/bin/env python3
"""Write Sources/Text/Markup/HTMLReferenceTable.swift: the named character references of HTML, out of Python's copy of the
standard's table (html.entities.html5)."""
import html.entities, os, textwrap

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
entries = [f"{name}={'+'.join(f'{ord(c):X}' for c in text)}" for name, text in sorted(html.entities.html5.items())]
body = "\n".join(textwrap.wrap(" ".join(entries), 114, break_long_words=False, break_on_hyphens=False))
with open("Sources/Text/Markup/HTMLReferenceTable.swift", "w") as f:
    f.write("// Made by Tools/make_html_references.py; do not edit.\n\n")
    f.write("/// The named character references of HTML: name (with its semicolon, if it has one), code points.\n")
    f.write('let htmlReferenceTable = """\n' + textwrap.indent(body, "  ") + '\n  """\n')
