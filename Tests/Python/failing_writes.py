#!/usr/bin/env python3
"""Fails every system call that writes once, and looks at what a build leaves.

    python3 Tests/Python/failing_writes.py PALIMPSEST [--every 1] [--first 1]

A build runs with `fail_once.c` loaded, which makes the n-th opening for writing, write, sync, rename, … in the output
folder fail with ENOSPC, EIO or EACCES, for n = 1, 2, 3, … until the build makes fewer calls. After each: an error that
names its code, no `dataset.json` unless the whole dataset is there, and the same command again ends with the bytes of a
build that nobody disturbed. Builds in two parts are treated the same. Where it may (root), it also builds on a file
system that is really full. Needs a C compiler and the standard library; without a compiler it says that it was skipped.
"""

import argparse
import collections
import errno
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

RECIPE = """
seed: 17
input: {path: CORPUS}
tokenizer: TOKENIZER
objectives:
  mlm: {length: 32}
  clm: {length: 32, layout: compact, bins: [8, 16, 32]}
output: {shard_rows: 40, validation: 0.25}
block_size: 2kB
"""


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Trial:
    def __init__(self, tool, folder):
        self.folder = pathlib.Path(folder)
        fixtures = pathlib.Path(__file__).resolve().parents[2] / "fixtures"
        text = (fixtures / "corpora/novels-small.txt").read_text()[:9000]
        (self.folder / "corpus.txt").write_text(text)
        recipe = RECIPE.replace("CORPUS", str(self.folder / "corpus.txt"))
        recipe = recipe.replace("TOKENIZER", str(fixtures / "tokenizers/wordpiece-4k.tokenizer.json"))
        (self.folder / "recipe.yaml").write_text(recipe)
        self.command = [tool, "build", str(self.folder / "recipe.yaml"), "--quiet", "--threads", "1"]
        self.shim = self.folder / "fail_once.so"
        self.failures = []
        self.names = collections.Counter()

    def build(self, out, *more, at=None, number=errno.EIO):
        environment = dict(os.environ)
        if at is not None:
            environment.update(
                LD_PRELOAD=str(self.shim), FAIL_AT=str(at), FAIL_ERRNO=str(number), FAIL_UNDER=str(out),
                FAIL_COUNT=str(self.folder / "count"), FAIL_LOG=str(self.folder / "log"))
        return subprocess.run(
            [*self.command, "--output", str(out), *more], env=environment, capture_output=True, text=True)

    def check(self, what, is_true, more=""):
        if not is_true:
            self.failures.append(f"{what}: {more}")

    def look(self, what, result, out, whole):
        """What must hold after a build that met a fault."""
        self.check(f"{what}: ends by itself", result.returncode >= 0, result.returncode)
        if result.returncode != 0:
            self.check(f"{what}: says why", "error[" in result.stderr, result.stderr)
        if (out / "dataset.json").exists():
            found = {name: digest for name, digest in digests(out).items() if not name.startswith(".")}
            self.check(f"{what}: a dataset is whole", found == whole)

    def fail_each(self, every, first, whole, parts):
        """Fails the n-th call of a build, or of the second of two parts and the build behind them."""
        numbers = [errno.ENOSPC, errno.EIO, errno.EACCES]
        out = self.folder / "out"
        n = first
        while True:
            shutil.rmtree(out, ignore_errors=True)
            (self.folder / "count").unlink(missing_ok=True)
            (self.folder / "log").unlink(missing_ok=True)
            number = numbers[n % 3]
            more = []
            if parts:
                self.build(out, "--part", "1/2")
                more = ["--part", "2/2"]
            result = self.build(out, *more, at=n, number=number)
            count = int((self.folder / "count").read_text())
            if count < n:
                self.check("a build without a fault", result.returncode == 0, result.stderr)
                return n - 1
            call = (self.folder / "log").read_text().strip()
            self.names[call] += 1
            what = f"call {n} ({call}, {errno.errorcode[number]}){' of part 2/2' if parts else ''}"
            self.look(what, result, out, whole)
            if parts:
                again = self.build(out, *more)
                self.check(f"{what}: the part ends when run again", again.returncode == 0, again.stderr)
            again = self.build(out)
            self.check(f"{what}: the same command ends", again.returncode == 0, again.stderr)
            self.check(f"{what}: same bytes", digests(out) == whole)
            n += every

    def fill_disk(self, whole):
        """Builds on file systems that are too small by less and less; false where none can be mounted."""
        place = self.folder / "disk"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], capture_output=True)
        if mounted.returncode != 0:
            return False
        try:
            out = place / "out"
            refused = self.build(out)
            self.check("a small disk is refused beforehand", "error[build.no-space]" in refused.stderr, refused.stderr)
            full = 0
            for size in range(64, 4096, 48):
                subprocess.run(["mount", "-o", f"remount,size={size}k", str(place)], check=True)
                result = self.build(out, "--no-space-check")
                self.look(f"a disk of {size} kB", result, out, whole)
                if result.returncode == 0:
                    break
                full += 1
                self.check(f"a disk of {size} kB: says so", "error[files.disk-full]" in result.stderr, result.stderr)
            self.check("a full disk: the same command ends when there is room", digests(out) == whole)
            print(f"  {full} times on a full disk, each going on from the one before")
        finally:
            subprocess.run(["umount", str(place)], check=True)
        return True


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("--every", type=int, default=1, help="fail only each so many-th call")
    arguments.add_argument("--first", type=int, default=1)
    options = arguments.parse_args()
    compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
    if compiler is None or sys.platform != "linux":
        print("skipped: needs Linux and a C compiler")
        return
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(os.path.abspath(options.tool), folder)
        source = pathlib.Path(__file__).with_name("fail_once.c")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(trial.shim), str(source), "-ldl"], check=True)
        made = trial.build(trial.folder / "whole")
        if made.returncode != 0:
            sys.exit(made.stderr)
        whole = digests(trial.folder / "whole")
        for parts in (False, True):
            calls = trial.fail_each(options.every, options.first, whole, parts)
            print(f"  {calls} calls of {'a second part' if parts else 'a build'}, every {options.every}. failed once")
        print("  " + ", ".join(f"{name} {count}" for name, count in sorted(trial.names.items())))
        if not trial.fill_disk(whole):
            print("  no full disk: a file system cannot be mounted here")
        for failure in trial.failures:
            print(failure, file=sys.stderr)
        print("passed" if not trial.failures else f"{len(trial.failures)} failed")
        sys.exit(1 if trial.failures else 0)


main()
