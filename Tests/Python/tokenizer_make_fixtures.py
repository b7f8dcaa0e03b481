#!/usr/bin/env python3
"""Writes fixtures/tokenizers: small tokenizers, and what Hugging Face tokenizers 0.23.3 makes of nasty text with them.

    pip install tokenizers==0.23.3
    python3 Tests/Python/tokenizer_make_fixtures.py GOLDEN_DIR

GOLDEN_DIR holds `lines.jsonl.zst`, the lines that are sampled here, and `trained/`, with the two small tokenizers.
`variants.json` is a list of {name, base, parts, cases}: `parts` replace keys of the base file (those of `model` one by
one), `cases` are {text, ids, special, asText, decoded}; what equals `ids` or `text` is left out.
"""
import json
import os
import subprocess
import sys

import tokenizers
from tokenizers import Tokenizer

assert tokenizers.__version__ == "0.23.3"
GOLDEN = sys.argv[1]
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/tokenizers")
os.makedirs(OUT, exist_ok=True)


def zst(path):
    return subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()


LINES = [json.loads(line)["text"] for line in zst(f"{GOLDEN}/lines.jsonl.zst").split("\n") if line]
SAMPLE = [t for t in LINES[::9] if len(t) <= 160]

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
]
TEXTS = NASTY + SAMPLE[::4]

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
B, W = "bytebpe-8k", "wordpiece-8k"
BYTE_TOKENS = [
    token(8000, "<mask>", lstrip=True, special=True), token(8001, "foo", single_word=True, normalized=True),
    token(8002, "café", normalized=True), token(8003, "abc", rstrip=True), token(8004, "ab"), token(8005, "New  York", normalized=True),
    token(8006, "xabcx"),
]
WORD_TOKENS = [token(8000, "foo", single_word=True), token(8001, "abc", rstrip=True), token(8002, "New  York"), token(8003, "[MASK", lstrip=True)]
NORMALIZED_TOKENS = [token(8000, "FOO", normalized=True), token(8001, "CAFÉ", normalized=True, special=True), token(8002, "York", normalized=True, lstrip=True, rstrip=True)]
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


def cases(definition, texts):
    t = Tokenizer.from_str(json.dumps(definition))
    t.no_padding()
    t.no_truncation()
    plain = Tokenizer.from_str(json.dumps(definition))
    plain.encode_special_tokens = True
    rows = []
    for text in texts:
        ids = t.encode(text, add_special_tokens=False).ids
        row = {"text": text, "ids": ids}
        special, as_text = t.encode(text).ids, plain.encode(text, add_special_tokens=False).ids
        decoded = t.decode(ids, skip_special_tokens=False)
        if special != ids: row["special"] = special
        if as_text != ids: row["asText"] = as_text
        if decoded != text: row["decoded"] = decoded
        rows.append(row)
    return rows


def write(name, text):
    with open(os.path.join(OUT, name), "w") as file:
        file.write(text)


def main():
    bases = {}
    for name in (B, W):
        with open(f"{GOLDEN}/trained/{name}.tokenizer.json") as file:
            bases[name] = json.load(file)
        write(f"{name}.tokenizer.json", json.dumps(bases[name], ensure_ascii=False, separators=(",", ":")) + "\n")
    write("letters.tokenizer.json", json.dumps(LETTER_BASE, ensure_ascii=False, separators=(",", ":")) + "\n")
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    rows = []
    for name, base, parts in VARIANTS:
        definition = dict(bases[base] if base else LETTER_BASE)
        for key, value in parts.items():
            definition[key] = {**definition["model"], **value} if key == "model" else value
        texts = TEXTS if name.endswith("as trained") else NASTY
        rows.append(dump({"name": name, "base": base or "letters", "parts": parts, "cases": cases(definition, texts)}))
    write("variants.jsonl", "\n".join(rows) + "\n")
    for name in ("normalizers", "pretokenizers"):
        lines = [line for line in zst(f"{GOLDEN}/{name}.jsonl.zst").split("\n") if line]
        write(f"{name}.jsonl", "\n".join(line for line in lines[::9] if len(json.loads(line)["text"]) <= 120) + "\n")


main()
