#!/usr/bin/env python3
"""Writes Sources/CKernels/UnicodeTables.c: what Hugging Face tokenizers 0.23.3 knows about each code point.

    pip install tokenizers==0.23.3 && python3 Tools/make_unicode_tables.py

The library carries four Unicode versions at once (categories 8.0, normalization 9.0, regular expressions 16.0, case
mapping 17.0), so no Unicode library gives the same answers. Everything here is asked of the library itself, one code
point at a time. Combining classes cannot be seen on single characters: they are derived from which of two marks moves.
"""
import os
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers as N, pre_tokenizers as P

VERSION = "0.23.3"
assert tokenizers.__version__ == VERSION, f"install tokenizers=={VERSION}, this is {tokenizers.__version__}"

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
BLOCK = 128


def bert(**flags):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return N.BertNormalizer(**{**off, **flags}).normalize_str


def matches(pattern):
    split = P.Split(Regex(pattern), behavior="removed").pre_tokenize_str
    return lambda c: split(c) == []


def piece_count(pre_tokenizer):
    split = pre_tokenizer.pre_tokenize_str
    return lambda c: len(split("a" + c + "a"))


clean, cjk, accents = bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True)
strip = N.StripAccents().normalize_str
nfc, nfd, nfkc, nfkd = (n().normalize_str for n in (N.NFC, N.NFD, N.NFKC, N.NFKD))
lower = N.Lowercase().normalize_str
bert_pieces, word_pieces = piece_count(P.BertPreTokenizer()), piece_count(P.Whitespace())
digit_pieces = piece_count(P.Digits(individual_digits=True))

CATEGORIES = {name: matches(r"\p{%s}" % name) for name in ("L", "N", "M", "Lu", "Ll", "Lt", "Lm", "Lo")}

# Name of the flag, what it says, and the question to the library. The order is the order of the bits.
FLAGS = [
    ("CLEAN_REMOVED", "BERT's cleaning drops it", lambda c: clean("a" + c + "a") == "aa"),
    ("CLEAN_SPACE", "BERT's cleaning makes it U+0020", lambda c: clean("a" + c + "a") == "a a"),
    ("CJK", "BERT puts spaces around it", lambda c: cjk(c) == f" {c} "),
    ("PUNCTUATION", "BERT and Punctuation isolate it (Unicode 8)", lambda c: bert_pieces(c) == 3),
    ("NONSPACING_MARK", "dropped by BERT with the accents (Unicode 8)", lambda c: nfd(c) == c and accents("a" + c + "a") == "aa"),
    ("MARK", "dropped by StripAccents (Unicode 9)", lambda c: strip("a" + c + "a") == "aa"),
    ("WHITE_SPACE", "white space", lambda c: bert_pieces(c) == 2),
    ("LETTER", r"\\p{L} (Unicode 16)", CATEGORIES["L"]),
    ("NUMBER", r"\\p{N} (Unicode 16)", CATEGORIES["N"]),
    ("WORD", r"\\w of Whitespace and of added tokens (Unicode 16)", lambda c: word_pieces(c) == 1),
    ("NUMERIC", "Digits isolates it (Unicode 17)", lambda c: digit_pieces(c) == 3),
    ("UPPERCASE", r"\\p{Lu}", CATEGORIES["Lu"]),
    ("LOWERCASE", r"\\p{Ll}", CATEGORIES["Ll"]),
    ("TITLECASE", r"\\p{Lt}", CATEGORIES["Lt"]),
    ("MODIFIER_LETTER", r"\\p{Lm}", CATEGORIES["Lm"]),
    ("OTHER_LETTER", r"\\p{Lo}", CATEGORIES["Lo"]),
    ("REGEX_MARK", r"\\p{M} (Unicode 16)", CATEGORIES["M"]),
]
INERT = [("NFC_INERT", nfc), ("NFD_INERT", nfd), ("NFKC_INERT", nfkc), ("NFKD_INERT", nfkd)]


def combining_classes():
    """By scalar: its class, for all that are not 0. Marks of known class tell the order, their numbers are the names."""
    # U+0345 has the highest class, 240, and U+0334 the lowest, 1: a mark is one that moves around either.
    def is_mark(c):
        return nfd(c) == c and (nfd("a\u0345" + c) == "a" + c + "\u0345" or nfd("a" + c + "\u0334") == "a\u0334" + c)

    representative = {}
    for c in map(chr, SCALARS):
        if unicodedata.combining(c) and (c in "\u0334\u0345" or is_mark(c)):
            representative.setdefault(unicodedata.combining(c), c)
    known = sorted(representative)
    classes = {}
    for value in SCALARS:
        c = chr(value)
        if not (c in "\u0334\u0345" or is_mark(c)):
            continue
        equal = [
            k for k in known
            if nfd("a" + c + representative[k]) == "a" + c + representative[k]
            and nfd("a" + representative[k] + c) == "a" + representative[k] + c
        ]
        assert len(equal) == 1, (hex(value), equal)
        classes[value] = equal[0]
    return classes


def compositions():
    """(first, second, composed) for every pair that NFC puts together, Hangul syllables left out."""
    triples = []
    for value in SCALARS:
        c = chr(value)
        if 0xAC00 <= value <= 0xD7A3 or nfc(c) != c:
            continue
        parts = nfd(c)
        if len(parts) < 2:
            continue
        head = nfc(parts[:-1])
        assert len(head) == 1 and nfc(head + parts[-1]) == c, hex(value)
        triples.append((ord(head), ord(parts[-1]), value))
    return sorted(triples)


