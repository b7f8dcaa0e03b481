#!/usr/bin/env python3
"""Time the training of tokenizers, beside other trainers on the same text in the same run.

    Benchmarks/training.py PALIMPSEST [--peers PYTHON] [--runs N] [CORPUS.jsonl.zst …]

Each corpus is trained to byte-level BPE and to WordPiece of 32,000 tokens, on one thread and on two. Documents are put
on one line each, line end included, because that is what the peers read. Runs of all sides take turns; the table shows
medians of wall and processor seconds, each for the whole process: from the file to `tokenizer.json`.

Peers are the packages `tokenizers`, `gigabpe` and `rustbpe`, as far as the interpreter PYTHON (by default this one) has
them. Before times are compared their results must agree: vocabulary and merges of byte-level BPE exactly (of `rustbpe`,
which numbers bytes in another way and reads no file, the tokens in the order of their merges); of WordPiece, which
`tokenizers` does not train to the same result twice, at least 99.5 % of the tokens. A peer that made something else is
named and not timed.

Only the standard library and the program `zstd` are needed here.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "out" / "bench-training"
VOCABULARY_SIZE = 32000
THREADS = [1, 2]
SPECIAL = {"bpe": ["<|endoftext|>"], "wordpiece": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]}
PEERS = {"tokenizers": ["bpe", "wordpiece"], "gigabpe": ["bpe"], "rustbpe": ["bpe"]}

# What a peer's process does; it is given the model, the text, the place of its tokenizer.json and the threads.
PEER_PROGRAMS = {
    "tokenizers": """
import sys
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
model, text, output, threads = sys.argv[1:5]
size, special = int(sys.argv[5]), sys.argv[6].split()
if model == "bpe":
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=2, special_tokens=special, show_progress=False)
else:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=2, limit_alphabet=1000,
                                        special_tokens=special, show_progress=False)
tokenizer.train([text], trainer)
tokenizer.save(output)
""",
    "gigabpe": """
import sys, gigabpe
model, text, output, threads = sys.argv[1:5]
size, special = int(sys.argv[5]), sys.argv[6].split()
gigabpe.train_tokenizer([text], size, output, special_tokens=special, pretokenizer="bytelevel", min_frequency=2,
                        threads=int(threads))
""",
    "rustbpe": r"""
