"""List pages of 50 in registers of growing size, the page of a record, the workbench: against bare SELECTs on the same
database over the same HTTP library."""
import html
import re
import urllib.parse
import urllib.request

import harness
from ticket_offices import CLERK, lines_file, served, some_ids
from setting import REGISTER, Limit, page_times, say

NEXT_PAGES = 20
COLUMNS = "id, number, stage, subject, platform, kind, topic, dispatched_on, department, replied_on, solved, rating"
FROM = "select %s from %s where office = 'yuejin' and voided = 0" % (COLUMNS, REGISTER)
NEWEST = " order by dispatched_on desc, id desc limit 50"
FIRST = "/r/" + REGISTER
WAITING = "stage in ('received', 'signed', 'assigned')"
# What is asked: the page and the bare SELECT that gives its rows.
KINDS = [
    ("first page", FIRST, FROM + NEWEST),
    ("of a stage", FIRST + "?stage=closed", FROM + " and stage = 'closed'" + NEWEST),
    ("of a rare stage", FIRST + "?stage=signed", FROM + " and stage = 'signed'" + NEWEST),
    ("of a code", FIRST + "?topic=property", FROM + " and topic = 'property'" + NEWEST),
    ("of a month", FIRST + "?dispatched_on.from=2025-03-01&dispatched_on.to=2025-03-31",
     FROM + " and dispatched_on between '2025-03-01' and '2025-03-31'" + NEWEST),
    ("sorted by a text", FIRST + "?sort=subject", FROM + " order by subject, id limit 50"),
    ("sorted by a code", FIRST + "?sort=topic", FROM + " order by topic, id limit 50"),
    ("of a code, sorted by a text", FIRST + "?topic=property&sort=subject",
     FROM + " and topic = 'property' order by subject, id limit 50"),
    ("of a rare code, sorted by a text", FIRST + "?topic=business&sort=subject",
     FROM + " and topic = 'business' order by subject, id limit 50"),
    ("waiting, sorted by a text", FIRST + "?stage=received,signed,assigned&sort=subject",
     FROM + " and " + WAITING + " order by subject, id limit 50"),
    ("waiting, with a common word", FIRST + "?stage=received,signed,assigned&q=" + urllib.parse.quote("小区"),
     FROM + " and " + WAITING + " and (subject like '%小区%' or content like '%小区%') order by id desc limit 50"),
    ("of a rare stage and a code", FIRST + "?stage=returned&topic=property",
     FROM + " and stage = 'returned' and topic = 'property'" + NEWEST),
    ("of two codes", FIRST + "?topic=property&rating=dissatisfied",
     FROM + " and topic = 'property' and rating = 'dissatisfied'" + NEWEST),
    ("of a typed condition on a code", FIRST + "?where=" + urllib.parse.quote("urgency = urgent"),
     FROM + " and urgency = 'urgent'" + NEWEST),
    ("of days that are no column", FIRST + "?signed_on.from=2025-03-01&signed_on.to=2025-03-02",
     FROM + " and signed_on between '2025-03-01' and '2025-03-02' order by signed_on desc, id desc limit 50"),
]
RECORD = ("select subject, content, reply, stage from %s where office = 'yuejin' and id = ?1 union all "
          "select act, actor, cast(on_day as text), changes from fz_act where office = 'yuejin' and register = '%s' and record = ?1 union all "
          "select name, state, cast(legal_on as text), cite from fz_deadline where office = 'yuejin' and register = '%s' and record = ?1"
          % (REGISTER, REGISTER, REGISTER))
WORK = ("select d.name, d.legal_on, d.cite, r.number, r.stage, r.subject from fz_deadline as d join %s as r on "
        "r.office = d.office and r.id = d.record where d.office = 'yuejin' and d.state = 'running' and d.register = '%s' "
        "order by d.legal_on limit 30" % (REGISTER, REGISTER))


def links(page, word):
    """The addresses of the links that read so, one for each pager."""
    found = []
    for match in re.finditer(r'<a\b([^>]*)>(.*?)</a>', page.text, re.S):
        target = re.search(r'href="([^"]*)"', match[1]) if word in match[2] else None
        if target:
            found.append(html.unescape(target[1]).split("#")[0])
    return found


