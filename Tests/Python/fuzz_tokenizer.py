#!/usr/bin/env python3
"""Compares ids and decoded text with those of Hugging Face tokenizers 0.23.3 on made-up inputs.

    python3 Tests/Python/fuzz_tokenizer.py PALIMPSEST TOKENIZER.json … [--inputs 1000000] [--seed 1] [--corpus FILE.jsonl[.zst]]

The inputs are a function of the seed, the tokenizer and the corpus: random Unicode of every plane, characters that
splitters and normalizers treat in their own ways, pieces of the vocabulary glued together, added tokens amid text,
runs of the lengths at which buffers end, and real text, cut and mixed. For each tokenizer, so many inputs are encoded
by both sides, with and without special tokens; the ids of both, and random ids, are decoded by both.

A difference is shrunk to a small input that still shows it, and printed; the exit status is then 1.
"""
from __future__ import annotations

import argparse
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

import tokenizers

BATCH = 20_000

# Characters that some component treats in its own way, by what they are.
SPECIAL = {
    "white space": "\t\n\v\f\r \x1c\x1f\x85\xa0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000",
    "invisible": "\x00\x01\x7f\xad\u061c\u180e\u200b\u200c\u200d\u200e\u2060\u2063\ufeff\ufff9\ufffd\U000e0001\U000e007f",
    "case": "ßẞıİſKÅΣσςﬁﬂŉǅǆᾳᾼꭰᏸ𐐀𐐨ⅣⓐΩµ",
    "marks": "\u0300\u0301\u0308\u0323\u0327\u0345\u034f\u05b0\u064b\u0670\u093c\u094d\u0e33\u0e4d\u1ab0\u20dd\u3099\ufe0f",
    "composed": "éÉñÅǺệﬀ가각힣ﾊﾞがㇷ゚أ\u0958ཱི\U0001d15e",
    "digits": "0123456789٠٥۹०९๕０９²¼Ⅷ①𝟘𝟿",
    "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡«»—–‘’“”…‰※、。「」！＃，．：？～￥",
    "symbols": "€£¥©®™°±×÷∀∑√∞≈→⇒■★♠♥♫☃✓✗",
    "emoji": "😀🎉👍🏽👩\u200d💻🇩🇪❤️🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "ideographs": "中文字日本語漢㐀鿿豈𠀀𪛖𫝀\U0002f800\U00030000",
    "scripts": "абвЖЯαβγאבגابتहिन्दीไทยကမကខពকখాಕമසලაბხაბհայ",
    "kana": "あいうアイウｱｲｳーゝ々〆",
    "letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "sentencepiece": "▁▂_ ▁▁",
}
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'RE", "'Ll", "’s", "'ſ", "'x", "''", "n't"]
LENGTHS = [1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 99, 100, 101, 127, 128, 255, 256, 1000]


class Inputs:
    """Makes inputs, always the same ones for a seed."""

    def __init__(self, tokenizer: tokenizers.Tokenizer, texts: list[str], seed: str):
        self.random = random.Random(seed)
        self.vocabulary = sorted(tokenizer.get_vocab(with_added_tokens=False))
        self.added = sorted(token.content for token in tokenizer.get_added_tokens_decoder().values()) or ["<s>"]
        self.texts = texts
        self.makers = [self.any_unicode, self.special, self.ascii, self.pieces, self.amid_added, self.run, self.words]
        if texts:
            self.makers += [self.real, self.spliced]

    def next(self) -> str:
        return self.random.choice(self.makers)()

    def character(self) -> str:
        while True:
            plane = self.random.choice([0, 0, 0, 0, 0, 1, 1, 2, 3, 14, 15, 16])
            scalar = plane << 16 | self.random.randrange(0x10000)
            if plane == 0 and self.random.random() < 0.5:
                scalar &= 0x1FFF
            if not 0xD800 <= scalar < 0xE000:
                return chr(scalar)

    def any_unicode(self) -> str:
        return "".join(self.character() for _ in range(self.random.choice([1, 2, 3, 5, 8, 20])))

    def special(self) -> str:
        kinds = self.random.sample(list(SPECIAL.values()), self.random.choice([1, 2, 3]))
        return "".join(self.random.choice(self.random.choice(kinds)) for _ in range(self.random.choice([1, 3, 8, 24])))

    def ascii(self) -> str:
        return "".join(chr(self.random.randrange(128)) for _ in range(self.random.choice([1, 2, 5, 15, 16, 40, 70])))

    def pieces(self) -> str:
        count = self.random.choice([1, 2, 3, 6, 12])
        glue = self.random.choice(["", "", " ", "\u0301"])
        return glue.join(self.random.choice(self.vocabulary) for _ in range(count))

    def amid_added(self) -> str:
        parts = [self.special(), self.ascii(), self.random.choice(self.added), " ", self.random.choice(self.added)]
        self.random.shuffle(parts)
        cut = self.random.choice(self.added)
        return "".join(parts) + cut[: self.random.randrange(len(cut) + 1)]

    def run(self) -> str:
        unit = self.random.choice([self.character(), self.random.choice("a 1.\n'é中"), self.random.choice("aA ") + "b"])
        run = unit * self.random.choice(LENGTHS)
        return self.random.choice(["", " ", "a", "\n"]) + run + self.random.choice(["", " ", "b", "'s", "\n "])

    def words(self) -> str:
        words = []
        for _ in range(self.random.choice([1, 2, 4, 9])):
            kind = self.random.choice([SPECIAL["letters"], SPECIAL["letters"], SPECIAL["scripts"], SPECIAL["digits"]])
            word = "".join(self.random.choice(kind) for _ in range(self.random.choice([1, 2, 4, 7, 12])))
            words.append(word + self.random.choice(["", "", *CONTRACTIONS, ",", "."]))
        return self.random.choice([" ", "  ", "\n", "\t", " \n ", "\u3000"]).join(words)

    def real(self) -> str:
        text = self.random.choice(self.texts)
        start = self.random.randrange(max(1, len(text)))
        return text[start : start + self.random.choice([5, 20, 60, 200])]

    def spliced(self) -> str:
        text = self.real()
        place = self.random.randrange(len(text) + 1)
        middle = self.random.choice([self.any_unicode, self.special, self.run])()
        text = text[:place] + middle + text[place:]
        form = self.random.choice([None, None, "NFD", "NFKD"])
        return unicodedata.normalize(form, text) if form else text


