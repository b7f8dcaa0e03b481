#!/usr/bin/env python3
"""Time readers alone, on one core: packed file to clean documents, beside the bare decompressor and Python readers.

    Benchmarks/containers.py [CORPUS.jsonl.zst] [--runs N]        # default: ../shared/corpora/en-novels.jsonl.zst

Makes the corpus's other forms in out/bench/reading, builds `Benchmarks/Reading`, and runs every tool on every form in
turns. Documents and bytes must agree before times are compared. Seconds are the processor's, of the whole process for
the decompressors and inside the process for the readers (imports do not count against Python); the best of the runs
counts, since the machine is shared. datatrove's reader takes part where it can be imported, and otherwise a loop that
does what it does (`zstandard`/`gzip`, `orjson` or `json`, a dict a document).
"""
import argparse, bz2, gzip, importlib.util, json, lzma, os, pathlib, resource, shutil, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "out" / "bench" / "reading"
BARE = {
    ".zst": ["zstd", "-dcq"], ".gz": ["gzip", "-dc"], ".bz2": ["bzip2", "-dc"], ".xz": ["xz", "-dc"],
    ".lz4": ["lz4", "-dcq"]}
MORE = {".gz": ["pigz", "-dc", "-p1"]}
TOOLS = {command[0] for command in [*BARE.values(), *MORE.values()]}

PEER = r"""
import sys, time, resource, json
path = sys.argv[1]
def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime
try:
    import orjson
    loads = orjson.loads
except ImportError:
    loads = json.loads
import io, gzip, bz2, lzma
def lines(path):
    if path.endswith(".zst"):
        import zstandard
        unpacker = zstandard.ZstdDecompressor()
        return io.BufferedReader(unpacker.stream_reader(open(path, "rb"), read_across_frames=True), 1 << 20)
    if path.endswith(".gz"): return gzip.open(path)
    if path.endswith(".bz2"): return bz2.open(path)
    if path.endswith(".xz"): return lzma.open(path)
    if path.endswith(".lz4"):
        import lz4.frame
        return io.BufferedReader(lz4.frame.open(path), 1 << 20)
    return open(path, "rb")
start = cpu()
documents = size = 0
if sys.argv[2] == "pyarrow":
    import pyarrow as pa, pyarrow.json as pj
    pa.set_cpu_count(1)
    stream = pa.input_stream(path)
    start = cpu()
    reader = pj.open_json(stream, read_options=pj.ReadOptions(use_threads=False, block_size=8 << 20))
    for batch in reader:
        column = batch.column("text")
        documents += len(column)
        import pyarrow.compute as pc
        size += pc.sum(pc.binary_length(column)).as_py() or 0
else:
    for line in lines(path):
        record = loads(line)
        text = record["text"]
        document = {"text": text, "id": record.get("id"), "metadata": {"path": path}}
        documents += 1
        size += len(text.encode())
print(json.dumps({"documents": documents, "bytes": size, "seconds": cpu() - start}))
"""


def forms(corpus):
    """The corpus packed in every way, and as text; made once."""
    WORK.mkdir(parents=True, exist_ok=True)
    stem = WORK / corpus.name.removesuffix(".zst")
    raw = subprocess.run(["zstd", "-dcq", corpus], check=True, stdout=subprocess.PIPE).stdout
    packed = {
        "": lambda: raw, ".zst": lambda: corpus.read_bytes(), ".gz": lambda: gzip.compress(raw, 6),
        ".bz2": lambda: bz2.compress(raw), ".xz": lambda: lzma.compress(raw, preset=6),
        ".lz4": lambda: subprocess.run(["lz4", "-qc"], input=raw, check=True, stdout=subprocess.PIPE).stdout}
    files = []
    for suffix, make in packed.items():
        path = stem.with_name(stem.name + suffix)
        if not path.exists():
            path.write_bytes(make())
        files.append(path)
    return files, len(raw)


def output(*command):
    return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout


def bare(command, path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(os.devnull, "wb") as nowhere:
        subprocess.run([*command, str(path)], check=True, stdout=nowhere)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def main():
    parser = argparse.ArgumentParser()
    novels = ROOT.parent / "shared/corpora/en-novels.jsonl.zst"
    parser.add_argument("corpus", nargs="?", default=novels, type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    build = ["swift", "build", "-c", "release", "--package-path", ROOT / "Benchmarks/Reading"]
    subprocess.run([str(part) for part in build], check=True, stdout=sys.stderr)
    reader = os.path.join(output(*build, "--show-bin-path").decode().strip(), "ReadingBenchmark")

    files, raw = forms(options.corpus)
    print(f"{options.corpus.name}: {raw / 1e6:.1f} MB unpacked; best of {options.runs} runs; MB/s of the unpacked file")
    print(f"{'form':8} {'ours':>8} {'unpack':>8} {'bare tool':>22} {'ratio':>6} {'Python':>8} {'pyarrow':>8}")
    for path in files:
        suffix = path.suffix if path.suffix in BARE else ""
        tools = {"ours": [reader, path], "unpack": [reader, path, "--unpack"]}
        for command in [BARE.get(suffix), MORE.get(suffix)]:
            if command and shutil.which(command[0]):
                tools[command[0]] = command
        tools["python"] = [sys.executable, "-c", PEER, path, "loop"]
        if importlib.util.find_spec("pyarrow") and suffix != ".xz":
            tools["pyarrow"] = [sys.executable, "-c", PEER, path, "pyarrow"]
        best, facts = {}, {}
        for _ in range(options.runs):
            for name, command in tools.items():
                if name in TOOLS:
                    result = bare(command, path)
                else:
                    result = json.loads(output(*command))
                    if name != "unpack":
                        facts[name] = (result["documents"], result["bytes"])
                best[name] = min(best.get(name, 1e9), result["seconds"])
        if len(set(facts.values())) != 1:
            sys.exit(f"{path.name}: not the same documents: {facts}")
        speed = {name: raw / 1e6 / seconds for name, seconds in best.items()}
        tool = max((name for name in speed if name in TOOLS), key=speed.get, default=None)
        peer = f"{tool} {speed[tool]:.0f}" if tool else "–"
        ratio = f"{speed['ours'] / speed[tool]:.2f}" if tool else "–"
        arrow = f"{speed['pyarrow']:.0f}" if "pyarrow" in speed else "–"
        print(
            f"{suffix or 'plain':8} {speed['ours']:8.0f} {speed['unpack']:8.0f} {peer:>22} {ratio:>6} "
            f"{speed['python']:8.0f} {arrow:>8}", flush=True)


main()
