#!/usr/bin/env python3
"""Peers of the residue search on the same memory and patterns as harness/residue/benches/search.

First: SHINSA_PEERS=/tmp/residue SHINSA_MIB=1024 cargo bench -p shinsa-residue --bench search
Then:  residue.py /tmp/residue [--repeat N] [PEER ...]
Peers: yara, yara-python, yara-x, hyperscan, vectorscan, ripgrep; all by default. Those that are not installed are named and left out.
    apt-get install yara ripgrep libvectorscan-dev gcc     pip install yara-python yara-x hyperscan
One thread, memory in the page cache, compiling of patterns not timed except for command-line tools, whose patterns are few against the
memory. Prints GB/s of the fastest repetition and the hits or matching rules; peers count overlapping hits differently.
"""
import argparse
import math
import mmap
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

COUNTS = (30, 300, 3000)

VECTORSCAN = r"""
#include <hs.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
static unsigned long long hits;
static int hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) { hits++; return 0; }
int main(int argc, char **argv) {
  int file = open(argv[1], O_RDONLY); struct stat about; fstat(file, &about);
  char *memory = mmap(0, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  static char line[4096], *texts[100000]; static unsigned flags[100000], ids[100000]; unsigned n = 0;
  FILE *patterns = fopen(argv[2], "r");
  while (fgets(line, sizeof line, patterns)) {
    size_t length = strcspn(line, "\n") / 2; char *text = malloc(length * 4 + 1), *to = text;
    for (size_t i = 0; i < length; i++) to += sprintf(to, "\\x%.2s", line + 2 * i);
    texts[n] = text; ids[n] = n; n++;
  }
  hs_database_t *database; hs_compile_error_t *error; hs_scratch_t *scratch = 0;
  if (hs_compile_multi((const char *const *)texts, flags, ids, n, HS_MODE_BLOCK, 0, &database, &error)) { fputs(error->message, stderr); return 2; }
  hs_alloc_scratch(database, &scratch);
  double best = 1e9;
  for (int i = 0; i < atoi(argv[3]); i++) {
    struct timespec a, b; hits = 0; clock_gettime(CLOCK_MONOTONIC, &a);
    hs_scan(database, memory, about.st_size, 0, scratch, hit, 0);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double took = b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9; if (took < best) best = took;
  }
  printf("%f %llu\n", best, hits);
}
"""


def rules(patterns):
    strings = (f"rule r{n} {{ strings: $a = {{ {' '.join(p[i:i + 2] for i in range(0, len(p), 2))} }} condition: $a }}"
               for n, p in enumerate(patterns))
    return "\n".join(strings)


def escaped(pattern):
    return "".join(f"\\x{pattern[i:i + 2]}" for i in range(0, len(pattern), 2))


def fastest(repeat, work):
    best, result = math.inf, None
    for _ in range(repeat):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def tool(repeat, command):
    def work():
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode > 1:
            raise RuntimeError(done.stderr.decode(errors="replace")[:200])
        return done.stdout.count(b"\n")
    return fastest(repeat, work)


def yara(setting, memory, patterns, work):
    if not shutil.which("yara"):
        raise ImportError("yara")
    (work / "rules").write_text(rules(patterns))
    return tool(setting.repeat, ["yara", "-p", "1", work / "rules", setting.folder / "memory.bin"])


def yara_python(setting, memory, patterns, work):
    import yara as engine
    compiled = engine.compile(source=rules(patterns))
    path = str(setting.folder / "memory.bin")
    return fastest(setting.repeat, lambda: len(compiled.match(filepath=path, timeout=600)))


def yara_x(setting, memory, patterns, work):
    import yara_x as engine
    scanner = engine.Scanner(engine.compile(rules(patterns)))
    scanner.set_timeout(600)
    path = str(setting.folder / "memory.bin")
    return fastest(setting.repeat, lambda: len(scanner.scan_file(path).matching_rules))


def hyperscan(setting, memory, patterns, work):
    import hyperscan as engine
    database = engine.Database(mode=engine.HS_MODE_BLOCK)
    database.compile(expressions=[escaped(p).encode() for p in patterns], ids=list(range(len(patterns))), elements=len(patterns),
                     flags=[0] * len(patterns))
    database.scratch = engine.Scratch(database)
    hits = [0]

    def hit(*_):
        hits[0] += 1

    def scan():
        hits[0] = 0
        database.scan(memory, match_event_handler=hit)
        return hits[0]
    return fastest(setting.repeat, scan)


def vectorscan(setting, memory, patterns, work):
    (work / "scan.c").write_text(VECTORSCAN)
    built = subprocess.run(["gcc", "-O2", "-I/usr/include/hs", "-o", work / "scan", work / "scan.c", "-lhs"], capture_output=True, check=False)
    if built.returncode:
        raise ImportError("libvectorscan-dev or gcc")
    (work / "patterns").write_text("\n".join(patterns) + "\n")
    told = subprocess.run([work / "scan", setting.folder / "memory.bin", work / "patterns", str(setting.repeat)],
                          capture_output=True, check=True, text=True).stdout.split()
    return float(told[0]), int(told[1])


def ripgrep(setting, memory, patterns, work):
    if not shutil.which("rg"):
        raise ImportError("ripgrep")
    (work / "expressions").write_text("\n".join(f"(?-u:{escaped(p)})" for p in patterns) + "\n")
    return tool(setting.repeat, ["rg", "-j1", "-a", "-U", "--no-config", "-o", "-b", "--no-filename", "-f", work / "expressions",
                                 setting.folder / "memory.bin"])


PEERS = {"yara": yara, "yara-python": yara_python, "yara-x": yara_x, "hyperscan": hyperscan, "vectorscan": vectorscan, "ripgrep": ripgrep}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("peers", nargs="*", metavar="PEER")
    setting = parser.parse_intermixed_args()
    unknown = set(setting.peers) - set(PEERS)
    if unknown:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    with open(setting.folder / "memory.bin", "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
        for name in setting.peers or PEERS:
            for count in COUNTS:
                patterns = (setting.folder / f"patterns-{count}.txt").read_text().split()
                with tempfile.TemporaryDirectory() as work:
                    try:
                        best, hits = PEERS[name](setting, memory, patterns, pathlib.Path(work))
                        print(f"{name:<12} {count:5} patterns {len(memory) / best / 1e9:7.2f} GB/s {hits:8} hits", flush=True)
                    except ImportError as missing:
                        print(f"{name:<12} not installed: {missing}", flush=True)
                        break
                    except Exception as error:  # a peer's refusal is a result
                        print(f"{name:<12} {count:5} patterns: {type(error).__name__}: {error}"[:160], flush=True)


if __name__ == "__main__":
    sys.exit(main())
