#!/usr/bin/env python3
"""Writes fixtures/tokenizers: small tokenizers, and what Hugging Face tokenizers 0.23.3 makes of nasty text with them.

    pip install tokenizers==0.23.3
    python3 Tests/Python/tokenizer_make_fixtures.py

Needs the `zstd` command and `fixtures/corpora/novels.jsonl.zst`; every run writes the same bytes. The texts are lines
written by hand (NASTY), lines put together with a fixed seed, and lines of the novels.

`variants.json` is {texts, variants}; a variant is {name, base, parts, cases}: `parts` replace keys of the base file
(those of `model` one by one), and the n-th of `cases`, {ids, special, asText, decoded}, is about the n-th of `texts`;
what equals `ids` or the text is left out. `normalizers.jsonl` and `pretokenizers.jsonl` hold {text, NAME: ...} a line:
the output of each normalizer where it is not the text, and the pieces of each pre-tokenizer.
"""
import json
import pathlib
import random
import subprocess

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, processors, trainers
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P

assert tokenizers.__version__ == "0.23.3"
FIXTURES = pathlib.Path(__file__).resolve().parent.parent.parent / "fixtures"
OUT = FIXTURES / "tokenizers"

NASTY = [
    "", " ", "  ", "a", " a", "a ", "\n", "\n\n a", "a\n\n\nb", "\t\ta", "a\u000bb\u000cc", "a\u0000b", "\u0000",
    "\u200b\u200d", "\ufeffHello", "it's we'll I'VE he'd 'ſ it'ſ 'S", "''s'' don''t", "1234567 12 3.14 ٣٤٥٦ ½Ⅳ²",
    "Hello, world! (really?) -- yes... #1 $5 €7", "\u00e9 e\u0301 \u1e9b\u0323 \u0041\u030a \u212b \u0344",
    "q\u0307\u0323 q\u0323\u0307", "İstanbul ΣΊΣΥΦΟΣ ẞ ǅ ﬁ ﷺ", "한국어 각 \u1100\u1161\u11a8 \uac00\u11a7 \uac00\u11a8", "日本語のテキスト。中文字符，你好！",
    "𠀀𪜀𫠠 \U0002b820 \U00030000", "emoji 👩‍👩‍👧‍👦 🇩🇪 👍🏽 ☃️", "\u2028line\u2029sep\u0085next\u00a0nbsp\u3000ideographic",
    "<s> <mask>", "a <mask> b<mask>c", "a   <mask>   b", "[MASK] [CLS][SEP] [PAD]x", "[MASK", "[[MASK]]",
    "<|endoftext|>a<|endoftext|>", "foo foobar barfoo foo. _foo_ éfoo fooé", "FOO Foo  foo  foo", "café CAFÉ cafe\u0301 x",
    "ab abc abcd xabcx", "New  York newyork NEW YORK", "snake_case CamelCase x=y*2; // comment\n\tif (a<b) {\r\n}\r\n",
    "a" * 99, "a" * 100, "a" * 101, "é" * 100, "é" * 101, "ab" * 60, " " * 70, "\n" * 33 + "x", "." * 65, "x" * 15,
    "y" * 16, "z" * 17, "w" * 63, "v" * 64, "u" * 65, "##ing [UNK]ing ##", "\u0301\u0301 a\u0301\u0301",
    "\u0e33\u0eb3 \u0f71\u0f72 \u0f73", "ʼn ŀ \u2126 \u2460 \u32ff \uffe8", "\u1df6a \u1734b \u2e43c \u061dd \u166de",
    "U.S.A.'s end\u2026 “quoted” ‘single’ —dash–", "http://example.com/a?b=c&d=%20", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 नमस्ते ไทย",
    "\ufffe\uffff \U0001ffff \U0010ffff \ue000\uf8ff \ufffd", "\x7f\x80\x9f\xad\u2060\u180e\ufff9 x\x01y",
]

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
CLIP = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def split(expression=None, literal=None, behavior="Isolated", invert=False):
    pattern = {"Regex": expression} if expression else {"String": literal}
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def byte_level(prefix=False, regex=True):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}


def sequence(*members):
    return {"type": "Sequence", "pretokenizers": list(members)}


def normalizers(*members):
    return {"type": "Sequence", "normalizers": list(members)}


def bert(**fields):
    return {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True, **fields}


def token(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False, **flags}


def replace(content, expression=None, literal=None):
    return {"type": "Replace", "pattern": {"Regex": expression} if expression else {"String": literal}, "content": content}


