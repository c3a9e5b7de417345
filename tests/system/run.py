#!/usr/bin/env python3
"""Runs the system tests and writes TAP.

    tests/system/run.py            all
    tests/system/run.py --quick    without the slow ones
    tests/system/run.py words      only the cases whose name or file contains one of the words

A case that took longer than two seconds says so, with the processor time of the programs that it ran.
"""
import glob
import importlib
import os
import resource
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
import harness  # noqa: E402


def chosen(name, function, slow, words, quick):
    if quick and slow:
        return False
    return not words or any(word in name or word in function.__module__ for word in words)


def processor():
    """Seconds that programs which have ended worked; a server counts in the case that ended it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    for path in sorted(glob.glob(os.path.join(HERE, "case_*.py"))):
        importlib.import_module(os.path.basename(path)[:-3])
    cases = [c for c in harness.CASES if chosen(*c, words, "--quick" in sys.argv)]
    print("1..%d" % len(cases), flush=True)
    bad = 0
    for number, (name, function, _) in enumerate(cases, 1):
        start, worked = time.monotonic(), processor()
        why = ""
        try:
            function()
            line = "ok %d - %s" % (number, name)
        except harness.Skip as reason:
            line = "ok %d - %s # SKIP %s" % (number, name, reason)
        except Exception as error:  # noqa: BLE001: whatever it was, the next case still runs
            bad += 1
            line = "not ok %d - %s" % (number, name)
            why = str(error) if isinstance(error, harness.Failed) else traceback.format_exc(limit=-3)
        print(line, flush=True)
        for text in why.splitlines():
            print("#   " + text)
        seconds = time.monotonic() - start
        if seconds > 2:
            print("# %.1f s, processor %.1f s" % (seconds, processor() - worked), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