def two_stage(values, default):
    """(index of blocks, leaves); block 0 is the one full of defaults."""
    leaves, seen, index = [], {}, []
    for start in range(0, 0x110000, BLOCK):
        block = tuple(values.get(c, default) for c in range(start, start + BLOCK))
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


def mapping_table(name, mapping):
    """A table from code point to a string: two stages to a number, the number to a slice of one pool; 0 is `itself`."""
    pool, offsets, numbers = bytearray(), [0, 0], {}
    for value, text in sorted(mapping.items()):
        numbers[value] = len(offsets) - 1
        pool += text.encode()
        offsets.append(len(pool))
    assert len(offsets) < 65536 and len(pool) < 65536
    index, leaves = two_stage(numbers, 0)
    return (
        array("uint16_t", f"palimpsest_{name}_index", index)
        + array("uint16_t", f"palimpsest_{name}_leaf", leaves)
        + array("uint16_t", f"palimpsest_{name}_offset", offsets)
        + array("uint8_t", f"palimpsest_{name}_pool", pool)
    ), {"index": len(index), "leaf": len(leaves), "offset": len(offsets), "pool": len(pool)}


def main():
    classes, triples = combining_classes(), compositions()
    seconds = {second for _, second, _ in triples} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    flags = {}
    for value in SCALARS:
        c, bits = chr(value), 0
        for bit, (_, _, asks) in enumerate(FLAGS):
            bits |= asks(c) << bit
        if value == 0x20:  # cleaning turns it into itself
            bits |= 1 << 1
        for bit, (_, form) in enumerate(INERT, len(FLAGS)):
            inert = form(c) == c and value not in classes and not (form in (nfc, nfkc) and value in seconds)
            bits |= inert << bit
        flags[value] = bits
    kinds = sorted(set(flags.values()) | {0})
    assert len(kinds) <= 256
    number = {bits: i for i, bits in enumerate(kinds)}
    index, leaves = two_stage({c: number[bits] for c, bits in flags.items()}, number[0])
    class_index, class_leaves = two_stage(classes, 0)

    syllable = range(0xAC00, 0xD7A4)
    maps = {
        "nfd": {c: nfd(chr(c)) for c in SCALARS if c not in syllable and nfd(chr(c)) != chr(c)},
        "nfkd": {c: nfkd(chr(c)) for c in SCALARS if c not in syllable and nfkd(chr(c)) != chr(c)},
        "lowercase": {c: lower(chr(c)) for c in SCALARS if lower(chr(c)) != chr(c)},
    }

    note = f"// Made by Tools/make_unicode_tables.py from Hugging Face tokenizers {VERSION}; do not edit.\n"
    source = note + '#include "UnicodeTables.h"\n\n'
    source += array("uint8_t", "palimpsest_flags_index", index) if max(index) < 256 else array("uint16_t", "palimpsest_flags_index", index)
    source += array("uint8_t", "palimpsest_flags_leaf", leaves)
    source += array("uint32_t", "palimpsest_flags_kind", kinds + [0] * (256 - len(kinds)))
    source += array("uint16_t", "palimpsest_class_index", class_index)
    source += array("uint8_t", "palimpsest_class_leaf", class_leaves)
    source += array("uint32_t", "palimpsest_composition_first", [t[0] for t in triples])
    source += array("uint32_t", "palimpsest_composition_second", [t[1] for t in triples])
    source += array("uint32_t", "palimpsest_composition_result", [t[2] for t in triples])
    header = note + "#pragma once\n#include <stdint.h>\n\n"
    header += "enum PalimpsestUnicodeFlag {\n"
    for bit, (name, meaning, _) in enumerate(FLAGS):
        header += f"  PALIMPSEST_{name} = 1 << {bit},  // {meaning}\n".replace("\\\\", "\\")
    for bit, (name, _) in enumerate(INERT, len(FLAGS)):
        header += f"  PALIMPSEST_{name} = 1 << {bit},  // {name[:-6]} of a run of these is the run\n"
    header += "};\n\n"
    header += f"#define PALIMPSEST_COMPOSITION_COUNT {len(triples)}\n"
    header += f"extern const uint{8 if max(index) < 256 else 16}_t palimpsest_flags_index[{len(index)}];\n"
    header += f"extern const uint8_t palimpsest_flags_leaf[{len(leaves)}];\n"
    header += "extern const uint32_t palimpsest_flags_kind[256];\n"
    header += f"extern const uint16_t palimpsest_class_index[{len(class_index)}];\n"
    header += f"extern const uint8_t palimpsest_class_leaf[{len(class_leaves)}];\n"
    for part in ("first", "second", "result"):
        header += f"extern const uint32_t palimpsest_composition_{part}[{len(triples)}];\n"
    for name, mapping in maps.items():
        text, sizes = mapping_table(name, mapping)
        source += text
        for part, size in sizes.items():
            header += f"extern const uint{8 if part == 'pool' else 16}_t palimpsest_{name}_{part}[{size}];\n"
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Sources/CKernels")
    with open(os.path.join(folder, "UnicodeTables.c"), "w") as file:
        file.write(source.rstrip("\n") + "\n")
    with open(os.path.join(folder, "include/UnicodeTables.h"), "w") as file:
        file.write(header)
    print(f"{len(kinds)} kinds, {len(classes)} classes, {len(triples)} compositions, {len(leaves) // BLOCK} blocks, {len(source)} bytes")


main()
