#!/usr/bin/env python3
"""Build datasets from servers on this machine, and hold them to those made of the same files on disk.

    check_sources.py PALIMPSEST

An http server drops every connection after some bytes; S3 is moto's server, which proves signatures (that part is
passed over where moto is not there). Rows must be the same as from disk, builds that are killed must go on, and no
credential may turn up in anything that is written or said.
"""
import gzip, http.server, importlib.util, json, os, random, shutil, signal, socket, subprocess, sys, tempfile, threading
import time, urllib.request

import pyarrow as pa

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "fixtures", "corpora", "novels-small.jsonl")
TOKENIZER = os.path.join(ROOT, "fixtures", "tokenizers", "wordpiece-4k.tokenizer.json")
SECRET, KEY = "wJalrXUtnFEMIsecretkey0123456789abcdefgh", "AKIAPALIMPSESTTEST00"


class Flaky(http.server.BaseHTTPRequestHandler):
    """Serves files with entity tags and ranges, and drops connections in the middle."""

    protocol_version = "HTTP/1.1"
    files, drop_after, delay, requests = {}, None, 0.0, []

    def do_HEAD(self):
        self.answer(with_body=False)

    def do_GET(self):
        try:
            self.answer(with_body=True)
        except ConnectionError:
            self.close_connection = True  # the build was killed

    def answer(self, with_body):
        Flaky.requests.append((self.command, self.path, self.headers.get("Range")))
        content = Flaky.files.get(self.path)
        if content is None:
            return self.reply(404, b"", with_body)
        start, total = 0, len(content)
        if self.headers.get("Range"):
            start = int(self.headers["Range"][6:].split("-")[0])
            if self.headers.get("If-Match") != f'"{total}"':
                return self.reply(412, b"", with_body)
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{total}"')
        self.send_header("Content-Length", str(total - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        if not with_body:
            return
        rest = content[start:]
        if Flaky.drop_after:
            rest = rest[: random.Random(start).randrange(1, Flaky.drop_after)]
        for place in range(0, len(rest), 4096):
            self.wfile.write(rest[place : place + 4096])
            time.sleep(Flaky.delay)
        if len(rest) < total - start:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def reply(self, status, body, with_body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def recipe(folder, inputs, name):
    path = os.path.join(folder, name + ".yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(
            f"input: {json.dumps(inputs)}\ntokenizer: {json.dumps(TOKENIZER)}\nseed: 5\nblock_size: 30kB\n"
            f"objectives: {{mlm: {{length: 64}}, clm: {{length: 64}}}}\n"
            f"output: {{path: {json.dumps(os.path.join(folder, name))}}}\n")
    return path


def build(palimpsest, folder, inputs, name, environment=None, expect=0):
    run = subprocess.run(
        [palimpsest, "build", recipe(folder, inputs, name), "--json", "--threads", "2"], capture_output=True, text=True,
        env=dict(os.environ, **(environment or {})), timeout=300)
    assert run.returncode == expect, f"{name}: exit code {run.returncode}: {run.stderr}"
    for secret in (SECRET, KEY):
        assert secret not in run.stdout + run.stderr, f"{name}: a credential was shown"
    return json.loads(run.stdout) if expect == 0 else run.stderr


def rows(folder, name):
    """Every row of a dataset, in order, without the shards' own marks."""
    result = []
    for objective in ("mlm", "clm"):
        base = os.path.join(folder, name, objective, "train")
        for shard in sorted(n for n in os.listdir(base) if n.endswith(".arrow")):
            with pa.memory_map(os.path.join(base, shard)) as source:
                result += pa.ipc.open_stream(source).read_all().to_pylist()
    assert result
    return result


def check_http(palimpsest, folder, disk):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    content = open(CORPUS, "rb").read()
    half = content.index(b"\n", len(content) // 2) + 1
    Flaky.files = {
        "/a.jsonl": content, "/a.jsonl.gz": gzip.compress(content), "/1.jsonl": content[:half],
        "/2.jsonl": content[half:]}
    Flaky.drop_after = len(content) // 4
    for name, inputs in {
        "plain": {"path": address + "/a.jsonl"}, "packed": {"path": address + "/a.jsonl.gz"},
    }.items():
        before = len(Flaky.requests)
        build(palimpsest, folder, inputs, name)
        assert rows(folder, name) == disk, f"{name}: other rows than from disk"
        ranges = [r for _, _, r in Flaky.requests[before:] if r]
        assert ranges, f"{name}: no connection was taken up again"
        print(f"http, {name}: the same rows over {len(ranges) + 1} connections")

    listing = os.path.join(folder, "list.txt")
    with open(listing, "w") as file:
        file.write(f"# halves\n{address}/1.jsonl\n{address}/2.jsonl\n")
    both = build(palimpsest, folder, {"list": listing}, "list")
    assert both["documents"] == len(content.splitlines())
    missing = build(palimpsest, folder, {"path": address + "/none.jsonl"}, "missing", expect=1)
    assert "corpus.no-input" in missing, missing
    secret = build(palimpsest, folder, {"path": f"http://me:{SECRET}@127.0.0.1/a.jsonl"}, "secret", expect=1)
    assert "remote.credentials-in-address" in secret, secret

    # A build that is killed while it reads goes on with the blocks it has.
    Flaky.delay, Flaky.drop_after = 0.01, None
    process = subprocess.Popen(
        [palimpsest, "build", recipe(folder, {"path": address + "/a.jsonl"}, "killed"), "--quiet", "--threads", "1"])
    blocks = os.path.join(folder, "killed", ".work", "blocks")
    while process.poll() is None and (not os.path.isdir(blocks) or len(os.listdir(blocks)) < 3):
        time.sleep(0.01)
    assert process.poll() is None, "the build ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    Flaky.delay = 0
    report = build(palimpsest, folder, {"path": address + "/a.jsonl"}, "killed")
    assert report["blocks_found_done"] >= 2, report
    assert rows(folder, "killed") == disk, "killed and resumed: other rows than from disk"
    print(f"http, killed: went on with {report['blocks_found_done']} of {report['blocks']} blocks, the same rows")
    server.shutdown()


def check_s3(palimpsest, folder, disk):
    import boto3
    from botocore.config import Config

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    names = [f"crawl/part {number}+é.jsonl" for number in range(4)] + ["crawl/deep/x.jsonl.gz", "other/readme.md"]
    content = open(CORPUS, "rb").read().splitlines(keepends=True)
    # Everything up to here goes without a signature; whatever comes then must have a good one.
    free = 4 + len(names)
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=dict(os.environ, INITIAL_NO_AUTH_ACTION_COUNT=str(free)))
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        common = dict(
            endpoint_url=address, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}))
        iam = boto3.client("iam", **common)
        iam.create_user(UserName="reader")
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        iam.put_user_policy(UserName="reader", PolicyName="all", PolicyDocument=json.dumps(policy))
        s3 = boto3.client("s3", **common)
        s3.create_bucket(Bucket="corpora")
        quarter = -(-len(content) // 5)
        for number, name in enumerate(names):
            body = b"".join(content[number * quarter : (number + 1) * quarter])
            body = gzip.compress(body) if name.endswith(".gz") else body or b"#"
            s3.put_object(Bucket="corpora", Key=name, Body=body)
        global SECRET, KEY
        SECRET, KEY = key["SecretAccessKey"], key["AccessKeyId"]
        environment = {
            "AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1"}
        files = os.path.join(folder, "files")
        for number, name in enumerate(names[:5]):
            path = os.path.join(files, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            body = b"".join(content[number * quarter : (number + 1) * quarter])
            open(path, "wb").write(gzip.compress(body) if name.endswith(".gz") else body)
        for name, remote, local in [
            ("folder", "s3://corpora/crawl", "crawl"), ("bucket", "s3://corpora", "crawl"),
            ("glob", "s3://corpora/crawl/part*.jsonl", "crawl/part*.jsonl"),
            ("anywhere", "s3://corpora/**/*.gz", "**/*.gz"), ("one", "s3://corpora/" + names[1], names[1]),
        ]:
            build(palimpsest, folder, {"path": remote}, "s3-" + name, environment)
            build(palimpsest, folder, {"path": os.path.join(files, local)}, "disk-" + name)
            assert rows(folder, "s3-" + name) == rows(folder, "disk-" + name), f"{name}: other rows than from disk"
            print(f"S3, {name}: the same rows, every request signed")
        wrong = dict(environment, AWS_SECRET_ACCESS_KEY="wrong" + SECRET[5:])
        refused = build(palimpsest, folder, {"path": "s3://corpora/crawl"}, "wrong", wrong, expect=1)
        assert "remote.refused" in refused, refused
        absent = build(palimpsest, folder, {"path": "s3://corpora/none"}, "none", environment, expect=1)
        assert "corpus.no-input" in absent, absent
        for path, _, names in os.walk(folder):
            for name in names:
                written = open(os.path.join(path, name), "rb").read()
                assert SECRET.encode() not in written and KEY.encode() not in written, f"{path}/{name}: a credential"
        print("S3: a wrong key is refused, and no credential stands in any file")
    finally:
        server.terminate()
        server.wait()


def main():
    palimpsest = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        build(palimpsest, folder, {"path": CORPUS}, "disk")
        check_http(palimpsest, folder, rows(folder, "disk"))
        if importlib.util.find_spec("moto") and importlib.util.find_spec("flask") and importlib.util.find_spec("boto3"):
            check_s3(palimpsest, folder, rows(folder, "disk"))
        else:
            print("skipped: the S3 checks need moto's server (pip install 'moto[server]')", file=sys.stderr)


main()