import json, sys, rustbpe
model, text, output, threads = sys.argv[1:5]
size, special = int(sys.argv[5]), sys.argv[6].split()
pattern = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
tokenizer = rustbpe.Tokenizer()
tokenizer.train_from_iterator(open(text, encoding="utf-8", newline="\n"), size, pattern=pattern)
ranks = sorted(tokenizer.get_mergeable_ranks(), key=lambda item: item[1])
json.dump({"merged": [bytes(token).hex() for token, rank in ranks if rank >= 256]}, open(output, "w"))
""",
}


@dataclass
class Side:
    """One trainer with its threads, ready to be run again and again."""

    name: str
    threads: int
    command: list[str]
    output: pathlib.Path
    wall: list[float]
    cpu: list[float]

    def run(self) -> None:
        environment = dict(os.environ, RAYON_NUM_THREADS=str(self.threads), TOKENIZERS_PARALLELISM="true")
        start = time.perf_counter()
        process = subprocess.Popen(self.command, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.wall.append(time.perf_counter() - start)
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        if status != 0:
            sys.exit(f"{self.name} failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("palimpsest")
    parser.add_argument("corpora", nargs="*", type=pathlib.Path)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_intermixed_args()
    corpora = given.corpora or [ROOT / "fixtures/corpora/novels-small.jsonl"]
    WORK.mkdir(parents=True, exist_ok=True)
    peers = [name for name in PEERS if has_package(given.peers, name)]
    for name in sorted(set(PEERS) - set(peers)):
        print(f"(without {name}: `{given.peers} -m pip install {name}`)")
    print(f"{platform.machine()}, {os.cpu_count()} processors; medians of {given.runs} runs that took turns\n")
    for corpus in corpora:
        text, lines = write_texts(corpus)
        print(f"{corpus.name}, {text.stat().st_size / 1e6:.1f} MB of text, {VOCABULARY_SIZE} tokens\n")
        print("| model | trainer | threads | wall s | processor s | wall, theirs : ours | processor, theirs : ours |")
        print("|---|---|---|---|---|---|---|")
        for model in SPECIAL:
            sides = [
                side
                for threads in THREADS
                for side in [ours(given.palimpsest, model, lines, threads)]
                + [peer(given.peers, name, model, text, threads) for name in peers if model in PEERS[name]]
            ]
            for side in list(sides):
                side.run()
                if not agrees(model, sides[0], side):
                    print(f"{side.name} made another {model} vocabulary with {side.threads} threads: not timed")
                    sides.remove(side)
                side.wall, side.cpu = [], []
            for _ in range(given.runs):
                for side in sides:
                    side.run()
            for side in sides:
                print_row(model, side, next(ours for ours in sides if ours.threads == side.threads))
        print()


def has_package(python: str, name: str) -> bool:
    return subprocess.run([python, "-c", f"import {name}"], capture_output=True).returncode == 0


def write_texts(corpus: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """The documents as lines of text for the peers, and as JSON lines, line ends included, for us."""
    name = corpus.name.split(".")[0]
    text, lines = WORK / f"{name}.txt", WORK / f"{name}.jsonl"
    packed = corpus.suffix == ".zst"
    source = subprocess.check_output(["zstd", "-dcq", corpus]) if packed else corpus.read_bytes()
    with text.open("w", newline="\n") as text_file, lines.open("w", newline="\n") as lines_file:
        for line in source.decode().split("\n"):
            document = " ".join(json.loads(line)["text"].splitlines()) if line else ""
            if document:
                text_file.write(document + "\n")
                lines_file.write(json.dumps({"text": document + "\n"}, ensure_ascii=False) + "\n")
    return text, lines


def ours(palimpsest: str, model: str, lines: pathlib.Path, threads: int) -> Side:
    recipe = WORK / f"{model}.json"
    # Of the bytes only those that the text has: what the peers do.
    train = {"model": model, "vocab_size": VOCABULARY_SIZE, "special_tokens": SPECIAL[model], "initial_alphabet": []}
    recipe.write_text(
        json.dumps({"input": str(lines), "tokenizer": {"train": train}, "objectives": {"mlm": {}}}))
    output = WORK / f"palimpsest-{model}-{threads}.json"
    command = [palimpsest, "train", str(recipe), "-o", str(output), "--threads", str(threads), "--quiet"]
    return Side("palimpsest", threads, command, output, [], [])


def peer(python: str, name: str, model: str, text: pathlib.Path, threads: int) -> Side:
    output = WORK / f"{name}-{model}-{threads}.json"
    arguments = [model, str(text), str(output), str(threads), str(VOCABULARY_SIZE), " ".join(SPECIAL[model])]
    return Side(name, threads, [python, "-c", PEER_PROGRAMS[name], *arguments], output, [], [])


def agrees(model: str, first: Side, other: Side) -> bool:
    """Whether two trainers made the same of the same text."""
    expected, found = (json.loads(side.output.read_bytes()) for side in (first, other))
    if "merged" in found:
        tokens = [merged_bytes(merge) for merge in merge_pairs(expected["model"])]
        count = min(len(tokens), len(found["merged"]))
        return tokens[:count] == found["merged"][:count]
    expected, found = expected["model"], found["model"]
    if model == "bpe":
        return expected["vocab"] == found["vocab"] and merge_pairs(expected) == merge_pairs(found)
    common = set(expected["vocab"]) & set(found["vocab"])
    return len(common) >= 0.995 * max(len(expected["vocab"]), len(found["vocab"]))


def merge_pairs(model: dict) -> list[tuple[str, ...]]:
    return [tuple(merge.split(" ") if isinstance(merge, str) else merge) for merge in model["merges"]]


def merged_bytes(merge: tuple[str, ...]) -> str:
    """The bytes of a merge of byte-level letters, in hexadecimal digits."""
    return bytes(BYTES[letter] for letter in "".join(merge)).hex()


def byte_letters() -> dict[str, int]:
    """By letter: the byte that byte-level tokenizers spell with it."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + index): byte for index, byte in enumerate(others)}


BYTES = byte_letters()


def print_row(model: str, side: Side, ours: Side) -> None:
    wall, cpu = statistics.median(side.wall), statistics.median(side.cpu)
    ratios = "| |"
    if side is not ours:
        ratios = f"| {wall / statistics.median(ours.wall):.1f} | {cpu / statistics.median(ours.cpu):.1f} |"
    print(f"| {model} | {side.name} | {side.threads} | {wall:.2f} | {cpu:.2f} {ratios}", flush=True)


main()
