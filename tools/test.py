#!/usr/bin/env python3
"""Builds the program plainly and with AddressSanitizer and UBSan, runs every suite, and counts.

The last line reads `N passed, N failed` or `N passed, N failed, N skipped`; the exit status is 1 when any failed.
Every suite speaks TAP (cmocka does when asked); a suite that dies or hangs counts as one more failed test.

    tools/test.py            everything
    tools/test.py unit       only suites whose name contains one of the words

Two suites run at a time. A case of the system tests that takes longer than two seconds says so; the slowest stand at
the end.
"""
import collections
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests"))
sys.dont_write_bytecode = True
import postgres  # noqa: E402

SANITIZED = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "LSAN_OPTIONS": "print_suppressions=0:suppressions=" + os.path.join(ROOT, "tests", "lsan.supp"),
}
# Unit tests whose stores lie in PostgreSQL where FAZHI_TEST_POSTGRES says so.
STORED = ("store", "store_folder", "store_turns", "office_acts", "office_due", "office_due_law", "office_import", "office_people",
          "office_proof", "random_acts")
RESULT = re.compile(r"^(not )?ok \d+(?: - | )?(.*)$")
TOOK = re.compile(r"^# ([0-9.]+) s, processor")
SAYING = threading.Lock()


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self.slow = []  # (seconds, words) of cases that say how long they took


def say(text):
    print(text, flush=True)


def build(folder, options):
    start = time.monotonic()
    done = subprocess.run(["tools/build.sh", folder, ""] + options, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        say(done.stdout)
    say("== building %s\n   %.1f s%s" % (folder, time.monotonic() - start, ", FAILED" if done.returncode else ""))
    return done.returncode == 0


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
    """Adds the results in TAP; how many there were, and how many of them failed; the words to say about them."""
    seen = bad = 0
    words = []
    last = ""
    for line in out.splitlines():
        if took := TOOK.match(line):
            count.slow.append((float(took[1]), "%s: %s" % (suite, last)))
        found = RESULT.match(line)
        if not found:
            continue
        seen += 1
        last = found[2]
        if "# SKIP" in last:
            count.skipped += 1
            words.append("  skipped: " + last.replace("# SKIP", "").strip())
        elif found[1]:
            bad += 1
            count.failed += 1
            count.failures.append("%s: %s" % (suite, last))
        else:
            count.passed += 1
    return seen, bad, words


def one_suite(suite, command, count, seconds, environment=None, tap=True):
    start = time.monotonic()
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP", **(environment or {}))
    out, status = run(command, env, seconds)
    with SAYING:
        seen, bad, words = read_tap(suite, out, count) if tap else (0, 0, [])
        if not tap and status == 0:
            count.passed += 1
        elif status is None or (status != 0 and bad == 0) or (tap and seen == 0):
            why = "stopped after %d s" % seconds if status is None else "ended with status %d" % status
            count.failed += 1
            bad += 1
            count.failures.append("%s: %s" % (suite, why))
        words.append("   %.1f s%s" % (time.monotonic() - start, ", %d FAILED" % bad if bad else ""))
        say("\n".join(["-- " + suite] + words + ([out] if bad else [])))


def work_off(jobs):
    """Does the jobs in two lanes, the first of the list first. A suite waits much of its time: for answers, for the
    disk, for clients that are slow on purpose; another one has the processor meanwhile."""
    rest = collections.deque(jobs)

    def lane():
        while True:
            try:
                job = rest.popleft()
            except IndexError:
                return
            job()

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(lane) for _ in range(2)]:
            done.result()


def meson_tests(folder):
    out = subprocess.run(["meson", "introspect", "--tests", folder], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)


def wanted(name):
    words = sys.argv[1:]
    return not words or any(word in name for word in words)


class Plan:
    """The jobs to do, and what the suites count."""

    def __init__(self):
        self.count, self.jobs = Count(), []
        self.sanitized, self.is_sanitized = threading.Event(), False  # the build was tried; is there

    def build_sanitized(self):
        # GCC's warnings see more paths, and false ones, through sanitized code; the plain build keeps them errors.
        self.is_sanitized = build("build-asan", ["-Db_sanitize=address,undefined", "-Dwerror=false"])
        if not self.is_sanitized:
            self.count.failed += 1
            self.count.failures.append("building build-asan")
        self.sanitized.set()

    def add(self, suite, command, seconds, environment=None, tap=True, sanitized=False):
        def job():
            if sanitized:
                self.sanitized.wait()
                if not self.is_sanitized:
                    return
            one_suite(suite, command, self.count, seconds, environment, tap)

        if wanted(suite):
            self.jobs.append(job)

    def add_units(self, tests):
        for test in tests:
            tap = not test["name"].startswith("corpus_")
            self.add("build " + test["name"], test["cmd"], test["timeout"] * 2, {}, tap)
        for test in tests:
            tap = not test["name"].startswith("corpus_")
            command = [part.replace(ROOT + "/build/", ROOT + "/build-asan/") for part in test["cmd"]]
            self.add("build-asan " + test["name"], command, test["timeout"] * 4, SANITIZED, tap, sanitized=True)

    def add_stored(self, tests, url):
        for test in tests:
            if test["name"] in STORED:
                self.add("postgresql " + test["name"], test["cmd"], test["timeout"] * 3, {"FAZHI_TEST_POSTGRES": url})

    def add_outside(self):
        program = os.path.join(ROOT, "build", "fazhi")
        sanitized = dict(SANITIZED, FAZHI=os.path.join(ROOT, "build-asan", "fazhi"))
        system = [sys.executable, "tests/system/run.py"]
        # What a crash of the server itself would lose is PostgreSQL's own matter; those cases start one that syncs.
        self.add("system", system, 1200, {"FAZHI": program})
        self.add("system on PostgreSQL", [sys.executable, "tests/postgres.py"] + system, 1200,
                 {"FAZHI_TEST_NO_FSYNC": "1", "FAZHI": program})
        self.add("system sanitized", system + ["--quick"], 900, sanitized, sanitized=True)
        self.add("browser", ["node", "tests/browser/run.mjs"], 600, {"FAZHI": program})


def report(count):
    for seconds, words in sorted(count.slow, reverse=True)[:12]:
        say("%6.1f s  %s" % (seconds, words))
    for failure in count.failures:
        say("FAILED " + failure)
    say("%d passed, %d failed%s" % (count.passed, count.failed, ", %d skipped" % count.skipped if count.skipped else ""))
    return 1 if count.failed else 0


def main():
    os.chdir(ROOT)
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    if subprocess.run(["tools/setup.sh", "test"], stdin=subprocess.DEVNULL).returncode:
        say("0 passed, 1 failed")
        return 1
    if not build("build", []):
        say("0 passed, 1 failed")
        return 1
    plan = Plan()
    plan.jobs.append(plan.build_sanitized)
    # The long ones first, so that both lanes end at about the same time.
    plan.add_outside()
    tests = meson_tests("build")
    server = postgres.Postgres("-c", "fsync=off")
    try:
        plan.add_stored(tests, server.url("postgres"))
        plan.add_units(tests)
        work_off(plan.jobs)
    finally:
        server.close()
    return report(plan.count)


if __name__ == "__main__":
    sys.exit(main())
