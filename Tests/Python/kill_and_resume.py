#!/usr/bin/env python3
"""Kills builds at random moments, runs them again, and compares every byte with a build that nobody disturbed.

    python3 Tests/Python/kill_and_resume.py PALIMPSEST [--kills 200] [--recipe RECIPE] [--seed 1]

A round starts from nothing: processes are killed (SIGKILL) after random times until one ends by itself. Rounds go
through 1, 2 and 4 threads, and through plain builds and builds in 1, 3 and 8 parts. Parts run two at a time, sometimes
two copies of one part; when all have made their blocks, they run again to make their shards, and a plain build finishes
the dataset. Only the standard library is needed.
"""

import argparse
import collections
import hashlib
import itertools
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time


def digests(folder):
    """The SHA-256 of every file below a folder, hidden ones included, by its path from there."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Torture:
    def __init__(self, tool, recipe, kills, seed):
        self.command = [tool, "build", recipe, "--quiet"]
        self.kills_left = kills
        self.random = random.Random(seed)
        self.longest = 1.0
        self.killed = collections.Counter()

    def start(self, out, *more):
        return subprocess.Popen(
            [*self.command, "--output", out, *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def finish(self, process, what):
        """Waits for a process, or kills it at a random moment while there are kills to spend. True if it ended well."""
        if self.kills_left > 0:
            try:
                process.wait(self.random.uniform(0, 1.2 * self.longest))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.kills_left -= 1
                self.killed[what] += 1
                return False
        error = process.communicate()[1].decode()
        if process.returncode != 0:
            sys.exit(f"a build failed that was not killed:\n{error}")
        return True

    def make_parts(self, out, parts, threads, what):
        todo = [f"{number}/{parts}" for number in range(1, parts + 1)]
        self.random.shuffle(todo)
        while todo:
            pair = [todo[0]] * 2 if self.random.random() < 0.3 else todo[:2]
            running = [(part, self.start(out, "--part", part, *threads)) for part in pair]
            for part, process in running:
                if self.finish(process, what) and part in todo:
                    todo.remove(part)

    def round(self, out, threads, parts):
        threads = ["--threads", str(threads)]
        if parts:
            self.make_parts(out, parts, threads, "blocks of parts")
            self.make_parts(out, parts, threads, "shards of parts")
        while not self.finish(self.start(out, *threads), "plain builds after parts" if parts else "plain builds"):
            pass


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("tool")
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--recipe", default="fixtures/recipes/demo.yaml")
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    torture = Torture(options.tool, options.recipe, options.kills, options.seed)
    kinds = list(itertools.product([1, 2, 4], [0, 1, 3, 8]))
    torture.random.shuffle(kinds)
    with tempfile.TemporaryDirectory() as folder:
        whole = pathlib.Path(folder) / "whole"
        begin = time.monotonic()
        subprocess.run([*torture.command, "--output", whole], check=True)
        torture.longest = time.monotonic() - begin
        expected = digests(whole)
        passed = failed = 0
        seen = collections.Counter()
        for threads, parts in itertools.cycle(kinds):
            if torture.kills_left <= 0:
                break
            out = pathlib.Path(folder) / "out"
            torture.round(out, threads, parts)
            seen[(threads, parts)] += 1
            found = digests(out)
            for name in sorted(expected.keys() | found.keys()):
                if expected.get(name) != found.get(name):
                    print(f"  differs: {name}")
            passed, failed = (passed + 1, failed) if found == expected else (passed, failed + 1)
            shutil.rmtree(out)
        print(f"{options.kills} kills in {passed + failed} rounds of {len(seen)} kinds (threads × parts)")
        for what, count in sorted(torture.killed.items()):
            print(f"  {count} of {what}")
        print(f"{passed} passed, {failed} failed")
        sys.exit(1 if failed else 0)


main()
