#!/usr/bin/env python3
"""Measures the program against the limits of the machine, in one run, so that ratios mean something anywhere.

    make bench                          everything, up to a million records
    BENCH_SCALE=small make bench        up to 100,000; `huge` up to ten million; `tiny` to try the benchmark itself
    BENCH_PARTS='acts lists' make bench only these parts
    BENCH_OUT=FILE                      the table into a file as well

What is measured and what each limit is: docs/performance.md. Progress goes to standard error, the table at the end to
standard output. setting.py comes first of our modules: it says which program is under test."""
import os
import shutil
import signal
import subprocess
import sys

from setting import LIST_MOST, POSTGRES_SCALE, SCALE, SIZES, say
import postgres
from table import Table, machine

PARTS = os.environ.get("BENCH_PARTS", "acts lists single imports search report footprint postgres").split()
BYTES = 30000  # of disk for a record in the largest size: database, log, the limit's copy


def knows_postgres():
    help_text = subprocess.run([os.environ["FAZHI"], "help", "serve"], stdout=subprocess.PIPE, text=True).stdout
    return "--database" in help_text


def affordable(sizes):
    free = shutil.disk_usage(os.environ.get("TMPDIR", "/tmp")).free
    fits = tuple(n for n in sizes if n * BYTES < free)
    if fits != sizes:
        say("not enough disk for %s records: left out" % ", ".join(format(n, ",") for n in sizes if n not in fits))
    return fits


def measure(table, backend, scale):
    import acts
    import finding
    import harness
    import footprint
    import imports
    import lists as list_pages
    sizes = affordable(SIZES[scale])
    lists = tuple(n for n in sizes if n <= LIST_MOST)
    single = min(100000, lists[-1])
    largest = sizes[-1]
    parts = {"acts": lambda: acts.run(table, backend, lists[0]),
             "lists": lambda: list_pages.run(table, backend, lists),
             "single": lambda: list_pages.run_single(table, backend, single),
             "search": lambda: finding.run_search(table, backend, largest),
             "report": lambda: finding.run_report(table, backend, sizes),
             "footprint": lambda: footprint.run(table, backend, single),
             "imports": lambda: imports.run(table, backend, sizes)}
    for name in PARTS:
        if name not in parts:
            continue
        try:
            parts[name]()
        except (SystemExit, harness.Failed, subprocess.SubprocessError) as error:
            table.fail("%s: %s" % (backend.name, name), str(error))


def finish(table):
    lines = machine(postgres.programs()) + ["", table.text(), ""]
    print("\n".join(lines))
    if os.environ.get("BENCH_OUT"):
        with open(os.environ["BENCH_OUT"], "w", encoding="utf-8") as file:
            file.write("\n".join(lines))


class Ended(BaseException):
    """Somebody stopped the run: what was measured is printed, what was started is ended."""


def end(*_):
    raise Ended


def start_postgres(table):
    """The server; None where there is none, or where the program knows no --database."""
    if "postgres" not in PARTS:
        return None
    if not postgres.programs() or not knows_postgres():
        table.add("PostgreSQL", "left out", note="no PostgreSQL server is installed" if not postgres.programs() else
                  "this fazhi knows no --database")
        return None
    server = postgres.Postgres("-c", "shared_buffers=1GB")
    os.environ["FAZHI_TEST_POSTGRES"] = server.url("postgres")
    return server


def main():
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    table = Table()
    server = start_postgres(table)
    try:
        from ticket_offices import Backend
        import footprint
        if "footprint" in PARTS:
            footprint.binary(table)
        measure(table, Backend("SQLite", True), SCALE)
        if server:
            measure(table, Backend("PostgreSQL", False), POSTGRES_SCALE)
    except Ended:
        table.fail("the run", "it was stopped here")
    finally:
        finish(table)
        if server:
            server.close()
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