def link(page, word):
    return next(iter(links(page, word)), None)


def opened(browser, path):
    """The page of an address out of a link, which is encoded already."""
    page = browser.open(urllib.request.Request(browser.base + path))
    if page.status != 200:
        raise SystemExit("%s answered %d" % (path, page.status))
    return page


def deep(browser, path):
    """The page that so many steps of 下一页 lead to; None where the list is shorter."""
    for _ in range(NEXT_PAGES):
        path = link(opened(browser, path), "下一页")
        if not path:
            return None
    return path


def keyset(office):
    """The bare SELECT of the page so deep: behind the last row of the page before it."""
    row = office.rows("select dispatched_on, id from %s where office = 'yuejin' and voided = 0 order by dispatched_on desc, id desc "
                      "limit 1 offset %d" % (REGISTER, NEXT_PAGES * 50 - 1))
    if not row:
        return None
    return FROM + " and dispatched_on <= '%s' and (dispatched_on < '%s' or id < %d)" % (
        row[0]["dispatched_on"], row[0]["dispatched_on"], row[0]["id"]) + NEWEST


def pages(browser, office):
    """(name, path, SELECT) of all kinds that this register has."""
    kinds = list(KINDS)
    path = deep(browser, FIRST)
    if path:
        kinds.append(("%d times 下一页" % NEXT_PAGES, path, keyset(office)))
    last = link(opened(browser, FIRST), "末页")
    if last:
        kinds.append(("末页", last, FROM + " order by dispatched_on, id limit 50"))
    filtered = deep(browser, FIRST + "?topic=property")
    if filtered:
        kinds.append(("of a code, %d times 下一页" % NEXT_PAGES, filtered, None))
    return kinds


def measure_size(table, backend, size, seen):
    office = backend.office(size)
    with served(office) as server:
        kinds = pages(server.browser, office)
        queries = {"k%d" % i: backend.sql(sql) for i, (_, _, sql) in enumerate(kinds) if sql}
        program, arguments = backend.limit(office)
        with Limit(program, harness.free_port(), *arguments, queries=queries) as limit:
            for i, (name, path, sql) in enumerate(kinds):
                ours, bare = page_times(server.page(path), limit.page("k%d" % i) if sql else None)
                table.times("%s: 50 of %s, %s" % (backend.name, format(size, ","), name), ours, bare)
                seen.setdefault(name, {})[size] = ours


def run(table, backend, sizes):
    say("lists on %s" % backend.name)
    seen = {}
    for size in sizes:
        measure_size(table, backend, size, seen)
    if len(sizes) < 2:
        return
    small, large = sizes[0], sizes[-1]
    for name, times in seen.items():
        if small in times and large in times:
            growth = {key: times[large][key] / max(times[small][key], 0.001) for key in ("p50_ms", "processor_ms")}
            table.add("%s: growth of the list %s" % (backend.name, name), "%.2f times" % growth["p50_ms"], goal="≤ 1.5",
                      note="p50, %s to %s records; processor %.2f times" % (format(small, ","), format(large, ","),
                                                                           growth["processor_ms"]))


def run_single(table, backend, size):
    """A record's page and the workbench."""
    say("record page and workbench on %s" % backend.name)
    office = backend.office(size)
    ids = some_ids(office)
    program, arguments = backend.limit(office)
    queries = {"record": backend.sql(RECORD), "work": WORK}
    waiting = office.rows("select count(*) as n from %s where stage not in ('closed', 'returned')" % REGISTER)[0]["n"]
    with served(office) as server, Limit(program, harness.free_port(), *arguments, queries=queries) as limit:
        table.times("%s: page of a record, of %s" % (backend.name, format(size, ",")),
                    *page_times(server.page(paths=lines_file("/r/%s/%d" % (REGISTER, i) for i in ids)),
                                limit.page(paths=lines_file("/q/record?id=%d" % i for i in ids))))
        table.times("%s: 工作台, %d open of %s" % (backend.name, waiting, format(size, ",")),
                    *page_times(server.page("/"), limit.page("work")), note="signed in as " + CLERK)