LETTERS = {c: i for i, c in enumerate("[UNK] a b c d e ab abc de </w> a</w> b</w> c</w> ab</w> ##a ##b ##ab aab".split())}
BYTES = {f"<0x{b:02X}>": 100 + b for b in range(256)}
SIZE = 4000
B, W = "bytebpe-4k", "wordpiece-4k"
BYTE_TOKENS = [
    token(SIZE, "<mask>", lstrip=True, special=True), token(SIZE + 1, "foo", single_word=True, normalized=True),
    token(SIZE + 2, "café", normalized=True), token(SIZE + 3, "abc", rstrip=True), token(SIZE + 4, "ab"), token(SIZE + 5, "New  York", normalized=True),
    token(SIZE + 6, "xabcx"),
]
WORD_TOKENS = [token(SIZE, "foo", single_word=True), token(SIZE + 1, "abc", rstrip=True), token(SIZE + 2, "New  York"), token(SIZE + 3, "[MASK", lstrip=True)]
NORMALIZED_TOKENS = [token(SIZE, "FOO", normalized=True), token(SIZE + 1, "CAFÉ", normalized=True, special=True), token(SIZE + 2, "York", normalized=True, lstrip=True, rstrip=True)]
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "B", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 1}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [5, 6], "tokens": ["a", "b"]}, "</s>": {"id": "</s>", "ids": [7], "tokens": ["c"]}},
}

VARIANTS = [
    ("bytes, as trained", B, {}),
    ("bytes, GPT-2 pattern as Split", B, {"pre_tokenizer": sequence(split(GPT2), byte_level(regex=False))}),
    ("bytes, cl100k", B, {"pre_tokenizer": sequence(split(CL100K), byte_level(regex=False)), "model": {"ignore_merges": True}}),
    ("bytes, Qwen 2", B, {"normalizer": {"type": "NFC"}, "pre_tokenizer": sequence(split(CL100K.replace("{1,3}", "")), byte_level(regex=False))}),
    ("bytes, CLIP pattern", B, {"normalizer": normalizers({"type": "NFC"}, replace(" ", r"\s+"), {"type": "Lowercase"}), "pre_tokenizer": sequence(split(CLIP, behavior="Removed", invert=True), byte_level())}),
    ("bytes, prefix space", B, {"pre_tokenizer": byte_level(prefix=True), "post_processor": {"type": "RobertaProcessing", "sep": ["b", 2], "cls": ["a", 1], "trim_offsets": True, "add_prefix_space": True}}),
    ("bytes, prefix space and added tokens", B, {"pre_tokenizer": byte_level(prefix=True), "added_tokens": BYTE_TOKENS}),
    ("bytes, no pattern", B, {"pre_tokenizer": byte_level(regex=False)}),
    ("bytes, digits first", B, {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": True}, byte_level())}),
    ("bytes, prefix space behind a split", B, {"pre_tokenizer": sequence({"type": "Punctuation", "behavior": "Contiguous"}, byte_level(prefix=True))}),
    ("bytes, added tokens", B, {"added_tokens": BYTE_TOKENS, "post_processor": TEMPLATE}),
    ("bytes, added tokens and NFKC lower case", B, {"normalizer": normalizers({"type": "NFKC"}, {"type": "Lowercase"}), "added_tokens": BYTE_TOKENS}),
    ("bytes, normalizer spells bytes", B, {"normalizer": {"type": "ByteLevel"}, "pre_tokenizer": {"type": "WhitespaceSplit"}}),
    ("words, as trained", W, {}),
    ("words, cased", W, {"normalizer": bert(lowercase=False)}),
    ("words, cased, accents off", W, {"normalizer": bert(lowercase=False, strip_accents=True)}),
    ("words, lower case, accents on", W, {"normalizer": bert(strip_accents=False)}),
    ("words, not cleaned", W, {"normalizer": bert(clean_text=False)}),
    ("words, ideographs not padded", W, {"normalizer": bert(handle_chinese_chars=False)}),
    ("words, raw added tokens", W, {"added_tokens": WORD_TOKENS}),
    ("words, normalized added tokens", W, {"added_tokens": NORMALIZED_TOKENS}),
    ("words, short words", W, {"model": {"max_input_chars_per_word": 5}}),
    ("words, white space", W, {"normalizer": normalizers({"type": "NFD"}, {"type": "StripAccents"}, {"type": "Strip", "strip_left": True, "strip_right": True}), "pre_tokenizer": {"type": "Whitespace"}}),
    ("words, white space and punctuation", W, {"normalizer": normalizers({"type": "Nmt"}, {"type": "NFKD"}, {"type": "Prepend", "prepend": "x"}), "pre_tokenizer": sequence({"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "MergedWithPrevious"}, {"type": "Digits", "individual_digits": False})}),
    ("words, literal splits", W, {"normalizer": replace("<e>", literal="e"), "pre_tokenizer": sequence({"type": "CharDelimiterSplit", "delimiter": "a"}, split(literal="<", behavior="MergedWithNext"), split(literal="o", behavior="Contiguous"), split(r"\s+", behavior="Removed"))}),
    ("letters, unknown", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"unk_token": "[UNK]"}}),
    ("letters, unknown fused", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"unk_token": "[UNK]", "fuse_unk": True}}),
    ("letters, unknown vanishes", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}}),
    ("letters, suffix", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"unk_token": "[UNK]", "end_of_word_suffix": "</w>", "merges": [["a", "b</w>"], ["a", "b"]]}, "decoder": {"type": "BPEDecoder", "suffix": "</w>"}}),
    ("letters, prefix", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"unk_token": "[UNK]", "continuing_subword_prefix": "##", "merges": [["##a", "##b"], ["a", "##ab"]]}}),
    ("letters, bytes for unknown", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"unk_token": "[UNK]", "byte_fallback": True, "vocab": {**LETTERS, **BYTES}}}),
    ("letters, some bytes for unknown", None, {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": {"unk_token": "[UNK]", "byte_fallback": True, "vocab": {**LETTERS, "<0xC3>": 50, "<0xA9>": 51}}}),
    ("byte letters, unknown fused", None, {"pre_tokenizer": byte_level(), "model": {"unk_token": "[UNK]", "fuse_unk": True}}),
    ("byte letters, unknown", None, {"pre_tokenizer": byte_level(), "model": {"unk_token": "[UNK]"}, "decoder": byte_level()}),
    ("byte letters, suffix", None, {"pre_tokenizer": byte_level(), "model": {"end_of_word_suffix": "</w>", "merges": [["a", "b</w>"], ["a", "b"]]}}),
]
LETTER_BASE = {
    "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
    "post_processor": None, "decoder": None,
    "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
              "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": LETTERS, "merges": [["a", "b"], ["d", "e"], ["ab", "c"]]},
}

CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn".split()
# All scalars but the many that are unassigned, private or ideographs: a beginning of their planes stands for them.
BEGINNINGS = {0: 0x20000, 0x20000: 0x20, 0x30000: 0x20, 0xE0000: 0x200, 0xF0000: 0x20, 0x10FFE0: 0x20}
SCALARS = [chr(c) for start, size in BEGINNINGS.items() for c in range(start, start + size) if not 0xD800 <= c < 0xE000]


class MadeLines:
    """Lines put together from scalars and from pieces of other lines; the classes are those of the library."""

    def __init__(self, lines):
        self.random = random.Random(1847)
        self.pieces = [line for line in lines if line]
        self.members = {name: self.matching(rf"\p{{{name}}}") for name in CATEGORIES}
        self.category = {scalar: name for name, members in self.members.items() for scalar in members}
        self.marks = self.members["Mn"] + self.members["Mc"] + self.members["Me"]
        self.letters = self.members["Lu"] + self.members["Ll"] + self.members["Lo"][:4000]
        self.blanks = self.matching(r"\s") + list("\u180e\u200b\u200d\u2060\ufeff\x1c\x1f\x7f\x00\xad")
        # What a normal form takes apart or puts together.
        self.composed = [c for c in SCALARS if len(N.NFKD().normalize_str(c)) > 1 and not "가" <= c <= "힣"]

    @staticmethod
    def matching(expression):
        split = P.Split(Regex(expression), "removed", invert=True)
        return [scalar for scalar, _ in split.pre_tokenize_str("".join(SCALARS))]

    def some(self, members, least, most):
        return "".join(self.random.choice(members) for _ in range(self.random.randint(least, most)))

    def all(self):
        kinds = [self.glued, self.accented, self.blank, self.numbered, self.cased]
        mixed = [kind() for _ in range(15) for kind in kinds]
        return mixed + [self.classed(name) for name in CATEGORIES] + self.rows()

    def glued(self):
        """Pieces of other lines, with something between."""
        parts = []
        for _ in range(self.random.randint(2, 4)):
            piece = self.random.choice(self.pieces)
            start = self.random.randrange(len(piece))
            parts.append(piece[start:start + self.random.randint(2, 20)])
        return self.random.choice(["", "", " ", "  ", "\n", "\t", ". ", "'", "\u0301"]).join(parts)

    def accented(self):
        """Letters with marks in any order, many more than a language has; composed ones, and jamo of Hangul."""
        bases = [self.letters, "aeoqAEOQ", self.composed, "\u1100\u1112\u1161\u1175\u11a7\u11a8\u11c2가각힣"]
        marks = [self.marks, self.marks, "\u0300\u0301\u0308\u0323\u0327\u0334\u0345\u0338"]
        parts = []
        for _ in range(5):
            parts.append(self.some(self.random.choice(bases), 1, 2) + self.some(self.random.choice(marks), 0, 5))
        return self.random.choice(["", " "]).join(parts)

    def blank(self):
        """Words between all kinds of white space, and of what only looks like it."""
        blanks = [self.blanks, " ", " \n", "\r\n", "\t "]
        words = ["a", "the", "'s", ".", "7", ""]
        return "".join(self.some(self.random.choice(blanks), 1, 4) + self.random.choice(words) for _ in range(8))

    def numbered(self):
        """Digits, signs and contractions without space."""
        signs = self.members["Po"] + self.members["Sm"] + self.members["Sc"]
        numbers = ["0123456789", self.members["Nd"], self.members["No"] + self.members["Nl"]]
        contractions = ["'s", "'T", "'re", "'VE", "’ll", "'d", "'ſ", "'", "''m"]
        return "".join(
            self.some(self.random.choice(numbers), 0, 5) + self.some(self.random.choice([".,:-/", signs]), 0, 2)
            + self.random.choice(["", "", " ", "x", "it"]) + self.random.choice(["", self.random.choice(contractions)])
            for _ in range(6))

    def cased(self):
        """Letters that have an upper, a lower or a title case, some of which grow when they change it."""
        letters = [self.members["Lu"], self.members["Ll"], self.members["Lt"], "ßẞŉǰΣσςſ\u0130\u0131\u0307\u212a"]
        return " ".join(self.some(self.random.choice(letters), 1, 5) for _ in range(5))

    def classed(self, name):
        """Scalars of one General_Category: alone, in a run, inside a word, and between a digit and a point."""
        a, b, c, d, e = (self.random.choice(self.members[name]) for _ in range(5))
        return f"{a} {b}{c}{c} x{d}y {e}x 7{a}. {d}"

    def rows(self):
        """A scalar of every row of sixteen, so of every block; of rows with the same categories, of the first."""
        found, before = [], None
        for start in range(0, len(SCALARS), 16):
            row = SCALARS[start:start + 16]
            categories = [self.category[scalar] for scalar in row]
            assigned = [scalar for scalar in row if self.category[scalar] != "Cn"]
            if assigned and categories != before:
                found.append(self.random.choice(assigned) + self.random.choice(["", "", " "]))
            before = categories
        return ["".join(found[start:start + 16]) for start in range(0, len(found), 16)]


