#!/usr/bin/env python3
"""Times the encoders beside their peers: Hugging Face tokenizers, nanotoken (WordPiece), gigatoken (BPE) and tokie.

    Benchmarks/encoding.py [--shared FOLDER] [--cores 1 2] [--runs 3] [--corpora english …] [--tokenizers gpt2 …]

FOLDER holds `corpora/*.jsonl.zst` and `conformance/tokenizers/NAME/tokenizer.json`. The peers come from PyPI; those
that are not there are left out, and that is said. The corpora: English, many languages, Chinese alone, and code.

Ids come first: on the first megabytes of each corpus every tool must give the ids that Hugging Face gives, and on the
whole corpus those that ours gives; a peer that does not is named and not timed. Then the tools take turns, each time in
a new process: its first pass is the cold figure, the best of its later ones the warm figure, and the table shows
medians of MB of text a second, and ours over theirs.

On one core the time is that of the processor, which neighbours on a shared machine disturb less; on more it is the
wall's. Hugging Face's library is timed on the first megabytes alone: it is that much slower.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "Benchmarks" / "Encoding"
PEER = ROOT / "Benchmarks" / "encoding_peer.py"
WORK = ROOT / "out" / "bench" / "encoding"
# A control character that stands in no document, between the documents.
SEPARATOR = "\x1e"
SAMPLE_BYTE_COUNT = 3_000_000
PASSES = 3
PEERS = {
    "bert-base-uncased": ["nanotoken", "tokie", "hf"],
    "gpt2": ["gigatoken", "tokie", "hf"],
    "cl100k": ["gigatoken", "tokie", "hf"],
}
CORPORA = ["english", "multilingual", "chinese", "code"]


@dataclass
class Speed:
    """Bytes a second of the first pass and of the best later one, run by run."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)

    def add(self, result: dict, clock: str) -> None:
        seconds = [run[clock] for run in result["passes"]]
        self.cold.append(result["bytes"] / seconds[0])
        if len(seconds) > 1:
            self.warm.append(result["bytes"] / min(seconds[1:]))


