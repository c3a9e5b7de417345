"""What the working pages must never show or do: other people's matters, unasked exports, acts without a second look."""
import html
import re
import urllib.parse
import urllib.request

from harness import Server, case, check, contains, demo, equal

GRID_WORKER = "shenjiahao"  # sees the matters of one grid
WHERE = "/r/study_list_item?where="


def address(browser, register, row):
    """Of a record, by its number."""
    page = browser.get("/r/%s?q=%s" % (register, urllib.parse.quote(row["number"])))
    found = re.search(r'href="(/r/%s/\d+)">%s<' % (register, re.escape(row["number"])), page.text)
    check(found, "%s is not in the list" % row["number"])
    return found[1]


def links(page, pattern):
    return re.findall(pattern, page.text)


def turned(page, rel):
    """Where the link to the next or the previous page leads; None when there is none."""
    found = re.search(r'rel="%s" href="([^"]+)"' % rel, page.text)
    return found and html.unescape(found[1]).split("#")[0]


def pages(browser, path, rel="next"):
    """The page and those behind it."""
    while path:
        page = browser.get(path)
        equal(page.status, 200, path)
        yield page
        path = turned(page, rel)


@case("every page of a list, in every order, forwards and backwards, shows each record once")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser("fangzhiming")
        register = "/r/mediation?"
        rows = lambda page: links(page, r'<td data-label="编号"[^>]*><a href="(/r/mediation/\d+)"')
        total = int(re.search(r"共 (\d+) 条", browser.get(register).text)[1])
        check(total > 100, "only %d records" % total)
        columns = links(browser.get(register), r'<th [^>]*><a href="/r/mediation\?sort=([a-z_]+)"')
        check(len(columns) > 8, "columns that sort: %s" % columns)
        kind = re.search(r'<select[^>]* name="kind".*?<option value="([a-z_]+)"', browser.get(register).text, re.S)[1]
        stage = ",".join(links(browser.get(register), r'stage=([a-z_]+)"')[1:])
        for query in ["", "kind=" + kind, "stage=" + stage, "accepted_on.from=2024-03-01", "q=纠纷"] + \
                ["sort=" + c for c in columns] + ["sort=-" + c for c in columns]:
            forwards = [row for page in pages(browser, register + urllib.parse.quote(query, safe="=&")) for row in rows(page)]
            equal(len(set(forwards)), len(forwards), "records twice by " + query)
            last = browser.get(register + urllib.parse.quote(query, safe="=&") + "&page=last")
            backwards = rows(last)
            for page in pages(browser, turned(last, "prev"), "prev"):
                backwards = [row for row in rows(page) if row not in backwards] + backwards
            equal(backwards, forwards, "backwards by " + query)
            if query == "" or query.startswith("sort"):
                equal(len(forwards), total, "records by " + query)
        for nonsense in ("2", "after-", "after-n", "after-i1.i2.i3", "before-t2x", "after-t00.i1", "x" * 3000):
            page = browser.get(register + "page=" + nonsense)
            equal(page.status, 400, "page=" + nonsense[:20])
            contains(page.text, "请从第一页看起", "what to do")


@case("the workbench shows only deadlines of matters that the person may open")
def _():
    with Server(demo(), clock=True) as server:
        for name in (GRID_WORKER, "ganlinlin", "weishengli", "panwenbin"):
            browser = server.browser(name)
            due = [href for page in pages(browser, "/") for href in links(page, r'class="due-title" href="([^"]+)"')]
            for href in sorted(set(due)):
                equal(browser.get(href).status, 200, "%s opening %s from the workbench" % (name, href))
            told = int(re.search(r'<h2>期限 <span class="count">(\d+)', browser.get("/").text)[1])
            equal(told, len(due), "the number of deadlines told to %s" % name)
        check(len(due) > 3, "the petition clerk has no deadlines")