def novels():
    packed = FIXTURES / "corpora" / "novels.jsonl.zst"
    lines = subprocess.run(["zstd", "-dcq", packed], capture_output=True, check=True).stdout.decode().split("\n")
    return [json.loads(line)["text"] for line in lines if line]


def excerpts(documents, count=60):
    """Paragraphs, and slices that begin and end anywhere, of as many documents."""
    chosen, generator = [], random.Random(1919)
    for number in range(count):
        text = documents[generator.randrange(len(documents))]
        start = generator.randrange(max(1, len(text) - 80))
        if number % 2:
            chosen.append(text[start:start + generator.randint(10, 80)])
        else:
            paragraphs = [line for line in text.split("\n") if 0 < len(line) <= 120] or [text[:80]]
            chosen.append(paragraphs[generator.randrange(len(paragraphs))])
    return chosen


def train_byte_level(texts):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer, t.decoder = P.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=SIZE, min_frequency=2, show_progress=False, special_tokens=["<|endoftext|>"],
        initial_alphabet=sorted(P.ByteLevel.alphabet())))
    return t


def train_word_piece(texts):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer, trained.pre_tokenizer = N.BertNormalizer(), P.BertPreTokenizer()
    # The trainer numbers the letters `##x` in the order of a hash map, and breaks ties by number: as special tokens
    # they have their numbers from us, and are special no longer in the tokenizer that is made of the vocabulary.
    inner = set()
    for text in texts:
        for word, _ in trained.pre_tokenizer.pre_tokenize_str(trained.normalizer.normalize_str(text)):
            inner.update(word[1:])
    trained.train_from_iterator(texts, trainers.WordPieceTrainer(
        vocab_size=SIZE, min_frequency=2, show_progress=False, continuing_subword_prefix="##",
        special_tokens=special + [f"##{c}" for c in sorted(inner)]))
    vocabulary = trained.get_vocab(with_added_tokens=False)
    t = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = N.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    t.pre_tokenizer, t.decoder = P.BertPreTokenizer(), decoders.WordPiece(prefix="##", cleanup=True)
    t.add_special_tokens(special)
    t.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[("[CLS]", t.token_to_id("[CLS]")), ("[SEP]", t.token_to_id("[SEP]"))])
    return t