class Ours:
    """The tool, asked in batches."""

    def __init__(self, tool: str, tokenizer: str):
        self.tool, self.tokenizer = tool, tokenizer
        self.folder = tempfile.TemporaryDirectory()

    def ask(self, verb: str, rows: list, *options: str) -> list:
        path = pathlib.Path(self.folder.name) / "rows.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        command = [self.tool, verb, "--tokenizer", self.tokenizer, *options, str(path)]
        result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{result.stderr}")
        answers = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
        if len(answers) != len(rows):
            sys.exit(f"{verb} gave {len(answers)} rows for {len(rows)}")
        return answers

    def encode(self, texts: list[str], special: bool) -> list[list[int]]:
        options = ["--field", "text"] + (["--special"] if special else [])
        return self.ask("tokenize", [{"text": text} for text in texts], *options)

    def decode(self, rows: list[list[int]], skip: bool) -> list[str]:
        return self.ask("detokenize", rows, *(["--skip-special"] if skip else []))


def first_difference(expected: list, found: list) -> int | None:
    return next((place for place, (a, b) in enumerate(zip(expected, found)) if a != b), None)


def shrink(failing: list | str, fails) -> list | str:
    """The shortest part of an input that still fails, found by cutting out pieces of halving length."""
    length = len(failing) // 2
    while length >= 1:
        place = 0
        while place < len(failing):
            shorter = failing[:place] + failing[place + length :]
            if fails(shorter):
                failing = shorter
            else:
                place += length
        length //= 2
    return failing


def check(path: str, ours: Ours, texts: list[str], arguments: argparse.Namespace) -> bool:
    theirs = tokenizers.Tokenizer.from_file(path)
    theirs.no_padding()
    theirs.no_truncation()
    inputs = Inputs(theirs, texts, f"{arguments.seed} {'/'.join(pathlib.Path(path).parts[-2:])}")
    ids = sorted(set(theirs.get_vocab().values()))
    done = compared = 0
    while done < arguments.inputs:
        batch = [inputs.next() for _ in range(min(BATCH, arguments.inputs - done))]
        special = done // BATCH % 2 == 1
        expected = [encoding.ids for encoding in theirs.encode_batch_fast(batch, add_special_tokens=special)]
        found = ours.encode(batch, special)
        place = first_difference(expected, found)
        if place is not None:
            report_encoding(theirs, ours, batch[place], special)
            return False
        rows = expected[: BATCH // 4]
        rows += [inputs.random.choices(ids, k=inputs.random.choice([1, 2, 5, 20])) for _ in rows]
        texts_expected = theirs.decode_batch(rows, skip_special_tokens=special)
        place = first_difference(texts_expected, ours.decode(rows, special))
        if place is not None:
            report_decoding(theirs, ours, rows[place], special)
            return False
        done += len(batch)
        compared += sum(map(len, expected))
        if sys.stderr.isatty():
            print(f"\r{path}: {done:,} inputs", end="\r", file=sys.stderr, flush=True)
    print(f"{path}: {done:,} inputs, {compared:,} ids, 0 differences")
    return True


def report_encoding(theirs: tokenizers.Tokenizer, ours: Ours, text: str, special: bool) -> None:
    def differs(text: str) -> bool:
        return theirs.encode(text, add_special_tokens=special).ids != ours.encode([text], special)[0]

    text = shrink(text, differs)
    print(f"\nids differ for {text!r} ({ascii(text)})")
    print(f"  expected {theirs.encode(text, add_special_tokens=special).ids}")
    print(f"  found    {ours.encode([text], special)[0]}")


def report_decoding(theirs: tokenizers.Tokenizer, ours: Ours, row: list[int], skip: bool) -> None:
    def differs(row: list[int]) -> bool:
        return theirs.decode(row, skip_special_tokens=skip) != ours.decode([row], skip)[0]

    row = shrink(row, differs)
    print(f"\ntexts differ for the ids {row}, tokens {[theirs.id_to_token(id) for id in row]}")
    print(f"  expected {theirs.decode(row, skip_special_tokens=skip)!r}")
    print(f"  found    {ours.decode([row], skip)[0]!r}")


def corpus_texts(path: str | None) -> list[str]:
    if path is None:
        return []
    command = ["zstd", "-dcq", path] if path.endswith(".zst") else ["cat", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        return [json.loads(line)["text"] for line in itertools.islice(process.stdout, 20_000)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("tokenizers", nargs="+")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each tokenizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", help="JSON lines with a field 'text', for real text amid the inputs")
    arguments = parser.parse_args()
    if tokenizers.__version__ != "0.23.3":
        sys.exit(f"the reference is tokenizers 0.23.3; this is {tokenizers.__version__}")
    texts = corpus_texts(arguments.corpus)
    results = [check(path, Ours(arguments.tool, path), texts, arguments) for path in arguments.tokenizers]
    sys.exit(0 if all(results) else 1)


main()
