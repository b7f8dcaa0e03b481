#!/usr/bin/env python3
"""Time how fast each format is read to clean text, beside the usual Python way, on one core.

    python3 Benchmarks/reading.py PALIMPSEST CORPUS.jsonl.zst [--runs 3] [--megabytes 60]

The corpus is written in each format; then `palimpsest read --count` and a Python reader that makes a str of every text
(pyarrow, csv, json, warcio where it is installed) take turns. Both must find the same number of documents and bytes.
Figures are megabytes of text for each second of processor time (user and system), the best of the runs.
"""
import argparse, csv, gzip, io, json, os, resource, subprocess, sys, tempfile, time

PEERS = {
    "parquet": """
import pyarrow.parquet as pq
for batch in pq.ParquetFile(path).iter_batches(columns=["text"], use_threads=False):
    for text in batch.column(0).to_pylist(): n += 1; b += len(text.encode())
""",
    "arrow": """
import pyarrow as pa
with pa.ipc.open_file(path) as reader:
    for i in range(reader.num_record_batches):
        for text in reader.get_batch(i).column("text").to_pylist(): n += 1; b += len(text.encode())
""",
    "csv": """
import csv
csv.field_size_limit(1 << 30)
with open(path, newline="", encoding="utf-8") as f:
    for row in csv.DictReader(f): n += 1; b += len(row["text"].encode())
""",
    "jsonl": """
import json
with open(path, encoding="utf-8") as f:
    for line in f: n += 1; b += len(json.loads(line)["text"].encode())
""",
    "wet.gz": """
from warcio.archiveiterator import ArchiveIterator
with open(path, "rb") as f:
    for record in ArchiveIterator(f):
        if record.rec_type == "conversion": n += 1; b += len(record.content_stream().read().decode().encode())
""",
}


def processor_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        return None, run.stderr.strip().split("\n")[-1]
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, json.loads(run.stdout)


def write(folder, texts):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": [str(i) for i in range(len(texts))], "text": texts})
    at = lambda name: os.path.join(folder, name)
    for codec in ["snappy", "zstd", "none"]:
        pq.write_table(table, at(f"{codec}.parquet"), compression=codec, row_group_size=10000)
    with pa.ipc.new_file(at("plain.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=1000)
    with open(at("table.csv"), "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["id", "text"])
        writer.writerows(enumerate(texts))
    with open(at("lines.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts)
    with open(at("texts.wet.gz"), "wb") as f:
        for i, text in enumerate(texts):
            body = text.encode()
            head = (f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{i:032d}>\r\nWARC-Date: "
                    f"2026-01-01T00:00:00Z\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n").encode()
            f.write(gzip.compress(head + body + b"\r\n\r\n", 6))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("corpus")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=60)
    arguments = parser.parse_args()
    lines = subprocess.run(["zstd", "-dc", arguments.corpus], stdout=subprocess.PIPE, check=True).stdout.decode()
    texts, size = [], 0
    for line in lines.split("\n"):
        if not line or size > arguments.megabytes * 1e6:
            continue
        texts.append(json.loads(line)["text"])
        size += len(texts[-1].encode())
    with tempfile.TemporaryDirectory() as folder:
        write(folder, texts)
        print(f"{len(texts)} documents, {size / 1e6:.1f} MB of text; MB of text for each second of processor time")
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            kind = next(k for k in PEERS if name.endswith(k))
            peer = f"import sys, json\npath = sys.argv[1]\nn = b = 0\n{PEERS[kind]}\n"
            peer += 'print(json.dumps({"documents": n, "bytes": b}))'
            ours, theirs = [], []
            for _ in range(arguments.runs):
                seconds, found = processor_seconds([arguments.tool, "read", "--count", path])
                ours.append(seconds)
                other, result = processor_seconds([sys.executable, "-c", peer, path])
                if other is None:
                    result = str(result)
                    continue
                theirs.append(other)
                if (found["documents"], found["bytes"]) != (result["documents"], result["bytes"]):
                    sys.exit(f"{name}: {found} here, {result} there")
            here = size / 1e6 / min(ours)
            there = result
            if theirs:
                there = f"{size / 1e6 / min(theirs):7.0f} there, {min(theirs) / min(ours):5.1f} times as fast"
            print(f"{name:16} {here:7.0f} here, {there}")


if __name__ == "__main__":
    main()
