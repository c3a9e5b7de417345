"""The import page: a mapping chosen by a person, the same file again, the faulty rows' way back."""
import os
import re
import time
import urllib.request

from case_import import GOOD, HEADER, count, sheet
from case_load import is_sanitized
from harness import Server, case, check, contains, demo, equal

USER = "tanjingwen"
PATH = "/import/leader_duty"


def upload(browser, content, name="duty.csv"):
    browser.get(PATH)
    return send(browser, content, name)


def send(browser, content, name="duty.csv"):
    part = "--part\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n"
    body = (part % ("_token", "")).encode() + browser.token.encode() + b"\r\n"
    body += (part % ("file", "; filename=\"%s\"" % name)).encode() + content + b"\r\n--part--\r\n"
    return browser.open(urllib.request.Request(browser.base + PATH, body, {"Content-Type": "multipart/form-data; boundary=part"}))


def digest(page):
    return re.search(r'name="digest" value="([0-9a-f]{64})"', page.text)[1]


def go_form(page):
    """The fields of the form that imports for real."""
    form = re.search(r'<form action="%s/go".*?</form>' % PATH, page.text, re.S)
    check(form, "no way to import: " + page.text[-3000:])
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))


def choose(page, header, value):
    """The mapping form as shown, with another choice for one header."""
    fields = {}
    for name, label, options in re.findall(r'<select name="(m\d+)" aria-label="([^"]*)">(.*?)</select>', page.text, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = value if label == header else chosen[1]
    return fields


def renamed():
    return sheet(GOOD, ["议题" if name == "主题" else name for name in HEADER]).encode()


@case("import page: the mapping chosen in the trial is the one that imports, and is remembered")
def _():
    office = demo().copy()
    before = count(office)
    with Server(office, clock=True) as server:
        browser = server.browser(USER)
        page = upload(browser, renamed())
        contains(page.text, "不认识", "the unknown header")
        page = browser.post(PATH, digest=digest(page), **choose(page, "议题", "subject"))
        contains(page.text, "错误 0 处", "the trial with the mapping")
        fields = go_form(page)
        check("again" not in fields, "a first import insists on nothing")
        fields.pop("_token")
        page = browser.post(PATH + "/go", **fields)
        contains(page.text, "已导入 3 行", "the import")
        equal(count(office), before + 3, "records")
        again = upload(browser, renamed().replace(b"T-", b"U-"))
        contains(again.text, "错误 0 处", "the same header once more")
    office.replay()


@case("files of megabytes are taken from a signed-in person; anybody else is sent to sign in")
def _():
    with Server(demo().copy(), clock=True) as server:
        stranger, browser = server.browser(), server.browser(USER)
        stranger.get("/sign-in")
        large = sheet(GOOD).encode() + b"\n" * (3 << 20)
        for _ in range(3):
            contains(send(stranger, large).url, "/sign-in", "a stranger's file")
        contains(upload(browser, large).text, "错误 0 处", "the same file of a signed-in person")


@case("import page: the faulty rows come back under the chosen mapping")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = server.browser(USER)
        page = upload(browser, renamed().replace("办事处主任".encode(), "副主任".encode()))
        page = browser.post(PATH, digest=digest(page), **choose(page, "议题", "subject"))
        href = re.search(r'href="(%s/faulty/[^"]+)"' % PATH, page.text)[1].replace("&amp;", "&")
        rows = browser.get(href).text
        contains(rows, "副主任", "the faulty row")
        check("部署年末法治督察迎检" not in rows, "a good row came back: " + rows)
        check("不认识" not in rows, "the mapping was forgotten: " + rows)


@case("import page: the same file is recognised, and taken again only on demand; another person's upload is out of reach")
def _():
    office = demo().copy()
    before = count(office)
    with Server(office, clock=True) as server:
        browser = server.browser(USER)
        page = upload(browser, sheet(GOOD).encode())
        fields = go_form(page)
        fields.pop("_token")
        browser.post(PATH + "/go", **fields)
        equal(count(office), before + 3, "records")
        page = browser.post(PATH + "/go", **fields)
        contains(page.text, "已经导入过", "pressed twice")
        page = upload(browser, sheet(GOOD).encode())
        contains(page.text, "仍要导入", "the same file")
        page = browser.post(PATH, digest=digest(page), again="1")
        contains(page.text, "已有 3 件", "the trial of a known file")
        equal(go_form(page).get("again"), "1", "insisting goes on with the import")
        other = server.browser("lisilin")
        other.get("/")
        page = other.post(PATH + "/go", digest=fields["digest"])
        contains(page.text, "请重新上传", "another person's upload")
        equal(other.get(PATH + "/faulty/" + fields["digest"]).status, 404, "another person's faulty rows")
    office.replay()


@case("import page: two people may upload the same file, one after the other")
def _():
    office = demo().copy()
    before = count(office)
    with Server(office, clock=True) as server:
        upload(server.browser("lisilin"), sheet(GOOD).encode(), "甲.csv")
        browser = server.browser(USER)
        page = upload(browser, sheet(GOOD).encode(), "乙.csv")
        contains(page.text, "乙.csv", "the file's name")
        fields = go_form(page)
        fields.pop("_token")
        contains(browser.post(PATH + "/go", **fields).text, "已导入 3 行", "the second person's import")
    equal(count(office), before + 3, "records")


def anonymous(server):
    """MiB of the server's memory that is no file's."""
    with open("/proc/%d/status" % server.process.pid, encoding="ascii") as file:
        return int(re.search(r"RssAnon:\s+(\d+) kB", file.read())[1]) // 1024


def wait_for_end(browser, page):
    """The page of a job once it has ended."""
    end = time.monotonic() + 90
    while "这一页会自动更新" in page.text:
        check(time.monotonic() < end, "the job does not end: " + page.text[-1500:])
        time.sleep(0.2)
        page = browser.get(page.url[len(browser.base):])
    return page


def large(count, mark="L"):
    return sheet([GOOD[0][:-1] + ["%s-%d" % (mark, n)] for n in range(count)]).encode()


@case("import page: a large sheet is tried and imported by jobs, and stays out of the server's memory", slow=True)
def _():
    office = demo().copy()
    before = count(office)
    with Server(office, clock=True) as server:
        browser = server.browser(USER)
        upload(browser, sheet(GOOD).encode())
        least = anonymous(server)
        content = large(5200) + b"\n" * (24 << 20)
        page = wait_for_end(browser, upload(browser, content))
        contains(page.text, "试导入 5200 行：可以新增 5200 件", "the trial")
        equal(count(office), before, "records after the trial")
        fields = go_form(page)
        fields.pop("_token")
        page = wait_for_end(browser, browser.post(PATH + "/go", **fields))
        contains(page.text, "已导入 5200 行", "the import")
        equal(count(office), before + 5200, "records")
        grown = anonymous(server) - least
        check(is_sanitized(server) or grown < 100, "%d MiB more memory" % grown)


@case("import page: a large sheet's trial tells its faults; a column nobody knows is asked for before it is tried")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = server.browser(USER)
        content = large(5300)
        page = upload(browser, content.replace("主题".encode(), "议题".encode(), 1))
        contains(page.text, "不认识", "the unknown header")
        page = wait_for_end(browser, browser.post(PATH, digest=digest(page), **choose(page, "议题", "subject")))
        contains(page.text, "可以新增 5300 件", "the trial with the mapping")
        contains(page.text, 'value="subject"', "the choice goes on")
        lines = content.split(b"\r\n")
        lines[5100] = lines[5100].replace("党工委书记".encode(), "副主任".encode())
        page = wait_for_end(browser, upload(browser, b"\r\n".join(lines)))
        contains(page.text, "有 1 处错误", "the trial of a faulty sheet")
        contains(page.text, "副主任", "the faulty cell")
        href = re.search(r'href="(%s/faulty/[^"]+)"' % PATH, page.text)[1].replace("&amp;", "&")
        equal(len(browser.get(href).text.strip().splitlines()), 2, "header and faulty row")


@case("import page: a sheet larger than the limit is refused, and what was sent is gone after a day")
def _():
    office = demo().copy()
    with Server(office, "--sheet-limit", "1", clock=True) as server:
        browser = server.browser(USER)
        equal(upload(browser, sheet(GOOD).encode() + b"\n" * (2 << 20)).status, 413, "two megabytes where one is allowed")
        first = digest(upload(browser, sheet(GOOD).encode()))
        office.spoil("update fz_setting set value = '1000 duty.csv' where name like 'import_upload/%'")
        page = browser.post(PATH, digest=first)
        equal(page.status, 200, "until the next is sent")
        second = digest(upload(browser, sheet(GOOD[:2]).encode()))
        contains(browser.post(PATH, digest=first).text, "请重新上传", "a sheet of the day before")
        contains(browser.post(PATH, digest=second).text, "错误 0 处", "a sheet of today")
        if office.file:
            folder = os.path.join(office.data, "attachments", "up")
            equal(os.listdir(folder), ["upload-" + second], "what is kept")
