#!/usr/bin/env python3
"""Measures the peak memory of building and of publishing for corpora of several sizes: it should not grow with them.

    python3 Tests/Python/peak_memory.py PALIMPSEST [--sizes 0.1 1 5] [--threads 2] [--folder /tmp] [--sort 64MB]

The corpora are the novels of the fixtures over and over, each document with words of its own, so that no two are equal.
Sizes are in GB of text; a size takes about four times as much of the disk, which is looked at first. The first build
makes half of the blocks and no shard (`--part 1/2`), the second one all the rest. Only the standard library is needed.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

RECIPE = """
seed: 17
input: {path: CORPUS}
tokenizer: TOKENIZER
objectives:
  clm: {length: 512, layout: compact}
output: {path: OUT}
"""


def write_corpus(path, size, novels):
    draw = random.Random(1)
    words = novels.split()
    paragraphs = [paragraph for paragraph in novels.split("\n\n") if len(paragraph) > 200]
    written = number = 0
    with open(path, "w", encoding="utf-8") as file:
        while written < size:
            changed = " ".join(draw.choices(words, k=8))
            text = f"{number} {changed}\n" + "\n".join(draw.choices(paragraphs, k=4))
            line = json.dumps({"text": text}) + "\n"
            file.write(line)
            written += len(line)
            number += 1


def run(command):
    """Peak resident bytes, seconds of the processors and seconds of a command."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed:\n{error}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit, usage.ru_utime + usage.ru_stime, time.monotonic() - begin


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("--sizes", type=float, nargs="+", default=[0.1, 1, 5])
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--folder", default=tempfile.gettempdir())
    arguments.add_argument("--sort", default="64MB", help="memory for sorting (--memory)")
    options = arguments.parse_args()
    fixtures = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
    novels = (fixtures / "corpora/novels-small.txt").read_text()
    print(
        "| GB of text | half of the blocks: peak MB | the rest and the shards: peak MB | processor seconds | seconds |")
    print("|---|---|---|---|---|")
    for size in options.sizes:
        free = shutil.disk_usage(options.folder).free
        if size * 4e9 > free:
            print(f"| {size:g} | skipped: {free / 1e9:.0f} GB are free |")
            continue
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            folder = pathlib.Path(folder)
            write_corpus(folder / "corpus.jsonl", size * 1e9, novels)
            recipe = RECIPE.replace("CORPUS", str(folder / "corpus.jsonl")).replace("OUT", str(folder / "out"))
            recipe = recipe.replace("TOKENIZER", str(fixtures / "tokenizers/wordpiece-4k.tokenizer.json"))
            (folder / "recipe.yaml").write_text(recipe)
            command = [options.tool, "build", str(folder / "recipe.yaml"), "--quiet", "--threads", str(options.threads)]
            command += ["--memory", options.sort]
            first = run([*command, "--part", "1/2"])
            second = run(command)
            print(
                f"| {size:g} | {first[0] / 1e6:.0f} | {second[0] / 1e6:.0f} | {first[1] + second[1]:.0f} "
                f"| {first[2] + second[2]:.0f} |", flush=True)


main()
