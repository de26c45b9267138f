#!/usr/bin/env python3
"""Looks for patients' secrets in the running reference reader: memory of its two processes, its files, its flash.

    look_for.py RUN CARD… [--live]

A tool of the reader's own developers, independent of the harness and simpler: one exact search for each secret and encoding.
Needs root (the reader forbids others to read it). Values come from RUN/cards. Prints what it found where, never the bytes.
Exit code: 0 nothing found, 1 something found, 2 it could not look. `--live`: something must be found, in the middle of an
authentication for instance; the codes are swapped.

A PIN of four digits stands in memory by chance: its plain forms are counted and do not decide. Its VERIFY command does.
"""
import array
import os
import re
import subprocess
import sys
import tempfile

import yaml

PROGRAMS = ("virtual-reader-software", "virtual-reader-device")


def secrets(run, card):
    """Needles by name, and weak ones that chance finds too."""
    with open(f"{run}/cards/secrets.yaml", encoding="utf-8") as file:
        lab = yaml.safe_load(file)["cards"][card]
    needles, weak = {}, {}
    for name, value in lab.items():
        value = str(value)
        if name.endswith("_pin"):
            digits = value.encode()
            needles[f"{name}/VERIFY"] = bytes([0x00, 0x20, 0x00, 0x80, len(digits)]) + digits
            weak[f"{name}/ASCII"] = digits
            weak[f"{name}/UTF-16"] = value.encode("utf-16-le")
            continue
        for encoding in ("utf-8", "utf-16-le", "utf-32-le", "shift_jis", "euc_jp"):
            try:
                needle = value.encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(needle) >= 8:
                needles[f"{name}/{encoding}"] = needle
    with open(f"{run}/cards/{card}/card-face.bin", "rb") as file:
        face = file.read()
    at = face.find(b"\x00\x00\x00\x0cjP  ")
    if at >= 0:
        jp2 = face[at:]
        # Past the header, which all photos share.
        for n in range(300, len(jp2) - 300, 500):
            needles[f"jp2+{n}"] = jp2[n : n + 24]
        needles |= dict(rows(jp2))
    return needles, weak


def rows(jp2):
    """Parts of rows of the decoded photo: 8-bit grey, i32 (OpenJPEG's own), f32."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/a.jp2", f"{folder}/a.pgm"
        with open(source, "wb") as file:
            file.write(jp2)
        done = subprocess.run(["opj_decompress", "-i", source, "-o", target], capture_output=True)
        if done.returncode != 0:
            sys.exit("opj_decompress: " + done.stderr.decode()[-200:])
        with open(target, "rb") as file:
            picture = file.read()
    header = re.match(rb"P5\s+(?:#[^\n]*\n\s*)?(\d+)\s+(\d+)\s+255\s", picture)
    width, height = int(header[1]), int(header[2])
    pixels = picture[header.end() :]
    for y in range(height // 4, height * 3 // 4, 24):
        for x in (width // 3, width // 2):
            row = pixels[y * width + x : y * width + x + 24]
            if len(set(row)) < 8:
                continue
            yield f"grey({x},{y})", row
            yield f"i32({x},{y})", array.array("i", list(row)).tobytes()
            yield f"f32({x},{y})", array.array("f", map(float, row)).tobytes()


def processes(run):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().split(b"\0")
        except OSError:
            continue
        if os.path.basename(line[0]).decode() in PROGRAMS and run.encode() in line:
            yield int(pid), os.path.basename(line[0]).decode()


def memory(pid):
    """Readable regions: description, address, bytes."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            span, flags, _, _, _, *name = line.split(None, 5)
            start, end = (int(part, 16) for part in span.split("-"))
            if "r" not in flags or (name and name[0].startswith("[v")):
                continue
            try:
                mem.seek(start)
                yield f"{flags} {name[0].strip() if name else 'anonymous'}", start, mem.read(end - start)
            except OSError as error:
                print(f"not read: {pid} {span}: {error}")


def files(run):
    for top in ("terminal", "device"):
        for folder, _, names in os.walk(f"{run}/{top}"):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    yield os.path.relpath(path, run), 0, file.read()
    if os.path.exists(f"{run}/terminal.swap"):
        with open(f"{run}/terminal.swap", "rb") as file:
            yield "terminal.swap", 0, file.read()


def places(content, needle):
    at = content.find(needle)
    while at >= 0:
        yield at
        at = content.find(needle, at + 1)


def main():
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    live = "--live" in sys.argv
    run, needles, weak = os.path.abspath(arguments[0]), {}, {}
    for card in arguments[1:]:
        strong, chance = secrets(run, card)
        needles |= {needle: f"{card}/{name}" for name, needle in strong.items()}
        weak |= {needle: f"{card}/{name}" for name, needle in chance.items()}
    looked = [(f"{name}[{pid}]", memory(pid)) for pid, name in processes(run)]
    if not any("software" in name for name, _ in looked) or not needles:
        print("neither reader nor secrets: nothing was looked at")
        sys.exit(2)
    found, counted, read = [], {}, 0
    for place, regions in [*looked, ("files", files(run))]:
        for what, start, content in regions:
            read += len(content)
            for needle, name in needles.items():
                at = [start + n for n in places(content, needle)]
                # Results for the receipt computer hold the insured person's name, as their purpose wants.
                purpose = what.startswith("terminal/result/") and "/name_kanji" in name
                if at and not purpose:
                    found.append(f"FOUND {name}: {place} {what}: {len(at)}x, first at {at[0]:#x}")
            for needle, name in weak.items():
                key = f"{name}: {place}"
                counted[key] = counted.get(key, 0) + content.count(needle)
    print(f"read {read >> 20} MiB of {len(looked)} processes and files, {len(needles)} needles")
    print("\n".join(found) or "nothing found")
    for key, count in counted.items():
        if count:
            print(f"by chance or not: {key}: {count}x")
    sys.exit(int(bool(found) != live))


main()
