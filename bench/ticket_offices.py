"""Offices to measure: the demonstration office with generated tickets, on SQLite or on PostgreSQL. Each size is built
once, by the ordinary import, and that import is itself a measurement."""
import contextlib
import os
import random
import shutil

import harness
from setting import REGISTER, Page, run_measured, say
from tickets import Tickets

CLERK = "mengzihan"  # sees and does everything of the hotline
OPEN = 500
PART = 50000  # rows of a file where the product does not take the whole sheet


class Built:
    """An office and what its import took: seconds, of them of processor, MiB at most, files."""

    def __init__(self, office, size, taken):
        self.office, self.rows, self.parts = office, size, len(taken)
        self.seconds = sum(one[0] for one in taken)
        self.processor = sum(one[1] for one in taken)
        self.memory = max(one[2] for one in taken)


class Backend:
    """Offices on one kind of database."""

    def __init__(self, name, file):
        self.name, self.file, self.built = name, file, {}
        self.base = harness.Office(harness.new_path("demo"), file=file)
        self.base.run(harness.YES, "demo", "--password", harness.PASSWORD, seconds=600)

    def office(self, size):
        return self.build(size).office

    def build(self, size):
        if size in self.built and not self.built[size]:
            raise SystemExit("the import of %d tickets failed before" % size)
        if size not in self.built:
            self.built[size] = None
            say("%s: importing %d tickets" % (self.name, size))
            self.built[size] = self.import_into(self.base.copy(), size)
            if not self.file:  # what PostgreSQL itself does within a minute
                harness.psql(self.built[size].office.name(), "-c", "vacuum analyze")
        return self.built[size]

    def import_into(self, office, size):
        path = sheet(size)
        before = count(office)
        ok, *taken = import_file(office, path)
        taken = [taken]
        if not ok:
            parts, taken = split(path), []
            for part in parts:
                ok, *one = import_file(office, part)
                if not ok:
                    with open(log_of(part), encoding="utf-8", errors="replace") as file:
                        raise SystemExit("import of %s: %s" % (part, file.read()[-2000:]))
                taken.append(one)
        if count(office) - before != size:
            raise SystemExit("%d tickets were imported as %d records" % (size, count(office) - before))
        return Built(office, size, taken)

    def limit(self, office):
        """The limit program and its arguments for the office's database."""
        if self.file:
            return "limit_sqlite", ["--db", office.database()]
        return "limit_libpq", ["--url", harness.url_of(office.name())]

    def pattern(self, office):
        """More arguments: the office's own newest records are what is written again."""
        return (["--template", office.database()] if self.file else []) + ["--register", REGISTER]

    def sql(self, text):
        return text if self.file else text.replace("?1", "$1")


def count(office):
    return office.rows("select count(*) as n from " + REGISTER)[0]["n"]


def log_of(path):
    return path + ".log"


def sheet(size):
    path = os.path.join(harness.scratch(), "tickets-%d.csv" % size)
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8", newline="") as file:
            Tickets(size, open_count=OPEN).write(file)
    return path


def split(path):
    """The sheet in files of PART rows; a quoted cell holds no line break in them."""
    parts = []
    with open(path, encoding="utf-8", newline="") as file:
        header = file.readline()
        for i, line in enumerate(file):
            if i % PART == 0:
                parts.append("%s.%d.csv" % (path, i // PART))
                if i:
                    out.close()
                out = open(parts[-1], "w", encoding="utf-8", newline="")
                out.write(header)
            out.write(line)
    out.close()
    return parts


def import_file(office, path):
    """(whether all entered, seconds, of processor, peak MiB)"""
    status, *taken = run_measured([harness.FAZHI, "import", REGISTER, path, "--as", CLERK] + office.options(),
                                  log_of(path))
    return (status == 0, *taken)


class Served:
    """The served office, and a clerk who has signed in."""

    def __init__(self, server):
        self.server, self.port, self.pid = server, server.port, server.process.pid
        self.browser = server.browser(CLERK)
        self.browser.get("/account")
        self.headers = ["Cookie: " + "; ".join("%s=%s" % (c.name, c.value) for c in self.browser.cookies),
                        "X-Token: " + self.browser.token]

    def page(self, path=None, paths=None):
        return Page(self.port, path, paths, self.headers, self.pid)


@contextlib.contextmanager
def served(office):
    with harness.Server(office, clock=True) as server:
        yield Served(server)


def some_ids(office, how_many=200):
    ids = [row["id"] for row in office.rows("select id from %s order by id" % REGISTER)]
    return random.Random(7).sample(ids, min(how_many, len(ids)))


def lines_file(lines):
    return harness.write("paths.txt", "\n".join(lines) + "\n")


def remove(office):
    shutil.rmtree(office.data, True)
