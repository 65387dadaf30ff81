"""Registry figures: start-up, show with 100,000 versions, adding 1 GB, promotion.

Run through `Benchmarks/run registry [--peer]`. Whole processes are timed from outside; adding is
paired with `openssl dgst -sha256` (and `dvc add`) in turn, so that a drifting machine cancels out.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GIGABYTE = 1_000_000_000


def run(command, **options):
    """Runs a command to success; returns (seconds, peak resident bytes of that process)."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} ended with {process.returncode}:\n{output.decode(errors='replace')}")
    return seconds, usage.ru_maxrss * 1024


def median(values):
    return statistics.median(values)


def repeat(count, command, **options):
    return median([run(command, **options)[0] for _ in range(count)])


def make_file(path, size):
    """Bytes that neither compress nor repeat, the same on every machine."""
    import random
    source = random.Random(20260101)
    with open(path, "wb") as file:
        left = size
        while left > 0:
            # Small blocks: the peak of this process is inherited by those it starts (getrusage).
            block = source.randbytes(min(left, 1 << 20))
            file.write(block)
            left -= len(block)
        # On the disk, as a file is that somebody has: nobody else's flush is to be measured.
        file.flush()
        os.fsync(file.fileno())


def copy(source, target):
    """A copy on the disk and in the page cache."""
    shutil.copyfile(source, target)
    with open(target, "rb") as file:
        os.fsync(file.fileno())
    run(["sha256sum", target])


def workspace(mlops, folder):
    run([mlops, "init", folder])
    return folder


def add_figures(mlops, scratch, peer, rounds):
    """Adding 1 GB against openssl's hash of it, paired; again; linked."""
    source = scratch / "weights.bin"
    make_file(source, GIGABYTE)
    run(["sha256sum", source])  # in the page cache now
    figures = {key: [] for key in ("openssl", "add", "again", "link", "rss", "dvc")}
    for index in range(rounds):
        home = scratch / f"add{index}"
        workspace(mlops, home)
        command = [mlops, "add", source, "--name", "weights", "--kind", "model", "--workspace", home]
        figures["openssl"].append(run(["openssl", "dgst", "-sha256", source])[0])
        seconds, memory = run(command)
        figures["add"].append(seconds)
        figures["rss"].append(memory)
        figures["again"].append(run(command)[0])
        shutil.rmtree(home)
        # A link makes the file read-only: give it a file of its own.
        linked = scratch / "linked.bin"
        copy(source, linked)
        workspace(mlops, home)
        figures["link"].append(run(
            [mlops, "add", linked, "--link", "--name", "weights", "--kind", "model",
             "--workspace", home])[0])
        shutil.rmtree(home)
        linked.unlink()
        if peer:
            figures["dvc"].append(dvc_add(peer, source, scratch))
    return figures


def dvc_add(dvc, source, scratch):
    """`dvc add` of the same gigabyte in a fresh repository."""
    home = scratch / "dvc"
    home.mkdir()
    environment = dict(os.environ, DVC_NO_ANALYTICS="1")
    subprocess.run(["git", "init", "-q"], cwd=home, check=True)
    run([dvc, "init", "-q"], cwd=home, env=environment)
    copy(source, home / "weights.bin")
    seconds, _ = run([dvc, "add", "-q", "weights.bin"], cwd=home, env=environment)
    shutil.rmtree(home)
    return seconds


def promotion(mlops, scratch, rounds):
    """Promoting registered releases back and forth, the whole command."""
    home = workspace(mlops, scratch / "promotion")
    at = ["--workspace", home]
    run([mlops, "add", "registry/models/labeler-base.gguf", "--name", "base", *at])
    for index in (1, 2):
        prompt = scratch / f"prompt{index}.yaml"
        prompt.write_text(f"template: '{{{{problem}}}}{index}'")
        run([mlops, "add", prompt, "--name", "prompt", *at])
        run([mlops, "release", "create", "labeler", "--model", "base",
             "--prompt", f"prompt@v{index}", *at])
    times = []
    for index in range(rounds):
        times.append(run([
            mlops, "promote", f"labeler@v{index % 2 + 1}", "--to", "production", *at])[0])
    return median(times)


def show(mlops, stress, scratch, versions, rounds):
    home = workspace(mlops, scratch / "show")
    run([stress, "fill", home / "registry" / "store", "labels", str(versions)])
    return repeat(rounds, [mlops, "show", "labels", "--workspace", home])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--versions", type=int, default=100_000)
    options = parser.parse_args()
    build = Path(options.build).resolve()
    mlops, stress = build / "mlops", build / "RegistryStress"
    peer = Path(".deps/peers/registry/bin/dvc").resolve()
    if options.peer and not peer.exists():
        sys.exit("dvc is not installed; run: Benchmarks/peers registry")
    with tempfile.TemporaryDirectory(dir=build.parent) as name:
        scratch = Path(name)
        version_ms = repeat(20, [mlops, "--version"]) * 1000
        added = add_figures(mlops, scratch, peer if options.peer else None, options.rounds)
        promote_ms = promotion(mlops, scratch, 20) * 1000
        show_ms = show(mlops, stress, scratch, options.versions, 20) * 1000
    def ratio(of, to):
        return median([a / b for a, b in zip(added[of], added[to])])
    figures = {
        "version_ms": round(version_ms, 1), "show_ms": round(show_ms, 1),
        "add_ratio": round(ratio("add", "openssl"), 2),
        "add_again_ratio": round(ratio("again", "openssl"), 2),
        "link_ratio": round(ratio("link", "openssl"), 2),
        "add_s": round(median(added["add"]), 3), "openssl_s": round(median(added["openssl"]), 3),
        "add_rss_mb": round(max(added["rss"]) / 1e6, 1), "promote_ms": round(promote_ms, 1),
    }
    if options.peer:
        figures["dvc_s"] = round(median(added["dvc"]), 3)
        figures["ratio"] = round(ratio("dvc", "add"), 2)
    goals = {
        "version_ms": "< 20", "show_ms": f"< 40, {options.versions:,} versions",
        "add_ratio": "<= 1.25 of openssl", "add_again_ratio": "<= 1.05 of openssl",
        "link_ratio": "<= 1.05 of openssl", "add_rss_mb": "< 64", "promote_ms": "< 50",
        "ratio": ">= 5 (dvc add / ours)",
    }
    for key, value in figures.items():
        print(f"{key:<16} {value:>9}  {goals.get(key, '')}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
