"""The public calculator: the last day, the days on the way, the region's calendar, and years that nobody knows."""
import re

from harness import Server, case, check, contains, demo, equal


def due(page):
    return re.search(r'<p class="due">(\d{4}-\d\d-\d\d)', page.text)[1]


@case("the calculator counts without sign-in, and its address is the question")
def _():
    with Server(demo().copy(), clock=True) as server:
        visitor = server.browser()
        page = visitor.get("/calculator?start=2024-09-27&n=15&unit=workdays")
        equal(page.status, 200, "status")
        equal(due(page), "2024-10-23", "15 working days over the National Day")
        for part in ("国庆", "调休", "国办发明电"):
            contains(page.text, part, "the days on the way")
        page = visitor.get("/calculator?start=2024-12-20&n=15&unit=days")
        equal(due(page), "2025-01-06", "the last day moved from a Saturday")
        contains(page.text, "按日计算为2025-01-04", "the day before it was moved")
        equal(due(visitor.get("/calculator?start=2024-12-20&n=15&unit=days&roll=none")), "2025-01-04", "not moved")
        equal(due(visitor.get("/calculator?start=2024-01-31&n=1&unit=months")), "2024-02-29", "a month's last day")


@case("the calculator counts with a region's own days on demand")
def _():
    with Server(demo().copy(), clock=True) as server:
        visitor = server.browser()
        address = "/calculator?start=2025-03-24&n=5&unit=workdays"
        equal(due(visitor.get(address)), "2025-03-31", "the whole country")
        page = visitor.get(address + "&calendar=guangxi")
        equal(due(page), "2025-04-02", "with the region's days")
        contains(page.text, "壮族三月三", "their name")
        equal(due(visitor.get(address + "&calendar=nowhere")), "2025-03-31", "an unknown region")


@case("the calculator refuses years without an arrangement and nonsense, and shows no endless strip")
def _():
    with Server(demo().copy(), clock=True) as server:
        visitor = server.browser()
        page = visitor.get("/calculator?start=2026-12-28&n=15&unit=workdays")
        contains(page.text, "2027年的放假安排尚未录入", "an unknown year")
        check('class="due"' not in page.text, "a guess")
        contains(visitor.get("/calculator?start=2024-01-01&n=0").text, "数量要写", "no number")
        contains(visitor.get("/calculator?start=2024-13-01&n=1").text, "请填写起算日期", "no date")
        page = visitor.get("/calculator?start=2018-01-02&n=3000&unit=days")
        contains(page.text, "不逐日列出", "years of days")
        check(len(page.text) < 200000, "a page of %d characters" % len(page.text))
