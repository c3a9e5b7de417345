#!/usr/bin/env python3
"""Measures in one run, so that ratios mean something on any machine.

Acts by import against bare SQLite inserts of as many rows; the replay; a list with a condition against the same select
on the bare database; pages against a file of the program itself."""
import csv
import http.client
import os
import re
import sqlite3
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
sys.dont_write_bytecode = True
import harness  # noqa: E402

ROWS = int(os.environ.get("BENCH_ROWS", "5000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def line(what, figure, note=""):
    print("%-46s %s%s" % (what, figure, "   " + note if note else ""), flush=True)


def sheet(path):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["日期", "职务", "姓名", "四个亲自", "事项类型", "形式", "主题", "议定事项", "佐证材料", "来源平台", "来源编号"])
        for i in range(ROWS):
            out.writerow(["2025-%02d-%02d" % (i % 12 + 1, i % 28 + 1), "党工委书记", "方志明", "亲自部署", "法治工作部署", "专题会",
                          "研究第%d项法治工作" % i, "由责任部门在月底前办结并报告情况", "会议纪要", "基准测试", "B-%06d" % i])


def bare_inserts(path):
    """As many rows in a record table and an act table, in one transaction, nothing checked or hashed."""
    base = sqlite3.connect(path)
    base.executescript("pragma journal_mode = wal; pragma synchronous = full;"
                       "create table record(id integer primary key, a, b, c, d, e, f, g, h, i, j, k);"
                       "create index record_a on record(a); create table act(seq integer primary key, a, b, c, d, e, hash)")
    text = "由责任部门在月底前办结并报告情况"
    base.executemany("insert into record(a, b, c, d, e, f, g, h, i, j, k) values (?,?,?,?,?,?,?,?,?,?,?)",
                     (("2025-01-%02d" % (n % 28), "x", "y", "z", "u", "v", text, text, "w", "p", str(n)) for n in range(ROWS)))
    base.executemany("insert into act(a, b, c, d, e, hash) values (?,?,?,?,?,?)",
                     (("leader_duty", n, "create", text * 8, text * 8, "0" * 64) for n in range(ROWS)))
    base.commit()
    base.close()


def requests(port, path, cookie, threads=4):
    """Answers a second over kept connections."""
    counts = [0] * threads
    end = time.perf_counter() + SECONDS

    def work(number):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit("%s answered %d" % (path, answer.status))
            counts[number] += 1

    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - start)


def pages(office):
    with harness.Server(office) as server:
        browser = server.browser("fangzhiming")
        cookie = "; ".join("%s=%s" % (c.name, c.value) for c in browser.cookies)
        asset = re.search(r'href="(/assets/style[^"]+)"', browser.get("/").text)[1]
        fixed = requests(server.port, asset, cookie)
        line("a file out of the program", "%.0f/s" % fixed, "bounded by this client")
        for name, path in (("workbench", "/"), ("list of 50", "/r/leader_duty"), ("report page", "/reports/annual/2024")):
            rate = requests(server.port, path, cookie)
            line(name, "%.0f/s" % rate, "%.2f of the file" % (rate / fixed))


def main():
    folder = tempfile.mkdtemp(dir=harness.scratch())
    office = harness.demo().copy()
    start, _ = timed(lambda: office.run(0, "list", "leader_duty", "--limit", 1))
    line("start of the program", "%.0f ms" % (start * 1000))
    path = os.path.join(folder, "rows.csv")
    sheet(path)
    seconds, _ = timed(lambda: office.run(0, "import", "leader_duty", path, "--as", "lisilin", seconds=600))
    ours = ROWS / max(seconds - start, 1e-6)
    seconds, _ = timed(lambda: bare_inserts(os.path.join(folder, "bare.db")))
    bare = ROWS / seconds
    line("acts by import", "%.0f/s" % ours, "1/%.1f of bare inserts of two rows each (%.0f/s)" % (bare / ours, bare))
    seconds, result = timed(lambda: office.run(0, "replay", seconds=600))
    acts = int(re.search(r"办理记录 (\d+) 条", result.out)[1])
    line("replay", "%.0f acts/s" % (acts / max(seconds - start, 1e-6)))
    seconds, _ = timed(lambda: office.run(0, "list", "leader_duty", "--where", "duty_on in 2025-03", "--format", "csv"))
    base = sqlite3.connect(office.database())
    select = "select * from leader_duty where duty_on between '2025-03-01' and '2025-03-31' order by duty_on desc"
    plain, rows = timed(lambda: base.execute(select).fetchall())
    base.close()
    line("list of %d with a condition" % len(rows), "%.1f ms" % ((seconds - start) * 1000), "bare select %.1f ms" % (plain * 1000))
    seconds, _ = timed(lambda: office.run(0, "report", "annual", 2024, "--format", "json"))
    line("the year's report with all figures", "%.0f ms" % ((seconds - start) * 1000))
    seconds, _ = timed(lambda: office.run(0, "report", "annual", 2024, "--format", "pdf", "-o", os.path.join(folder, "r.pdf")))
    line("the report as PDF", "%.0f ms" % ((seconds - start) * 1000))
    pages(office)


if __name__ == "__main__":
    main()
