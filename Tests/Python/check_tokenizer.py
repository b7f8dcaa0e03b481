#!/usr/bin/env python3
"""Compares ids with those of Hugging Face tokenizers 0.23.3 over a whole corpus.

    python3 Tests/Python/check_tokenizer.py TOKENIZER.json CORPUS.jsonl[.zst] IDS.jsonl[.zst] [--as-text] [--special]

CORPUS has one {"text": ...} a line, IDS one {"ids": [...]} (or a bare list) a line for each, in the same order.
`--as-text` turns special tokens in text into text; `--special` expects the special tokens of the post-processor.
Exits with 1 at the first ten documents that differ, naming the first id that does.
"""
import argparse
import itertools
import json
import subprocess
import sys

import tokenizers


def lines(path):
    if path.endswith(".zst"):
        with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as process:
            yield from process.stdout
    else:
        with open(path, "rb") as file:
            yield from file


def first_difference(expected, found):
    pairs = enumerate(zip(expected, found))
    return next((place for place, (a, b) in pairs if a != b), min(len(expected), len(found)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer")
    parser.add_argument("corpus")
    parser.add_argument("ids")
    parser.add_argument("--as-text", action="store_true")
    parser.add_argument("--special", action="store_true")
    arguments = parser.parse_args()
    if tokenizers.__version__ != "0.23.3":
        sys.exit(f"the reference is tokenizers 0.23.3; this is {tokenizers.__version__}")
    tokenizer = tokenizers.Tokenizer.from_file(arguments.tokenizer)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = arguments.as_text

    documents = ids = different = 0
    pairs = itertools.zip_longest(lines(arguments.corpus), lines(arguments.ids))
    while batch := list(itertools.islice(pairs, 1000)):
        if any(text is None or found is None for text, found in batch):
            sys.exit(f"the corpus and the ids have different numbers of lines (after {documents} documents)")
        texts = [json.loads(text)["text"] for text, _ in batch]
        expected = tokenizer.encode_batch_fast(texts, add_special_tokens=arguments.special)
        for text, encoding, (_, line) in zip(texts, expected, batch):
            found = json.loads(line)
            found = found["ids"] if isinstance(found, dict) else found
            documents += 1
            ids += len(found)
            if encoding.ids == found:
                continue
            different += 1
            place = first_difference(encoding.ids, found)
            near = slice(place, place + 8)
            print(f"document {documents} differs at id {place}: expected {encoding.ids[near]}, found {found[near]}")
            if different == 10:
                sys.exit(1)
    print(f"{documents} documents, {ids} ids, {different} documents differ")
    sys.exit(1 if different else 0)


main()
