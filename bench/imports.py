"""The import of generated tickets, against bare inserts of the same rows with the same indexes in as large transactions."""
import json
import os
import shutil
import subprocess

import harness
from setting import BUILD, REGISTER, say

RECORDS = 5000  # in the pattern


def bare_rate(backend, built, smallest):
    """Records a second that the limit program inserts into an empty database; with PostgreSQL, where the pattern must lie
    in the same database, into a copy of the smallest office."""
    batch = built.rows // built.parts
    program, _ = backend.limit(built.office)
    command = [os.path.join(BUILD, "bench", program)]
    fresh = None
    if backend.file:
        fresh = harness.new_path("bare.db")
        command += ["--template", built.office.database(), "--db", fresh]
    else:
        command += ["--url", harness.url_of(smallest.copy().name())]
    command += ["--register", REGISTER, "--records", RECORDS, "--bulk", built.rows, "--batch", batch]
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
    if fresh:
        shutil.rmtree(os.path.dirname(fresh), True)
    return json.loads(done.stdout.splitlines()[0])["rate"]


def disk(office):
    """Bytes of the database with everything in it."""
    if office.file:
        return sum(os.path.getsize(office.database() + end) for end in ("", "-wal") if os.path.exists(office.database() + end))
    return int(harness.psql("postgres", "-q", "-c", "select pg_database_size('%s')" % office.name()))


def run(table, backend, sizes):
    say("import on %s" % backend.name)
    memory = {}
    for size in sizes:
        built = backend.build(size)
        rate, bare = built.rows / built.seconds, bare_rate(backend, built, backend.office(sizes[0]))
        memory[size] = built.memory
        table.add("%s: import of %s tickets" % (backend.name, format(size, ",")), "%.0f records/s" % rate, "%.0f" % bare,
                  rate / bare, "≥ 40%", 1, "%.0f s, %.0f of processor, in %d file%s; peak memory %.0f MiB" %
                  (built.seconds, built.processor, built.parts, "s" if built.parts > 1 else "", built.memory))
        table.add("%s: disk for a ticket of %s" % (backend.name, format(size, ",")),
                  "%.1f kB" % (disk(built.office) / built.rows / 1000),
                  note="one record, five acts, two deadlines, the text index and all indexes; the empty office included")
    if len(sizes) > 1:
        table.add("%s: growth of the import's memory" % backend.name, "%.2f times" % (memory[sizes[-1]] / memory[sizes[0]]),
                  goal="flat", note="%s to %s tickets" % (format(sizes[0], ","), format(sizes[-1], ",")))
