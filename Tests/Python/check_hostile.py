#!/usr/bin/env python3
"""Build a dataset of every hostile file, under each policy, and hold the tool to what the table says.

    check_hostile.py PALIMPSEST FOLDER [--big FOLDER]

FOLDER holds expected.tsv (file, verdict, documents, note) and the files. A verdict is `ok` (read whole), `lines` (bad
records are reported, the good ones can be had) or `fail` (refused with a message that names the file). Under `fail`
the build must do as the verdict says; under `skip` and `repair` it must end well, list what it left out, and have the
good documents; under every policy it must stay within 600 MB and two minutes, and must not crash. The folder of
`make_hostile.py --big` has no table: what must come out of its files stands here.
"""
import json, os, signal, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOKENIZER = os.path.join(ROOT, "fixtures", "tokenizers", "wordpiece-4k.tokenizer.json")
MEMORY = 600 << 20
SECONDS = 120

# What the content tells counts, not the name; the table allows that for each of these.
ACCEPTED = {
    "compression/text-named.jsonl.gz": 200, "compression/zst-named.jsonl.gz": 200, "compression/gz-named.jsonl": 200,
}
# No input, as the table says itself.
PASSED_OVER = {"compression/dictionary.bin"}
# A line of nothing but spaces is a document that has no token: it is listed as such.
WITHOUT_TOKENS = {"utf8/spaces-only.txt"}

problems = []
largest = (0, "")
runs = 0


def build(palimpsest, inputs, policy, options="", stdin=None):
    """Builds; gives the exit code, the report (None if there is none), the messages and the peak memory."""
    global largest, runs
    runs += 1
    with tempfile.TemporaryDirectory() as folder:
        recipe = os.path.join(folder, "recipe.yaml")
        with open(recipe, "w", encoding="utf-8") as file:
            file.write(
                f"input: {{path: {json.dumps(inputs)}, on_error: {policy}{options}}}\n"
                f"tokenizer: {json.dumps(TOKENIZER)}\nobjectives: {{mlm: {{length: 128}}}}\n"
                f"output: {{path: {json.dumps(os.path.join(folder, 'out'))}}}\n")
        process = subprocess.Popen(
            [palimpsest, "build", recipe, "--json", "--threads", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL)
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        messages = []
        reader = threading.Thread(target=lambda: messages.append(process.stderr.read()))
        reader.start()
        out = process.stdout.read()
        reader.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        timer.cancel()
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if peak > largest[0]:
            largest = (peak, f"{inputs} under {policy}")
        report = json.loads(out) if code == 0 and out else None
        return code, report, messages[0].decode("utf-8", "replace"), peak


def complain(what, file, policy):
    problems.append(f"{file} under {policy}: {what}")


def check(palimpsest, path, file, verdict, documents, options=""):
    for policy in ["fail", "skip", "repair"]:
        code, report, messages, peak = build(palimpsest, path, policy, options)
        if peak > MEMORY:
            complain(f"{peak >> 20} MiB of memory", file, policy)
        if code < 0:
            complain("too slow" if code == -signal.SIGKILL else f"ended by signal {-code}", file, policy)
            continue
        if policy == "fail" and verdict != "ok":
            if code != 1 or not messages.startswith("error["):
                complain(f"expected an error, found exit code {code}", file, policy)
            elif os.path.basename(path) not in messages:
                complain(f"the message does not name the file: {messages.splitlines()[0]}", file, policy)
            continue
        if code != 0 or report is None:
            complain(f"exit code {code}: {messages.strip().splitlines()[:1]}", file, policy)
            continue
        if verdict == "ok" and report["skipped"] > 0 and file not in WITHOUT_TOKENS:
            complain(f"left out {report['skipped_by_code']}", file, policy)
        if verdict != "ok" and policy == "skip" and report["skipped"] == 0:
            complain("nothing was listed as left out", file, policy)
        # Repair may save more than the good ones.
        wanted = None if documents == "-" or verdict == "fail" and policy != "skip" else int(documents)
        if wanted is not None and policy != "repair" and report["documents"] != wanted:
            complain(f"{report['documents']} documents instead of {wanted}", file, policy)
        if wanted is not None and policy == "repair" and report["documents"] < wanted:
            complain(f"{report['documents']} documents, fewer than the {wanted} good ones", file, policy)


def main():
    palimpsest, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    big = sys.argv[sys.argv.index("--big") + 1] if "--big" in sys.argv else None
    with open(os.path.join(folder, "expected.tsv"), encoding="utf-8") as table:
        rows = [line.rstrip("\n").split("\t") for line in table][1:]
    for file, verdict, documents, _ in rows:
        if file in PASSED_OVER:
            continue
        path = os.path.join(folder, file)
        if file in ACCEPTED:
            verdict, documents = "ok", ACCEPTED[file]
        if file in WITHOUT_TOKENS:
            documents = 0
        check(palimpsest, path, file, verdict, documents)
    # Readers of these are held to nothing but their manners: no crash, bounded memory.
    bad = os.path.join(folder, "parquet-testing")
    for name in sorted(os.listdir(bad)) if os.path.isdir(bad) else []:
        code, _, messages, peak = build(palimpsest, os.path.join(bad, name), "fail", ", format: auto")
        if code < 0 or peak > MEMORY:
            complain(f"exit code {code}, {peak >> 20} MiB", "parquet-testing/" + name, "fail")
    if big:
        one = os.path.join(big, "one-line-30mb")
        check(palimpsest, one + ".txt", "big: one-line-30mb.txt", "ok", 1)
        check(palimpsest, one + ".jsonl", "big: one-line-30mb.jsonl", "ok", 2)
        check(palimpsest, os.path.join(big, "one-word-30mb.txt"), "big: one-word-30mb.txt", "ok", 1)
        lines = ", documents: line"
        invalid = os.path.join(big, "invalid-at-end-100mb.txt")
        check(palimpsest, invalid, "big: invalid-at-end-100mb.txt", "lines", 3000000, lines)
        check(palimpsest, os.path.join(big, "many"), "big: many", "ok", 10000)
        check(palimpsest, os.path.join(big, "sparse-100gb.txt"), "big: sparse-100gb.txt", "fail", "-")
        names = [n for n in os.listdir(os.fsencode(big)) if n.endswith(b".txt") and b"mb" not in n and b"gb" not in n]
        odd = [os.fsdecode(n) for n in names if n not in (b"fifo.txt",) and b"\xff" not in n]
        check(palimpsest, [os.path.join(big, n) for n in sorted(odd)], "big: odd names", "ok", len(odd))
    print(f"hostile files: {len(rows)} in the table, {runs} builds, most memory {largest[0] >> 20} MiB ({largest[1]})")
    for problem in problems:
        print("FAILED", problem)
    sys.exit(1 if problems else 0)


main()