NORMALIZERS = {
    "nfc": N.NFC(), "nfd": N.NFD(), "nfkc": N.NFKC(), "nfkd": N.NFKD(), "lowercase": N.Lowercase(),
    "bert_uncased": N.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
    "bert_cased": N.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False),
    "nmt": N.Nmt(), "strip_accents": N.StripAccents(), "strip": N.Strip(),
    "nfd_lower_strip": N.Sequence([N.NFD(), N.Lowercase(), N.StripAccents()]),
}
PRE_TOKENIZERS = {
    "bert": P.BertPreTokenizer(), "byte_level": P.ByteLevel(add_prefix_space=False),
    "byte_level_prefix": P.ByteLevel(add_prefix_space=True), "whitespace": P.Whitespace(),
    "whitespace_split": P.WhitespaceSplit(), "punctuation": P.Punctuation(), "digits": P.Digits(individual_digits=True),
    "metaspace": P.Metaspace(), "unicode_scripts": P.UnicodeScripts(), "char_delimiter_e": P.CharDelimiterSplit("e"),
    "cl100k": P.Split(Regex(CL100K), behavior="isolated"),
}


def normalized(text):
    found = {name: normalizer.normalize_str(text) for name, normalizer in NORMALIZERS.items()}
    return {"text": text, **{name: output for name, output in found.items() if output != text}}


def split_up(text):
    pieces = {name: pre_tokenizer.pre_tokenize_str(text) for name, pre_tokenizer in PRE_TOKENIZERS.items()}
    return {"text": text, **{name: [piece for piece, _ in found] for name, found in pieces.items()}}


def cases(definition, texts):
    t = Tokenizer.from_str(json.dumps(definition))
    plain = Tokenizer.from_str(json.dumps(definition))
    plain.encode_special_tokens = True
    rows = []
    for text in texts:
        ids = t.encode(text, add_special_tokens=False).ids
        row = {"ids": ids}
        special, as_text = t.encode(text).ids, plain.encode(text, add_special_tokens=False).ids
        decoded = t.decode(ids, skip_special_tokens=False)
        if special != ids: row["special"] = special
        if as_text != ids: row["asText"] = as_text
        if decoded != text: row["decoded"] = decoded
        rows.append(row)
    return rows


def variants(bases, texts, count):
    """All variants with the first `count` texts, and the two bases as trained with all texts."""
    for name, base, parts in VARIANTS:
        definition = dict(bases[base] if base else LETTER_BASE)
        for key, value in parts.items():
            definition[key] = {**definition["model"], **value} if key == "model" else value
        found = cases(definition, texts if name.endswith("as trained") else texts[:count])
        yield {"name": name, "base": base or "letters", "parts": parts, "cases": found}


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(name, *lines):
    (OUT / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    documents = novels()
    prose = excerpts(documents)
    made = MadeLines(NASTY + prose).all()
    corpus = documents + NASTY * 20
    bases = {name: json.loads(train(corpus).to_str()) for name, train in ((B, train_byte_level), (W, train_word_piece))}
    for name, definition in {**bases, "letters": LETTER_BASE}.items():
        write(f"{name}.tokenizer.json", dump(definition))
    texts = NASTY + made + prose
    rows = [dump(row) for row in variants(bases, texts, len(NASTY) + 15)]
    write("variants.json", f'{{"texts":{dump(texts)},', '"variants":[', ",\n".join(rows), "]}")
    write("normalizers.jsonl", *(dump(normalized(text)) for text in texts))
    write("pretokenizers.jsonl", *(dump(split_up(text)) for text in texts))


if __name__ == "__main__":
    main()
