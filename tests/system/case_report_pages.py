"""Pages of figures and reports: months, periods, fixed versions, and a written report with its marks."""
import html
import re

from harness import Server, case, check, contains, demo, equal

CLERK, SECRETARY, ADMIN, AUDITOR = "tanjingwen", "fangzhiming", "luqihang", "pangyajing"


@case("figures and reports open only to who has business in the office")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        for name, status in ((SECRETARY, 200), (ADMIN, 403), (AUDITOR, 403)):
            browser = server.browser(name)
            for path in ("/figures", "/figures/mediation.accepted", "/reports", "/reports/annual/2024", "/reports/check",
                         "/reports/annual/2024/file?format=text"):
                equal(browser.get(path).status, status, "%s opening %s" % (name, path))


@case("a figure's page shows the months of a year, and nothing for months to come")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        page = server.browser(CLERK).get("/figures/mediation.accepted?period=2024")
        contains(page.text, '<svg class="chart" role="img"', "the chart")
        months = re.findall(r'data-label="\d+月"[^>]*>(?:<a [^>]*>)?(\d+)<', page.text)
        equal(len(months), 12, "months")
        equal(sum(map(int, months)), 98, "their sum")
        now = server.browser(CLERK).get("/figures/mediation.accepted?period=2026").text
        december = re.search(r'data-label="12月"[^>]*>([^<]*)<', now)
        equal(december[1], "—", "a month that has not begun")
        quarter = server.browser(CLERK).get("/figures/mediation.accepted?period=2024-Q1").text
        check("<svg class=\"chart\"" not in quarter, "months of a quarter")


@case("the parts of a rate are paged each for itself")
def _():
    office = demo().copy()
    rates = [f["name"] for f in office.figures(2024).values() if f["unit"] == "%" and f["records"] > 50]
    with Server(office, clock=True) as server:
        browser = server.browser(CLERK)
        part = lambda page, n: re.search(r'<section id="set%d".*?</section>' % n, page.text, re.S)[0]
        pages = {name: browser.get("/figures/%s?period=2024" % name) for name in rates}
        follow = lambda text, rel: html.unescape(re.search(r'rel="%s" href="([^"]+)"' % rel, text)[1]).split("#")[0]
        name = next(name for name in rates if 'rel="next"' in part(pages[name], 1) and '<section id="set2"' in pages[name].text)
        rows = lambda text: re.findall(r'href="(/r/[a-z_]+/\d+)"', text)
        first = part(pages[name], 1)
        second = browser.get(follow(first, "next"))
        check(rows(part(second, 1)) and not set(rows(first)) & set(rows(part(second, 1))), "the second page of the first part")
        check('<section id="set2"' not in second.text, "the other part has not been asked for")
        contains(second.text, "/figures/%s?period=2024\"" % name, "the way back to the figure")
        equal(rows(part(browser.get(follow(part(second, 1), "prev")), 1)), rows(first), "back to the first page")
        equal(browser.get("/figures/%s?period=2024&set1=-1&set2=99999999999" % name).status, 400, "nonsense")


@case("a report of any period opens from the field for it")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = server.browser(CLERK)
        page = browser.get("/reports?name=annual&period=2024-H1")
        equal(page.url.split("?")[0].rsplit("/", 2)[1:], ["annual", "2024-H1"], "the address")
        equal(page.status, 200, "the half-year's report")
        page = browser.get("/reports?name=annual&period=next")
        equal(page.status, 400, "a period that is none")
        contains(page.text, "统计期要写成", "what a period looks like")


@case("a fixed report keeps its text and tells what has changed since")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = server.browser(CLERK)
        browser.get("/reports/annual/2026/fix")
        page = browser.post("/reports/annual/2026/fix")
        href = re.search(r'href="(/reports/annual/2026/fixed/\d+)"', page.text)
        check(href, "no link to the fixed report")
        page = browser.get(href[1])
        contains(page.text, "定稿以后没有数字变动", "just fixed")
        contains(page.text, "第 %d 条办理记录" % int(re.search(r"第 (\d+) 条", page.text)[1]), "the position")
        office.made("leader_duty", "create", CLERK, duty_on="2026-11-20", leader_post="secretary", leader="方志明",
                    duty_type="deploy", matter_type="other", activity="专题会", subject="定稿以后的部署", result="照此办理",
                    evidence="会议通知")
        page = browser.get(href[1])
        contains(page.text, "→", "a change")
        check("定稿以后没有数字变动" not in page.text, "the change is not told")
        contains(page.text, "1 次办理", "the register that was worked on")
        check("定稿以后的部署" not in page.text, "the fixed text changed")
        equal(browser.get("/reports/annual/2026/fixed/999999").status, 404, "no such version")
        equal(browser.get("/reports/annual/2025" + href[1][len("/reports/annual/2026"):]).status, 404, "another year's")


@case("a written report is shown with each number marked, and a changed number stands out")
def _():
    office = demo().copy()
    with Server(office, clock=True) as server:
        browser = server.browser(CLERK)
        text = browser.get("/reports/annual/2024/file?format=text").text
        browser.get("/reports/check")
        page = browser.post("/reports/check", year="2024", text=text)
        marks = re.search(r'<div class="checked-text".*?</div>', page.text, re.S)[0]
        check('class="agrees"' in marks and 'class="contradicts"' not in marks, "marks of the office's own report")
        shown = re.sub(r"<[^>]*>", "", marks)
        equal(shown.replace("\r", "").strip(), text.replace("\r", "").strip(), "the text between the marks")
        page = browser.post("/reports/check", year="2024", text=text.replace("98起", "89起"))
        marks = re.search(r'<div class="checked-text".*?</div>', page.text, re.S)[0]
        contains(re.search(r'<mark class="contradicts">(.*?)</mark>', marks)[1], "89", "the changed number")
        number = re.search(r'href="(#item-\d+)"[^>]*><mark class="contradicts">', marks)[1]
        contains(page.text, 'id="%s"' % number[1:], "its row")