class Bench:
    def __init__(self, arguments: argparse.Namespace):
        self.shared = pathlib.Path(arguments.shared)
        self.runs = arguments.runs
        self.missing: set[str] = set()
        command = ["swift", "build", "-c", "release", "--package-path", str(PACKAGE)]
        subprocess.run([*command, "--quiet"], check=True)
        folder = subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True).stdout
        self.ours = pathlib.Path(folder.strip()) / "EncodingBenchmark"

    def run(self, tool: str, tokenizer: pathlib.Path, text: pathlib.Path, cores: int, passes: int) -> dict | None:
        """The result of one process on so many cores; None when the tool is missing or refuses the tokenizer."""
        if tool == "ours":
            options = ["--separator", SEPARATOR, "--threads", str(cores), "--passes", str(passes)]
            command = [str(self.ours), str(tokenizer), str(text), *options]
        else:
            command = [sys.executable, str(PEER), tool, str(tokenizer), str(text), SEPARATOR, str(cores), str(passes)]

        def pin() -> None:
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])

        result = subprocess.run(command, capture_output=True, text=True, preexec_fn=pin)
        if result.returncode == 0:
            return json.loads(result.stdout)
        if tool == "ours":
            sys.exit(result.stderr)
        if f"{tool} {tokenizer.parent.name}" not in self.missing:
            self.missing.add(f"{tool} {tokenizer.parent.name}")
            print(f"{tool} is left out with {tokenizer.parent.name}: {result.stderr.strip().splitlines()[-1]}")
        return None

    def agreeing(self, name: str, corpus: str, peers: list[str]) -> list[str]:
        """The peers whose ids are ours. Ends the program when ours are not those of Hugging Face."""
        tokenizer, text, sample = self.tokenizer(name), WORK / f"{corpus}.txt", WORK / f"{corpus}-sample.txt"

        def ids(tool: str, text: pathlib.Path) -> tuple | None:
            result = self.run(tool, tokenizer, text, 1, 1)
            return result and (result["passes"][0]["tokens"], result["passes"][0]["checksum"])

        ours = {path: ids("ours", path) for path in (sample, text)}
        agreeing = []
        for peer in peers:
            theirs = {path: ids(peer, path) for path in ([sample] if peer == "hf" else [sample, text])}
            if None in theirs.values():
                continue
            differing = [path.stem for path in theirs if theirs[path] != ours[path]]
            if not differing:
                agreeing.append(peer)
            elif peer == "hf":
                sys.exit(f"{name}: our ids of {corpus} are not those of Hugging Face")
            else:
                print(f"{peer} is not timed with {name} on {corpus}: its ids of {', '.join(differing)} differ")
        return agreeing

    def measure(self, name: str, corpus: str, peers: list[str], cores: int) -> dict[str, Speed]:
        tokenizer = self.tokenizer(name)
        clock = "cpu" if cores == 1 else "wall"
        speeds: dict[str, Speed] = {}
        for _ in range(self.runs):
            for tool in ["ours", *peers]:
                text = WORK / (f"{corpus}-sample.txt" if tool == "hf" else f"{corpus}.txt")
                if result := self.run(tool, tokenizer, text, cores, 1 if tool == "hf" else PASSES):
                    speeds.setdefault(tool, Speed()).add(result, clock)
        return speeds

    def tokenizer(self, name: str) -> pathlib.Path:
        return self.shared / "conformance" / "tokenizers" / name / "tokenizer.json"

    def prepare(self, corpus: str) -> None:
        """Writes the corpus and its first documents as text, if that was not done before."""
        WORK.mkdir(parents=True, exist_ok=True)
        if (WORK / f"{corpus}-sample.txt").exists():
            return
        texts = self.texts(corpus)
        sample, size = [], 0
        while size < SAMPLE_BYTE_COUNT and len(sample) < len(texts):
            sample.append(texts[len(sample)])
            size += len(sample[-1].encode())
        (WORK / f"{corpus}.txt").write_text(SEPARATOR.join(texts), encoding="utf-8", newline="")
        (WORK / f"{corpus}-sample.txt").write_text(SEPARATOR.join(sample), encoding="utf-8", newline="")

    def texts(self, corpus: str) -> list[str]:
        folder = self.shared / "corpora"
        name = "multilingual" if corpus == "chinese" else corpus
        with subprocess.Popen(["zstd", "-dcq", folder / f"{name}.jsonl.zst"], stdout=subprocess.PIPE) as process:
            texts = [json.loads(line)["text"] for line in process.stdout]
        return [text for text in texts if is_chinese(text)] if corpus == "chinese" else texts


def is_chinese(text: str) -> bool:
    """Whether most characters are Chinese and few are kana or Latin; told from the start of the text."""
    head = text[:400]
    ideographs = sum("\u4e00" <= character <= "\u9fff" for character in head)
    kana = sum("\u3040" <= character <= "\u30ff" for character in head)
    return ideographs > len(head) // 2 and kana * 20 < ideographs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", default=str(ROOT.parent / "shared"))
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--corpora", nargs="+", default=CORPORA, choices=CORPORA)
    parser.add_argument("--tokenizers", nargs="+", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--peers", nargs="+", help="only these peers")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    line = "{:<18} {:<13} {:>5}  {:<10} {:>11} {:>8} {:>11} {:>8}"
    rows = [line.format("tokenizer", "corpus", "cores", "tool", "cold MB/s", "ours ×", "warm MB/s", "ours ×")]
    for corpus in arguments.corpora:
        bench.prepare(corpus)
        for name in arguments.tokenizers:
            wanted = [peer for peer in PEERS[name] if not arguments.peers or peer in arguments.peers]
            peers = bench.agreeing(name, corpus, wanted)
            for cores in arguments.cores:
                speeds = bench.measure(name, corpus, peers, cores)
                for tool, speed in speeds.items():
                    cells = [name, corpus, cores, tool]
                    for ours, theirs in [(speeds["ours"].cold, speed.cold), (speeds["ours"].warm, speed.warm)]:
                        ratio = statistics.median(a / b for a, b in zip(ours, theirs)) if theirs else None
                        cells.append(f"{statistics.median(theirs) / 1e6:.1f}" if theirs else "")
                        cells.append(f"{ratio:.2f}" if ratio and tool != "ours" else "")
                    rows.append(line.format(*cells))
                    print(rows[-1], flush=True)
    print("\n" + "\n".join(rows))


main()
