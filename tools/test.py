#!/usr/bin/env python3
"""Builds the program plainly and with AddressSanitizer and UBSan, runs every suite, and counts.

The last line reads `N passed, N failed` or `N passed, N failed, N skipped`; the exit status is 1 when any failed.
Every suite speaks TAP (cmocka does when asked); a suite that dies or hangs counts as one more failed test.

    tools/test.py            everything
    tools/test.py unit       only suites whose name contains one of the words
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SANITIZED = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(ROOT, "tests", "lsan.supp"),
}
# Unit tests whose stores lie in PostgreSQL where FAZHI_TEST_POSTGRES says so.
STORED = ("store", "store_folder", "store_turns", "office_acts", "office_due", "office_due_law", "office_import", "office_people",
          "office_proof", "random_acts")
RESULT = re.compile(r"^(not )?ok \d+(?: - | )?(.*)$")


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []


def say(text):
    print(text, flush=True)


def build(folder, options):
    done = subprocess.run(["tools/build.sh", folder, ""] + options, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        say(done.stdout)
        say("FAILED building " + folder)
        say("0 passed, 1 failed")
        raise SystemExit(1)


def run(command, environment, seconds):
    """Output, status (None after a time-out). The whole process group ends with the command."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        out, _ = process.communicate(timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        status = None
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    if status is None:
        out, _ = process.communicate()
    return out.decode("utf-8", "replace"), status


def read_tap(suite, out, count):
    """Adds the results in TAP; how many there were, and how many of them failed."""
    seen = bad = 0
    for line in out.splitlines():
        found = RESULT.match(line)
        if not found:
            continue
        seen += 1
        if "# SKIP" in found[2]:
            count.skipped += 1
            say("  skipped: " + found[2].replace("# SKIP", "").strip())
        elif found[1]:
            bad += 1
            count.failed += 1
            count.failures.append("%s: %s" % (suite, found[2]))
        else:
            count.passed += 1
    return seen, bad


def one_suite(suite, command, count, seconds, environment=None, tap=True):
    start = time.monotonic()
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", **(environment or {}))
    say("-- " + suite)
    out, status = run(command, env, seconds)
    seen, bad = read_tap(suite, out, count) if tap else (0, 0)
    if not tap and status == 0:
        count.passed += 1
    elif status is None or (status != 0 and bad == 0) or (tap and seen == 0):
        why = "stopped after %d s" % seconds if status is None else "ended with status %d" % status
        count.failed += 1
        bad += 1
        count.failures.append("%s: %s" % (suite, why))
    if bad:
        say(out)
    say("   %.1f s%s" % (time.monotonic() - start, ", %d FAILED" % bad if bad else ""))


def meson_tests(folder):
    out = subprocess.run(["meson", "introspect", "--tests", folder], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)


def wanted(name):
    words = sys.argv[1:]
    return not words or any(word in name for word in words)


def main():
    os.chdir(ROOT)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    if subprocess.run(["tools/setup.sh", "test"], stdin=subprocess.DEVNULL).returncode:
        say("0 passed, 1 failed")
        return 1
    count = Count()
    # GCC's warnings see more paths, and false ones, through sanitized code; the plain build keeps them errors.
    builds = [("build", [], {}), ("build-asan", ["-Db_sanitize=address,undefined", "-Dwerror=false"], SANITIZED)]
    for folder, options, environment in builds:
        say("== building " + folder)
        build(folder, options)
    for folder, _, environment in builds:
        for test in meson_tests(folder):
            suite = "%s %s" % (folder, test["name"])
            if wanted(suite):
                tap = not test["name"].startswith("corpus_")
                one_suite(suite, test["cmd"], count, test["timeout"] * (3 if environment else 1), environment, tap)
    program = os.path.join(ROOT, "build", "fazhi")
    on_postgres = [sys.executable, "tests/postgres.py"]
    # What a crash of the server itself would lose is PostgreSQL's own matter; those cases start one that syncs.
    fast = {"FAZHI_TEST_NO_FSYNC": "1", "FAZHI": program}
    for test in meson_tests("build"):
        if test["name"] in STORED and wanted("postgresql " + test["name"]):
            one_suite("postgresql " + test["name"], on_postgres + test["cmd"], count, test["timeout"] * 2, fast)
    outside = [
        ("system", [sys.executable, "tests/system/run.py"], 900, {"FAZHI": program}),
        ("system on PostgreSQL", on_postgres + [sys.executable, "tests/system/run.py"], 1200, fast),
        ("system sanitized", [sys.executable, "tests/system/run.py", "--quick"], 600,
         dict(SANITIZED, FAZHI=os.path.join(ROOT, "build-asan", "fazhi"))),
        ("browser", ["node", "tests/browser/run.mjs"], 300, {"FAZHI": program}),
    ]
    for suite, command, seconds, environment in outside:
        if wanted(suite):
            one_suite(suite, command, count, seconds, environment)
    for failure in count.failures:
        say("FAILED " + failure)
    say("%d passed, %d failed%s" % (count.passed, count.failed, ", %d skipped" % count.skipped if count.skipped else ""))
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
