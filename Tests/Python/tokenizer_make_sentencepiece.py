#!/usr/bin/env python3
"""Writes SentencePiece-style tokenizers into fixtures/tokenizers, and what Hugging Face tokenizers 0.23.3 makes of them.

    pip install tokenizers==0.23.3
    python3 Tests/Python/tokenizer_make_sentencepiece.py

As tokenizer_make_fixtures.py, whose texts it uses; every run writes the same bytes. `sentencepiece.json` has the form of
`variants.json`. `graphemes.json` is {charsmap, cases}: under a table of replacements that makes one X of everything it is
asked about, the texts of `cases` and what becomes of each; it shows where clusters end.
"""
import base64
import collections
import json
import math
import random
import re
import struct

from tokenizers import Tokenizer, models, normalizers as N, trainers
from tokenizers import pre_tokenizers as P

import tokenizer_make_fixtures as fixtures
from tokenizer_make_fixtures import LETTERS, NASTY, byte_level, dump, normalizers, replace, sequence, token, write

SIZE = 2000
SPECIAL = ["<unk>", "<s>", "</s>"]
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def charsmap(replacements):
    """SentencePiece's table: a double array of the texts, and their replacements behind it, each up to a NUL."""
    pool, values = bytearray(), {}
    for text, replacement in replacements.items():
        values[text if isinstance(text, bytes) else text.encode()] = len(pool)
        pool += replacement.encode() + b"\0"
    units, taken = [0] * 256, {0}

    def build(node, prefix):
        """Places the children of a node under an offset where all of them are free."""
        following = sorted({text[len(prefix)] for text in values if text.startswith(prefix) and text != prefix})
        labels = ([None] if prefix in values else []) + following
        if not labels:
            return
        base = next(b for b in range(1, 1 << 20) if not any((b ^ (label or 0)) in taken for label in labels))
        units.extend([0] * (max(base ^ (label or 0) for label in labels) + 1 - len(units)))
        units[node] |= (base ^ node) << 10 | (prefix in values) << 8
        taken.update(base ^ (label or 0) for label in labels)
        for label in labels:
            if label is None:
                units[base] = 1 << 31 | values[prefix]
            else:
                units[base ^ label] = label
        for label in following:
            build(base ^ label, prefix + bytes([label]))

    build(0, b"")
    units += [0] * (-len(units) % 256)
    trie = struct.pack(f"<{len(units)}I", *units)
    return base64.b64encode(struct.pack("<I", len(trie)) + trie + pool).decode()


# Longer ones, ones that begin others, ones that vanish, a cluster of several scalars, and beginnings of clusters.
REPLACEMENTS = {
    "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ", "\u3000": " ", "\u200b": "", "\u00ad": "", "\u0001": "", "ﬁ": "fi",
    "Ａ": "A", "…": "...", "①": "1", "½": "1⁄2", "e\u0301": "é", "a\u030a": "å", "\u0301": "", "É": "E", "가": "나", "日": "曰",
    "\u1100\u1161": "가", "x\u0301": "X", "\r\n": "|", "👍": "+1", "ẞ": "ss", "q": "Q\u0307",
}
PRECOMPILED = {"type": "Precompiled", "precompiled_charsmap": charsmap(REPLACEMENTS)}
ONE_X = charsmap({bytes([byte]): "X" for byte in range(1, 256)})


def metaspace(scheme="always", split=True):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


def unigram(documents):
    """Every character, and the parts of words that save the most; scores are logarithms of shares, in doubles."""
    words = collections.Counter("▁" + word for text in documents for word in text.split())
    parts, characters = collections.Counter(), collections.Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
        for start in range(len(word)):
            for end in range(start + 2, min(len(word), start + 9) + 1):
                parts[word[start:end]] += count
    best = sorted(parts, key=lambda part: (-parts[part] * (len(part) - 1), part))[:SIZE - len(characters)]
    counts = {**characters, **{part: parts[part] for part in best}}
    total = sum(counts.values())
    ordered = sorted(counts, key=lambda part: (-counts[part], part))
    return [[name, 0.0] for name in SPECIAL] + [[part, math.log(counts[part] / total)] for part in ordered]


def bpe(documents):
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    t.pre_tokenizer = P.Metaspace()
    t.train_from_iterator(documents, trainers.BpeTrainer(
        vocab_size=SIZE, min_frequency=2, show_progress=False, special_tokens=SPECIAL + BYTES))
    return json.loads(t.to_str())["model"]


