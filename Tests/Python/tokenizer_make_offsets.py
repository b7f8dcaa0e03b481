#!/usr/bin/env python3
"""Writes fixtures/tokenizers/offsets.json: where the tokens of small texts came from.

    pip install tokenizers==0.23.3
    python3 Tests/Python/tokenizer_make_offsets.py

The texts and tokenizers are those of variants.json beside it: the file is {NAME: [{text, offsets, words}]}, in the order
of the texts, encoded with special tokens; `text` is the number of the text, offsets are flat (start, end, ...), in
characters; `words` has null for special tokens, which is where the mask is 1.
"""
import json
import pathlib

import tokenizers
from tokenizers import Tokenizer

assert tokenizers.__version__ == "0.23.3"
FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "fixtures" / "tokenizers"
# Trimming and prefix spaces meet here.
ROBERTA = {"type": "RobertaProcessing", "sep": ["b", 2], "cls": ["a", 1], "trim_offsets": True, "add_prefix_space": True}
EXTRA = [
    {"name": "bytes, prefix space", "rename": "bytes, prefix space, kept", "post_processor": {**ROBERTA, "trim_offsets": False}},
    {"name": "bytes, added tokens", "rename": "bytes, added tokens, trimmed", "post_processor": {**ROBERTA, "add_prefix_space": False}},
    {"name": "bytes, no pattern", "rename": "bytes, no pattern, trimmed", "post_processor": ROBERTA},
    {"name": "bytes, no pattern", "rename": "bytes, no pattern, by ByteLevel",
     "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}]}},
]


def tokenizer(variant):
    definition = json.loads((FOLDER / f"{variant['base']}.tokenizer.json").read_text())
    for key, value in variant["parts"].items():
        if key == "model":
            definition["model"].update(value)
        else:
            definition[key] = value
    return Tokenizer.from_str(json.dumps(definition))


def lines(variant, texts):
    encoder = tokenizer(variant)
    encoder.no_padding()
    encoder.no_truncation()
    result = []
    for number, text in enumerate(texts):
        if number >= 80 or len(text) > 60:
            continue
        encoding = encoder.encode(text)
        assert encoding.special_tokens_mask == [int(word is None) for word in encoding.word_ids]
        offsets = [place for pair in encoding.offsets for place in pair]
        result.append({"text": number, "offsets": offsets, "words": encoding.word_ids})
    return result


def main():
    file = json.loads((FOLDER / "variants.json").read_text())
    variants = {variant["name"]: variant for variant in file["variants"]}
    result = {name: {"variant": name, "lines": lines(variant, file["texts"])} for name, variant in variants.items()}
    for extra in EXTRA:
        variant = variants[extra["name"]]
        parts = {**variant["parts"], "post_processor": extra["post_processor"]}
        result[extra["rename"]] = {"variant": extra["name"], "post_processor": extra["post_processor"],
                                   "lines": lines({**variant, "parts": parts}, file["texts"])}
    text = ",\n".join(json.dumps(name, ensure_ascii=False) + ":" + json.dumps(value, separators=(",", ":"))
                      for name, value in result.items())
    (FOLDER / "offsets.json").write_text("{\n" + text + "\n}\n")


if __name__ == "__main__":
    main()
