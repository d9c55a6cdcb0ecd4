#!/usr/bin/env python3
"""Checks of the sources that no compiler makes. Each prints what is wrong, a line each; exit 1 then.

Usage: check-sources.py imports    each target imports what it declares, declares what it imports,
                                   and the core imports neither Foundation nor Glibc
       check-sources.py unsafe     `unsafe` and `@safe` only in the targets that may have them; no
                                   unsafeFlags in Package.swift
       check-sources.py style      no file too long, no stub, no leftover
       check-sources.py links      relative links of the documents lead to something
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

CORE = {"MemoryUnits", "PageFrames", "Fragmentation", "Translation", "VirtualMemory"}
# Modules of the toolchain, which no target declares.
TOOLCHAIN = {"Foundation", "Glibc", "Synchronization", "Testing", "Swift", "Dispatch", "Builtin"}
# The targets in which unsafe code may stand, and what for.
UNSAFE = {
    "PageFrames": "the descriptor array",
    "Translation": "the contents of frames, page tables among them",
    "TraceFormats": "the decoding of blocks, and the C libraries for compression",
    "LinuxHost": "system calls",
    "JemallocHost": "jemalloc's C interface",
    "Results": "zlib's C interface",
    "AllocatorLibrary": "the C interface of our own allocators",
    "Benchmarking": "arrays outside of every heap, threads, and foreign allocators",
}
LONGEST = 400

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |private |fileprivate )?"
    r"import (?:struct |class |enum |func |protocol )?(\w+)",
    re.M,
)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"', re.S)


def swift_files(folder):
    return sorted((ROOT / folder).rglob("*.swift"))


def name(path):
    return path.relative_to(ROOT)


def targets():
    dump = subprocess.run(
        ["swift", "package", "--package-path", ROOT, "dump-package"],
        check=True, capture_output=True, text=True)
    return json.loads(dump.stdout)["targets"]


def imports():
    for target in targets():
        if target["type"] == "system":
            continue
        is_test = target["type"] == "test"
        folder = target.get("path") or ("Tests/" if is_test else "Sources/") + target["name"]
        declared = {next(iter(kind.values()))[0] for kind in target["dependencies"]}
        imported = {}
        for path in swift_files(folder):
            for module in IMPORT.findall(path.read_text()):
                imported.setdefault(module, path)
        for module in sorted(imported.keys() - declared - TOOLCHAIN - {target["name"]}):
            yield f"{name(imported[module])}: imports {module}, which {target['name']} does not declare"
        if imported:
            for module in sorted(declared - imported.keys()):
                yield f"Package.swift: {target['name']} declares {module} and never imports it"
        if target["name"] in CORE:
            for module in sorted(imported.keys() & {"Foundation", "Glibc", "Dispatch"}):
                yield f"{name(imported[module])}: the core does not import {module}"


def unsafe():
    if re.search(r"unsafeFlags", (ROOT / "Package.swift").read_text()):
        yield "Package.swift: unsafeFlags; a package that has them cannot be depended on"
    for path in swift_files("Sources"):
        target = path.relative_to(ROOT / "Sources").parts[0]
        if target in UNSAFE:
            continue
        code = COMMENT_OR_STRING.sub(lambda m: "\n" * m.group().count("\n"), path.read_text())
        for number, line in enumerate(code.splitlines(), 1):
            if re.search(r"\bunsafe\b|@safe\b|@unsafe\b|\bnonisolated\(unsafe\)", line):
                yield f"{name(path)}:{number}: {target} is not among the targets with unsafe code"


def style():
    leftover = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    for folder in ("Sources", "Tests", "Examples", "scripts", "Benchmarks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path == pathlib.Path(__file__).resolve() or not path.is_file():
                continue
            if path.suffix not in (".swift", ".c", ".h", ".py", ".sh", "") or ".build" in path.parts:
                continue
            lines = path.read_text(errors="replace").splitlines()
            if len(lines) > LONGEST:
                yield f"{name(path)}: {len(lines)} lines; split it by topic (at most {LONGEST})"
            for number, line in enumerate(lines, 1):
                if leftover.search(line):
                    yield f"{name(path)}:{number}: {line.strip()}"
    for path in (ROOT / "Sources").rglob("Placeholder.swift"):
        yield f"{name(path)}: a stub"


def links():
    documents = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        check=True, capture_output=True, text=True).stdout.split()
    for document in documents:
        path = ROOT / document
        if ".docc" in document or not path.exists():
            continue
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.S)
        for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)|(?:src|href)=\"([^\"#]+)\"", text):
            target = target[0] or target[1]
            if re.match(r"[a-z]+:", target):
                continue
            if not (path.parent / target).exists():
                yield f"{document}: {target} does not exist"


CHECKS = {check.__name__: check for check in (imports, unsafe, style, links)}
if len(sys.argv) != 2 or sys.argv[1] not in CHECKS:
    sys.exit(__doc__)
wrong = list(CHECKS[sys.argv[1]]())
print("\n".join(wrong))
sys.exit(1 if wrong else 0)