EMPTY = {key: None for key in ("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder")}
SPECIAL_TOKENS = [token(id, name, special=True) for id, name in enumerate(SPECIAL)]
LLAMA_DECODER = {"type": "Sequence", "decoders": [
    replace(" ", literal="▁"), {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
LLAMA = {"normalizer": normalizers({"type": "Prepend", "prepend": "▁"}, replace("▁", literal=" ")), "decoder": LLAMA_DECODER}
ADDED = SPECIAL_TOKENS + [token(2259, "[MASK]", lstrip=True), token(2260, "foo", normalized=True), token(2261, "<mask>", rstrip=True, special=True)]
TIES = [["u", 0.0], ["a", -1.5], ["b", -1.5], ["ab", -3.0], ["ba", -3.0], ["aa", -3.0], ["aaa", -4.5], ["abc", -2], ["c", -0.5], ["uu", -30], ["é", 1.0],
        [" ", -1], ["the", -7.4370903968811035], ["th", -3.4370903968811035], ["e", -4.0000000000000001], ["xy", -99.123456789012345678], ["", -1], ["b", -1.5]]
WORDS = {word: index for index, word in enumerate("[UNK] a b the , . ! ' ▁ ▁the ▁a the\u0301 日本語 日 1 12 123 foo s t".split())}


def word_level(pre_tokenizer, **parts):
    return {**parts, "pre_tokenizer": pre_tokenizer, "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": WORDS}}


def punctuation(behavior):
    return {"type": "Punctuation", "behavior": behavior}


def ties(**fields):
    return {"added_tokens": [], "pre_tokenizer": None, "decoder": None, "model": {"type": "Unigram", "unk_id": 0, "vocab": TIES, **fields}}


U, B = "unigram-2k", "spbpe-2k"
VARIANTS = [
    ("unigram, as trained", U, {}),
    ("unigram, old field names", U, {"pre_tokenizer": sequence({"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": True}), "decoder": {"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": True}}),
    ("unigram, compiled normalizer", U, {"normalizer": PRECOMPILED, "added_tokens": ADDED}),
    ("unigram, compiled normalizer, first", U, {"normalizer": normalizers(PRECOMPILED, {"type": "Strip", "strip_left": True, "strip_right": False}), "pre_tokenizer": metaspace("first"), "added_tokens": ADDED}),
    ("unigram, first, whole", U, {"pre_tokenizer": metaspace("first", split=False), "added_tokens": ADDED, "decoder": metaspace("first", split=False)}),
    ("unigram, never", U, {"pre_tokenizer": {**metaspace("never"), "add_prefix_space": False}, "decoder": metaspace("never")}),
    ("unigram, NFKC, then cleaned", U, {"normalizer": normalizers({"type": "Nmt"}, {"type": "NFKC"}, {"type": "Lowercase"}), "pre_tokenizer": metaspace("first")}),
    ("unigram, ties", U, ties()),
    ("unigram, bytes for unknown", U, ties(vocab=TIES + [[name, -5.0] for name in BYTES], byte_fallback=True)),
    ("unigram, some bytes for unknown", U, ties(vocab=TIES + [["<0xC3>", -5.0], ["<0xA9>", -5.0], ["<0x20>", -5.0]], byte_fallback=True)),
    ("sentences, as trained", B, LLAMA),
    ("sentences, Metaspace", B, {"pre_tokenizer": metaspace("first", split=False), "decoder": LLAMA_DECODER, "added_tokens": ADDED}),
    ("sentences, Metaspace cuts", B, {"pre_tokenizer": metaspace(), "decoder": metaspace()}),
    ("sentences, no prefix", B, {"normalizer": replace("▁", literal=" "), "added_tokens": ADDED}),
    ("sentences, unknown fused", B, {**LLAMA, "model": {"byte_fallback": False}}),
    ("sentences, unknown", B, {**LLAMA, "model": {"byte_fallback": False, "fuse_unk": False}}),
    ("sentences, unknown vanishes", B, {**LLAMA, "model": {"byte_fallback": False, "unk_token": None}}),
    ("sentences, marks inside of tokens", None, {**LLAMA, "model": {"unk_token": "[UNK]", "vocab": {**LETTERS, "▁": 30, "a▁": 31, "▁a": 32, "a▁a": 33}, "merges": [["a", "▁"], ["a▁", "a"], ["▁", "a"]]}}),
    ("word level, white space", None, word_level({"type": "Whitespace"})),
    ("word level, scripts", None, word_level(sequence({"type": "UnicodeScripts"}, {"type": "WhitespaceSplit"}))),
    ("word level, fixed length", None, word_level({"type": "FixedLength", "length": 3})),
    ("word level, punctuation removed", None, word_level(sequence({"type": "WhitespaceSplit"}, punctuation("Removed")))),
    ("word level, punctuation merged with next", None, word_level(sequence({"type": "WhitespaceSplit"}, punctuation("MergedWithNext")))),
    ("word level, punctuation contiguous", None, word_level(sequence({"type": "WhitespaceSplit"}, punctuation("Contiguous")))),
    ("word level, punctuation isolated", None, word_level(sequence(metaspace(), punctuation("Isolated"), {"type": "Digits", "individual_digits": False}), decoder={"type": "CTC", "pad_token": "[UNK]", "word_delimiter_token": "▁", "cleanup": True})),
    ("word level, CTC as it is", None, word_level(byte_level(), decoder={"type": "CTC", "pad_token": "the", "word_delimiter_token": "▁", "cleanup": False})),
    ("word level, stripped", None, word_level({"type": "WhitespaceSplit"}, decoder={"type": "Sequence", "decoders": [{"type": "Strip", "content": "1", "start": 1, "stop": 0}, {"type": "Strip", "content": "e", "start": 0, "stop": 1}, replace("<s>", literal="s")]})),
]


def definition(base, parts, bases):
    found = dict(bases[base] if base else fixtures.LETTER_BASE)
    for key, value in parts.items():
        found[key] = {**found["model"], **value} if key == "model" else value
    return found


def marks(count=60):
    """Lines of marks, spaces and words, which a tokenizer must not cut where a token goes on."""
    generator = random.Random(2018)
    return ["".join(generator.choice(["▁", "▁▁", " ", "  ", "a", "the", "b▁", "\n", "é", "<unk>", "</s>", "aaa", "ab", "xy", "日本語"])
                    for _ in range(generator.randint(1, 12))) for _ in range(count)]


CLUSTERS = [
    "\r", "\n", "\0", "\u200b", "a", "1", "\u00a9", "\u00ae", "\u203c", "👍", "\U0001f3fd", "\u0301", "\u0308", "\u200c", "\u200d", "\ufe0f",
    "\u0903", "\u093e", "\u0e33", "\u0600", "\u06dd", "\u0d4e", "\u1100", "\u1161", "\u11a8", "\uac00", "\uac01", "\ua960", "\ud7b0", "\u0915",
    "\u0937", "\u094d", "\u09cd", "\u0995", "\u093c", "\U0001f1e6", "\U000e0020", "\U000110bd", "\u0e01", "\u1a60", "\u17d2", "\u1780", "\u0483",
]


def clusters():
    """Clusters of two to six scalars, most of them of no language."""
    normalize = N.Precompiled(base64.b64decode(ONE_X)).normalize_str
    generator = random.Random(2029)
    pairs = [a + b for a in CLUSTERS for b in CLUSTERS]
    texts = pairs + ["".join(generator.choice(CLUSTERS) for _ in range(generator.randint(3, 8))) for _ in range(1500)]
    texts += [text + "\u0301" for text in pairs] + ["\u0600" + text for text in pairs[::3]]
    return {"charsmap": ONE_X, "cases": [[text, normalize(text)] for text in texts]}


def main():
    documents = fixtures.novels()
    bases = {
        U: {"version": "1.0", **EMPTY, "added_tokens": SPECIAL_TOKENS, "pre_tokenizer": metaspace(), "decoder": metaspace(), "model": {"type": "Unigram", "unk_id": 0, "vocab": unigram(documents), "byte_fallback": False}},
        B: {"version": "1.0", **EMPTY, "added_tokens": SPECIAL_TOKENS, "model": bpe(documents)},
    }
    for name, base in bases.items():
        write(f"{name}.tokenizer.json", dump(base))
    texts = NASTY + marks() + fixtures.excerpts(documents)
    rows = []
    for name, base, parts in VARIANTS:
        count = len(texts) if name.endswith("as trained") else len(NASTY) + 65
        found = fixtures.cases(definition(base, parts, bases), texts[:count])
        rows.append(dump({"name": name, "base": base or "letters", "parts": parts, "cases": found}))
    write("sentencepiece.json", f'{{"texts":{dump(texts)},', '"variants":[', ",\n".join(rows), "]}")
    write("graphemes.json", dump(clusters()))


if __name__ == "__main__":
    main()
