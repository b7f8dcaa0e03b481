#!/usr/bin/env python3
"""Writes Sources/CKernels/CategoryTables.c: the general category of each code point in regular expressions.

    pip install tokenizers==0.23.3 && python3 Tools/make_category_tables.py

Asked of the regular expressions of Hugging Face tokenizers itself (Unicode 16), block by block.
"""
import os

import tokenizers
from tokenizers import Regex, pre_tokenizers as P

VERSION = "0.23.3"
assert tokenizers.__version__ == VERSION, f"install tokenizers=={VERSION}, this is {tokenizers.__version__}"

CATEGORIES = "Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cs".split()
BLOCK = 128
FOLDER = os.path.join(os.path.dirname(__file__), "..", "Sources", "CKernels")


def category_table():
    """By code point: the index of its category. Surrogates are no characters, so nobody can be asked about them."""
    table = [CATEGORIES.index("Cs") if 0xD800 <= c < 0xE000 else 0 for c in range(0x110000)]
    for number, name in enumerate(CATEGORIES):
        if name in ("Cn", "Cs"):
            continue
        split = P.Split(Regex(r"\p{%s}+" % name), behavior="removed", invert=True).pre_tokenize_str
        for start in range(0, 0x110000, BLOCK):
            if 0xD800 <= start < 0xE000:
                continue
            for _, (first, end) in split("".join(map(chr, range(start, start + BLOCK)))):
                table[start + first:start + end] = [number] * (end - first)
    return table


def two_stage(table):
    index, leaf, known = [], [], {}
    for start in range(0, len(table), BLOCK):
        block = tuple(table[start:start + BLOCK])
        if block not in known:
            known[block] = len(leaf) // BLOCK
            leaf.extend(block)
        index.append(known[block])
    return index, leaf


def declaration(kind, name, values):
    lines, line = [], " "
    for value in values:
        if len(line) + len(str(value)) + 1 > 120:
            lines.append(line)
            line = " "
        line += f" {value}," if line == " " else f"{value},"
    return f"const {kind} {name}[{len(values)}] = {{\n" + "\n".join(lines + [line]) + "\n};\n"


def main():
    index, leaf = two_stage(category_table())
    head = f"// Made by Tools/make_category_tables.py from Hugging Face tokenizers {VERSION}; do not edit.\n"
    names = "\n".join(f"  PALIMPSEST_CATEGORY_{name.upper()} = {number}," for number, name in enumerate(CATEGORIES))
    with open(os.path.join(FOLDER, "include", "CategoryTables.h"), "w") as file:
        file.write(head + "#pragma once\n#include <stdint.h>\n\n")
        file.write("// General categories of Unicode 16.\nenum PalimpsestCategory {\n" + names + "\n};\n\n")
        file.write(f"extern const uint16_t palimpsest_category_index[{len(index)}];\n")
        file.write(f"extern const uint8_t palimpsest_category_leaf[{len(leaf)}];\n\n")
        file.write("static inline uint8_t palimpsest_category(uint32_t scalar) {\n")
        file.write("  if (scalar > 0x10FFFF) return PALIMPSEST_CATEGORY_CN;\n")
        file.write("  uint32_t block = palimpsest_category_index[scalar >> 7];\n")
        file.write("  return palimpsest_category_leaf[block << 7 | (scalar & 127)];\n}\n")
    with open(os.path.join(FOLDER, "CategoryTables.c"), "w") as file:
        file.write(head + '#include "CategoryTables.h"\n\n')
        file.write(declaration("uint16_t", "palimpsest_category_index", index) + "\n")
        file.write(declaration("uint8_t", "palimpsest_category_leaf", leaf))


if __name__ == "__main__":
    main()