@case("a typed condition asks nothing about records that the person may not see")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser(GRID_WORKER)
        equal(browser.get("/r/enf_case").status, 404, "the register itself")
        for condition in ("exists(enf_case where number is not empty)", "count(task where stage is not empty) > 0"):
            page = browser.get(WHERE + urllib.parse.quote(condition))
            contains(page.text, "无权全部查看", condition)
            check("<tbody>" not in page.text or page.text.count("<tr>") > 1, "the list is gone")
        clerk = server.browser("tanjingwen")
        page = clerk.get(WHERE + urllib.parse.quote("exists(enf_case where number is not empty)"))
        check("无权全部查看" not in page.text, "somebody who sees all is refused")


@case("an export with a faulty condition is refused, not made without it")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser("tanjingwen")
        for format in ("csv", "xlsx"):
            page = browser.get("/r/leader_duty/export?format=%s&where=%s" % (format, urllib.parse.quote("duty_on ==")))
            equal(page.status, 400, "status")
            contains(page.text, "导出", "the page")
        page = browser.get("/r/leader_duty/export?format=csv&where=" + urllib.parse.quote("duty_on in 2024"))
        equal(page.status, 200, "a good condition")


@case("an act that ends a matter is done only after a second look")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = server.browser("luoshiqi")
        stoppable = office.list("decision", "stage in (proposed, drafting, reviewing, ready)")
        check(stoppable, "no decision to stop")
        path = address(browser, "decision", stoppable[0]) + "/act/stop"
        contains(browser.get(path).text, 'name="confirmed"', "the form")
        values = dict(stopped_on="2026-11-24", stopped_reason="上级规划调整")
        page = browser.post(path, **values)
        equal(page.status, 422, "status without the second look")
        contains(page.text, "上级规划调整", "what was typed")
        equal(len(office.list("decision", "stage = stopped and number = '%s'" % stoppable[0]["number"])), 0, "stopped")
        page = browser.post(path, confirmed="1", **values)
        contains(page.text, "已办理", "after the second look")
    office.replay()


DUTY = {"duty_on": "2026-11-20", "leader_post": "secretary", "leader": "方志明", "duty_type": "deploy",
        "matter_type": "rule_of_law", "activity": "special_meeting", "result": "分三组自查", "evidence": "会议纪要"}


