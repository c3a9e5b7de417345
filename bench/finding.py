"""Search by words of two characters, the year's report, the records behind a figure: times, and whether a search finds
exactly what a scan of the texts finds."""
import json
import re
import time

import harness
from lists import NEXT_PAGES, deep, links, opened
from ticket_offices import lines_file, served
from setting import REGISTER, Limit, page_times, say

WORDS = ["噪声", "停车", "垃圾", "电梯", "物业", "施工", "小区", "业主", "学校", "公交", "扰民", "工资", "路灯", "漏水", "消防",
         "地铁", "油烟", "夜间", "安全", "核查", "政策", "车位", "幼儿", "污水"]
YEAR = 2025
LIST = "/r/%s?q=%s"
# One pass over the year's records with about as many conditions as the hotline's figures have.
FIGURES = ("select count(*), count(case when stage <> 'returned' then 1 end), count(case when hard = 1 or redo_on is not "
           "null or rating in ('dissatisfied', 'very_dissatisfied') then 1 end), count(contacted_on), count(replied_on), "
           "count(case when solved = 'solved' then 1 end), count(case when solved in ('solved', 'partly', 'unsolved') then 1 "
           "end), count(case when rating in ('very_satisfied', 'satisfied', 'basic') then 1 end), count(rating) from %s where office = 'yuejin' and voided = 0 and "
           "dispatched_on between '%d-01-01' and '%d-12-31'" % (REGISTER, YEAR, YEAR))


def bare_search(word):
    return ("select id, number, stage, subject from %s where office = 'yuejin' and voided = 0 and id in (select f.rowid - w.base "
            "from fz_words as f cross join fz_words_base as w where f.fz_words match '\"%s\"' and w.office = 'yuejin' and "
            "w.register = '%s') order by dispatched_on desc, id desc limit 50" % (REGISTER, word, REGISTER))


def agreement(browser, office):
    """How many words give the same total as a scan, how long the scan of all took, and the first that differs."""
    begin = time.perf_counter()
    sums = ", ".join("sum(case when subject like '%%%s%%' or content like '%%%s%%' then 1 else 0 end) as w%d" % (w, w, i)
                     for i, w in enumerate(WORDS))
    scan = office.rows("select %s from %s where office = 'yuejin' and voided = 0" % (sums, REGISTER))[0]
    seconds = time.perf_counter() - begin
    wrong = []
    for i, word in enumerate(WORDS):
        answer = json.loads(browser.get("/api/r/%s?q=%s" % (REGISTER, word)).text)
        total, found = answer["total"], scan["w%d" % i]
        # `more`: the program counted only so far.
        if found <= total if answer.get("more") else found != total:
            wrong.append("%s: %s by search, %s by scan" % (word, total, found))
    return len(WORDS) - len(wrong), seconds, wrong


def limit_of(backend, office, queries):
    program, arguments = backend.limit(office)
    return Limit(program, harness.free_port(), *arguments, queries=queries)


def run_search(table, backend, size):
    say("search on %s" % backend.name)
    office = backend.office(size)
    where = "%s: search in %s" % (backend.name, format(size, ","))
    with served(office) as server, limit_of(backend, office, {"w%d" % i: bare_search(w) for i, w in enumerate(WORDS)}
                                            if backend.file else {}) as limit:
        bare = limit.page(paths=lines_file("/q/w%d" % i for i in range(len(WORDS)))) if backend.file else None
        asked = server.page(paths=lines_file(LIST % (REGISTER, quoted(w)) for w in WORDS))
        table.times(where + ", words of two characters", *page_times(asked, bare), note="%d words in turn" % len(WORDS))
        same, seconds, wrong = agreement(server.browser, office)
        table.add(where + ", agreement with a scan", "%d of %d words" % (same, len(WORDS)), goal="all",
                  note="; ".join(wrong[:3]) or "one scan for all words took %.1f s" % seconds)


def quoted(word):
    return "".join("%%%02X" % byte for byte in word.encode())


def traces(browser):
    """A page deep in each list of records behind each of the register's figures."""
    figures = sorted(set(re.findall(r"/figures/(%s\.[a-z_]+)" % REGISTER, browser.get("/figures?period=%d" % YEAR).text)))
    paths = {}
    for name in figures:
        page = opened(browser, "/figures/%s?period=%d" % (name, YEAR))
        for i, path in enumerate(links(page, "下一页")):
            paths["%s, set %d" % (name, i + 1)] = deep(browser, path) or path
    return paths


def run_trace(table, backend, sizes):
    """Pages of records behind figures do not take longer among more records."""
    seen = {}
    for size in sizes:
        with served(backend.office(size)) as server:
            for name, path in traces(server.browser).items():
                seen.setdefault(name, {})[size] = page_times(server.page(path))[0]
    small, large = sizes[0], sizes[-1]
    growth = {name: times[large]["p50_ms"] / max(times[small]["p50_ms"], 0.001) for name, times in seen.items()
              if small in times and large in times}
    if not growth:
        return
    slowest = max(growth, key=lambda name: seen[name][large]["p50_ms"])
    table.times("%s: records behind %d lists of figures, the slowest" % (backend.name, len(growth)), seen[slowest][large],
                note="%s, %d times 下一页, of %s" % (slowest, NEXT_PAGES, format(large, ",")))
    if small != large:
        most = max(growth, key=growth.get)
        table.add("%s: growth of the records behind figures, the most" % backend.name, "%.2f times" % growth[most], goal="≤ 1.5",
                  note="p50, %s to %s records; %s" % (format(small, ","), format(large, ","), most))


def run_report(table, backend, sizes):
    say("report on %s" % backend.name)
    size = sizes[-1]
    office = backend.office(size)
    figure = "/figures/%s.received?period=%d" % (REGISTER, YEAR)
    with served(office) as server, limit_of(backend, office, {"figures": FIGURES}) as limit:
        table.times("%s: annual report over %s records" % (backend.name, format(size, ",")),
                    *page_times(server.page("/reports/annual/%d" % YEAR), limit.page("figures")), "< 1 s",
                    "limit: one pass over the year's records for the hotline's figures")
        table.times("%s: page of a figure with its months, of %s" % (backend.name, format(size, ",")),
                    *page_times(server.page(figure)), note="its value, twelve months, the first of its records")
    run_trace(table, backend, (sizes[0], size))
