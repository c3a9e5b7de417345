"""The one table of a run, and the machine it was run on."""
import os
import platform
import re
import sqlite3
import subprocess
import unicodedata

from setting import CORES, POSTGRES_SCALE, ROOT, SCALE, say

LOAD_BEFORE = os.getloadavg()[0]


def first_line(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split("\n")[0]
    except OSError:
        return "none"


COMMIT = first_line("git", "-C", ROOT, "describe", "--always", "--dirty")  # what was built, not what is there at the end


def found(pattern, path):
    with open(path, encoding="utf-8") as file:
        match = re.search(pattern, file.read())
    return match[1].strip() if match else "unknown"


def machine(postgres):
    memory = int(found(r"MemTotal:\s+(\d+)", "/proc/meminfo")) / 1048576
    server = first_line(os.path.join(postgres, "postgres"), "--version") if postgres else "no PostgreSQL server"
    return ["%d cores, %s, %.0f GiB memory, Linux %s" % (CORES, found(r"model name\s*:\s*(.+)", "/proc/cpuinfo"), memory,
                                                         platform.release()),
            "SQLite %s, %s, %s" % (sqlite3.sqlite_version, server, first_line("cc", "--version")),
            "release build of %s, scale %s (PostgreSQL: %s), load average %.1f before the run and %.1f at its end" %
            (COMMIT, SCALE, POSTGRES_SCALE, LOAD_BEFORE, os.getloadavg()[0])]


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Table:
    HEADER = ("what", "fazhi", "limit", "of the limit", "goal", "runs", "note")

    def __init__(self):
        self.rows = []
        self.failed = False

    def add(self, what, ours, limit="", share=None, goal="", runs="", note=""):
        row = (what, ours, limit, "" if share is None else "%.0f%%" % (100 * share), goal, str(runs), note)
        self.rows.append(row)
        say("  " + " | ".join(cell for cell in row if cell))

    def fail(self, what, why):
        self.failed = True
        self.add(what, "failed", note=why[:200].replace("\n", " "))

    def rate(self, what, unit, ours, limit, goal="", note=""):
        """Two results of `medians`, compared by their rates."""
        self.add(what, "%.0f %s" % (ours["rate"], unit), "%.0f" % limit["rate"], ours["rate"] / limit["rate"], goal,
                 ours["repeats"], note)

    def times(self, what, ours, limit=None, goal="", note=""):
        """Two results of `page_times`, compared by how fast half of the answers came."""
        self.add(what, "p50 %.2f ms, p99 %.2f ms" % (ours["p50_ms"], ours["p99_ms"]),
                 "p50 %.2f ms, p99 %.2f ms" % (limit["p50_ms"], limit["p99_ms"]) if limit else "",
                 limit["p50_ms"] / ours["p50_ms"] if limit else None, goal, ours["repeats"],
                 "%.2f ms of processor%s" % (ours["processor_ms"], "; " + note if note else ""))

    def text(self):
        rows = [self.HEADER] + self.rows
        widths = [max(width(row[i]) for row in rows) for i in range(len(self.HEADER))]
        lines = ["| " + " | ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths)) + " |" for row in rows]
        lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
        return "\n".join(lines)