def multipart(fields, files):
    mark = "----fazhi-test"
    body = b""
    for name, value in fields.items():
        body += ('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (mark, name, value)).encode()
    for name, (file, content) in files.items():
        body += ('--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
                 'Content-Type: application/octet-stream\r\n\r\n' % (mark, name, file)).encode() + content + b"\r\n"
    return body + ("--%s--\r\n" % mark).encode(), "multipart/form-data; boundary=" + mark


def send(browser, path, fields, files):
    body, type = multipart(dict(fields, _token=browser.token), files)
    return browser.open(urllib.request.Request(browser.base + path, body, {"Content-Type": type}))


@case("a file sent with a refused form is not lost, and can be fetched afterwards")
def _():
    office = demo().copy()
    content = b"%PDF-1.4 \x00\x01 evidence"
    with Server(office, clock=True) as server:
        browser = server.browser("luoshiqi")
        browser.get("/r/leader_duty/new")
        page = send(browser, "/r/leader_duty/new", dict(DUTY, duty_on=""), {"evidence_file": ("纪要.pdf", content)})
        equal(page.status, 422, "without the day")
        contains(page.text, "纪要.pdf", "the form")
        kept = re.search(r'name="evidence_file.kept" value="([0-9a-f]{64})"', page.text)
        check(kept, "the file is not kept")
        page = send(browser, "/r/leader_duty/new", dict(DUTY, subject="随附件", **{"evidence_file.kept": kept[1]}), {})
        contains(page.text, "已办理", "the second try")
        href = re.search(r'href="(/r/leader_duty/\d+/files/[0-9a-f]{64})"', page.text)
        check(href, "no link to the file")
        with browser.opener.open(browser.base + href[1]) as answer:
            equal(answer.read(), content, "the file")
        record = href[1].split("/files/")[0]
        form = browser.get(record + "/act/amend")
        files = links(form, r'href="([^"]*/files/[^"]+)"')
        check(files, "the form does not show the file")
        for link in files:
            equal(browser.get(link).status, 200, "the file's link in the form")
        # Somebody else's file can't be taken over by its digest.
        stranger = server.browser("tanjingwen")
        stranger.get("/r/leader_duty/new")
        page = send(stranger, "/r/leader_duty/new", dict(DUTY, subject="借用", **{"evidence_file.kept": kept[1]}), {})
        check("/files/" not in page.text, "another person's upload was taken")
    office.replay()


@case("a list filters by organisation, reference and several stages, and says so")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser("tanjingwen")
        total = lambda page: int(re.search(r"共 (\d+) 条", page.text)[1])  # noqa: E731
        everything = browser.get("/r/task")
        org = browser.get("/r/task?org=" + re.search(r'<select id="f-org".*?<option value="(\w+)">', everything.text, re.S)[1])
        check(0 < total(org) <= total(everything), "by organisation")
        page = browser.get("/r/petition?stage=registered,accepted")
        contains(page.text, "去掉这个条件", "the chip of the stages")
        reference = next(row for row in server.office.list("agenda_item") if row["decision"])
        decision = server.office.list("decision", "title = '%s'" % reference["decision"])[0]
        page = browser.get("/r/agenda_item?decision=" + urllib.parse.quote(decision["number"]))
        contains(page.text, reference["number"], "by reference")
        check(total(page) < total(browser.get("/r/agenda_item")), "the reference filters nothing")


@case("words in the address are not shown as what was done when the link comes from elsewhere")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser("tanjingwen")
        for site, shown in (("cross-site", False), ("none", False), ("same-origin", True)):
            request = urllib.request.Request(server.browser().base + "/?done=lure", headers={"Sec-Fetch-Site": site})
            equal("lure</p>" in browser.open(request).text, shown, site)


@case("a reference to a record that the person may not open shows its number, no title and no link")
def _():
    office = demo()
    hidden = 0
    with Server(office, clock=True) as server:
        whole, limited = server.browser("tanjingwen"), server.browser("weishengli")
        for task in (row for row in office.list("task") if row["meeting"]):
            path = address(whole, "task", task)
            meetings = office.list("meeting", "name = '%s'" % task["meeting"])  # names are not unique
            contains(whole.get(path).text, task["meeting"], "the page of somebody who sees all")
            page = limited.get(path)
            if page.status == 200 and all(limited.get(address(whole, "meeting", m)).status == 404 for m in meetings):
                hidden += 1
                check(any(m["number"] in page.text for m in meetings), "the reference has no number")
                check(task["meeting"] not in page.text, "the title of somebody else's meeting is shown")
                for listing in ("/r/task", "/r/task/export?format=csv"):
                    check(task["meeting"] not in limited.get(listing).text, "the title stands in " + listing)
    check(hidden, "no task whose meeting is hidden")


@case("an act that the stage does not allow is explained instead of offered")
def _():
    office = demo()
    with Server(office, clock=True) as server:
        browser = server.browser("panwenbin")
        closed = office.list("petition", "stage = closed")
        check(closed, "no closed petition")
        page = browser.get(address(browser, "petition", closed[0]) + "/act/accept")
        equal(page.status, 409, "status")
        contains(page.text, "现在的阶段", "why")


@case("the page of a register shows how its numbers look, not their pattern")
def _():
    with Server(demo(), clock=True) as server:
        browser = server.browser("luoshiqi")
        addresses = links(browser.get("/definitions"), r'class="card plain-link" href="(/definitions/\w+)"')
        check(len(addresses) > 20, "only %d registers" % len(addresses))
        for address in addresses:
            page = browser.get(address)
            equal(page.status, 200, address)
            said = re.search(r"编号：([^<]*)<", page.text)[1]
            check(re.search(r"如 \S*1\S*号，", said) and "{" not in said, address + ": " + said)
        contains(browser.get("/definitions/petition").text, "如 跃信〔2026〕1号，“跃”是本单位的代字", "the petitions' number")
