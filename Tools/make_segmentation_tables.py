#!/usr/bin/env python3
"""Writes Sources/CKernels/SegmentationTables.c: the scripts and grapheme classes of Hugging Face tokenizers 0.23.3.

    pip install tokenizers==0.23.3 && python3 Tools/make_segmentation_tables.py

As in make_unicode_tables.py, everything is asked of the library itself, one code point at a time. `UnicodeScripts`
tells scripts apart by where it cuts; which script it is does not matter, so scripts are numbers in order of appearance.
Grapheme clusters show in `Precompiled` alone, which looks up clusters of less than six bytes as a whole and longer ones
scalar by scalar: under a charsmap that turns everything it is asked about into one X, the number of X tells a joint.
"""
import os
import struct

import tokenizers
from tokenizers import normalizers as N, pre_tokenizers as P

VERSION = "0.23.3"
assert tokenizers.__version__ == VERSION, f"install tokenizers=={VERSION}, this is {tokenizers.__version__}"

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
BLOCK = 128


def one_x():
    """A charsmap that answers X to every text that does not begin with NUL: a root with 255 leaves."""
    units = [0] * 1024
    units[0] = 256 << 10
    for byte in range(1, 256):
        node, leaf = 256 ^ byte, 512 + byte
        units[node] = (node ^ leaf) << 10 | 1 << 8 | byte
        units[leaf] = 1 << 31
    trie = struct.pack("<1024I", *units)
    return N.Precompiled(struct.pack("<I", len(trie)) + trie + b"X\0").normalize_str


lookups = one_x()
ACUTE, LEAD, VOWEL, TRAIL, SYLLABLE, COPYRIGHT = "\u0301", "\u1100", "\u1161", "\u11a8", "\uac00", "\u00a9"
CONSONANT, LINKER, JOINER = "\u0915", "\u094d", "\u200d"


def joined(a, b):
    """Whether two scalars of which the second has at most three bytes are of one cluster, which has at least six."""
    return len(lookups(a + b + ACUTE)) == 3


# In the order of their numbers; the first that says yes. What is left is `OTHER`, which is 0. Regional indicators are
# others: a pair of them has eight bytes, so that nothing shows.
def grapheme_class(c):
    if c == "\r": return "CR"
    if c == "\n": return "LF"
    if c == JOINER: return "JOINER"
    if c == "\0" or len(lookups(c + ACUTE + ACUTE)) == 2 and len(lookups("a" + c)) == 2: return "CONTROL"
    if len(lookups("a" + c)) == 1:
        if not len(lookups(COPYRIGHT + c + JOINER + COPYRIGHT + ACUTE)) == 5: return "SPACING_MARK"
        if len(lookups(CONSONANT + c + CONSONANT + ACUTE)) == 4: return "LINKER"
        joins = len(lookups(CONSONANT + LINKER + c + CONSONANT + ACUTE)) == 5
        return "EXTEND" if joins else "EXTEND_BREAKING_CONJUNCT"
    if len(lookups(c + "a")) == 1: return "PREPEND"
    if len(lookups(c + JOINER + COPYRIGHT + ACUTE)) == 4: return "PICTOGRAPH"
    if len(c.encode()) == 3:
        after_lead, before_vowel, before_trail = joined(LEAD, c), joined(c, VOWEL), joined(c, TRAIL)
        if after_lead and before_vowel and not before_trail: return "LEAD"
        if after_lead and before_vowel: return "VOWEL" if joined(VOWEL, c) else "LV"
        if after_lead and before_trail: return "LVT"
        if before_trail: return "TRAIL"
    if len(lookups(c + LINKER + CONSONANT + ACUTE)) == 4: return "CONSONANT"
    return "OTHER"


CLASSES = [
    ("OTHER", ""), ("CR", ""), ("LF", ""), ("CONTROL", "joins nothing"), ("EXTEND", "joins what is before it"),
    ("EXTEND_BREAKING_CONJUNCT", "EXTEND, but not between a linker and a consonant"),
    ("LINKER", "EXTEND that links two consonants"), ("JOINER", "U+200D"), ("SPACING_MARK", "joins what is before it"),
    ("PREPEND", "joins what follows"), ("PICTOGRAPH", ""), ("LEAD", "Hangul, as the next four"), ("VOWEL", ""),
    ("TRAIL", ""), ("LV", ""), ("LVT", ""), ("CONSONANT", "of an Indic conjunct"),
]


def scripts():
    """Code point to number; 0 is what goes with any script."""
    cut = P.UnicodeScripts().pre_tokenize_str
    members, numbers, last = [None], {}, 1
    for value in SCALARS:
        c = chr(value)
        if not cut(c):
            continue
        known = [last] if last < len(members) else []
        known += [number for number in range(1, len(members)) if number != last]
        number = next((number for number in known if len(cut(members[number] + c)) == 1), None)
        if number is None:
            number = len(members)
            members.append(c)
        numbers[value] = last = number
    assert len(members) <= 256
    return numbers, len(members)


def two_stage(values):
    leaves, seen, index = [], {}, []
    for start in range(0, 0x110000, BLOCK):
        block = tuple(values.get(c, 0) for c in range(start, start + BLOCK))
        if block not in seen:
            seen[block] = len(seen)
            leaves.extend(block)
        index.append(seen[block])
    return index, leaves


def array(c_type, name, values):
    lines, line = [], "  "
    for value in values:
        text = f"{value},"
        if len(line) + len(text) > 118:
            lines.append(line)
            line = "  "
        line += text
    lines.append(line)
    return f"const {c_type} {name}[{len(values)}] = {{\n" + "\n".join(lines) + "\n};\n\n"


def main():
    names = [name for name, _ in CLASSES]
    classes = {value: names.index(grapheme_class(chr(value))) for value in SCALARS}
    script_numbers, script_count = scripts()
    note = f"// Made by Tools/make_segmentation_tables.py from Hugging Face tokenizers {VERSION}; do not edit.\n"
    source = note + '#include "SegmentationTables.h"\n\n'
    header = note + "#pragma once\n#include <stdint.h>\n\n"
    header += "/// What a scalar does to the grapheme cluster it stands in.\nenum PalimpsestGraphemeClass {\n"
    for number, (name, meaning) in enumerate(CLASSES):
        header += f"  PALIMPSEST_GRAPHEME_{name} = {number}," + (f"  // {meaning}" if meaning else "") + "\n"
    header += "};\n\n"
    for name, values in (("grapheme", classes), ("script", script_numbers)):
        index, leaves = two_stage(values)
        for part, c_type, values in (("index", "uint16_t", index), ("leaf", "uint8_t", leaves)):
            source += array(c_type, f"palimpsest_{name}_{part}", values)
            header += f"extern const {c_type} palimpsest_{name}_{part}[{len(values)}];\n"
        header += f"""
static inline uint8_t palimpsest_{name}(uint32_t scalar) {{
  if (scalar > 0x10FFFF) return 0;
  return palimpsest_{name}_leaf[(uint32_t)palimpsest_{name}_index[scalar >> 7] << 7 | (scalar & 127)];
}}

"""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Sources/CKernels")
    with open(os.path.join(folder, "SegmentationTables.c"), "w") as file:
        file.write(source.rstrip("\n") + "\n")
    with open(os.path.join(folder, "include/SegmentationTables.h"), "w") as file:
        file.write(header.rstrip("\n") + "\n")
    count = {name: sum(1 for number in classes.values() if number == i) for i, name in enumerate(names)}
    print(f"{script_count - 1} scripts, {count}, {len(source)} bytes")


main()
