"""Checking a written report against the registers, and against itself."""
import json
import os
import re

from harness import NO, ROOT, SHARED, YES, Skip, case, check, contains, demo, equal, expect, fazhi, write

SEED = os.path.join(SHARED, "seed", "annual-report-2024.txt")
VARIATION = os.path.join(ROOT, "tests", "data", "annual-report-variation.txt")

# Every number that states a fact of the year: where it stands, and a wrong one.
SEED_NUMBERS = [
    ("谋划部署法治工作16次", "16", "17"), ("满意度测评100%", "100", "98"), ("截至目前共审核34项", "34", "43"),
    ("截至目前共审核26项", "26", "27"), ("政府信息共5条", "5", "6"), ("公文类政府信息0篇", "0", "1"),
    ("主动公开率100%", "100", "99"), ("法治宣传16场次", "16", "18"), ("宣传品2100余份", "2100", "2300"),
    ("受众面达3200余人次", "3200", "2900"), ("深入调研7个居委会", "7", "8"), ("6个业委会年度", "6", "5"),
    ("等2个小区业委会换届", "2", "3"), ("完成31个物业管理委员会", "31", "13"), ("纠纷案件98起", "98", "99"),
    ("调解成功95起", "95", "94"), ("成功化解120起", "120", "121"), ("信访件共计12件", "12", "13"),
    ("办理并答复12件", "12", "11"), ("及时受理率100%", "100", "90"), ("按期答复率100%", "100", "96"),
    ("群众满意率100%", "100", "95"), ("群众参评率100%", "100", "97"), ("从习近平法治思想、宏观引领、基础法律法规、底线警示四个类别", "四", "五"),
]


# The same year in the words of another hand.
VARIATION_NUMBERS = [
    ("部署法治建设工作十六次", "十六", "十五"), ("满意度为100％", "100", "99"), ("分为四个类别", "四", "三"),
    ("公职律师全年审核34项", "34", "35"), ("法制审核26件", "26", "25"), ("政府信息5条", "5", "6"), ("公文类信息0篇", "0", "2"),
    ("开展法治宣传活动16场", "16", "61"), ("宣传品2100份", "2100", "1200"), ("受众3200人次", "3200", "2300"),
    ("居委会7个", "7", "8"), ("物业管理委员会31个", "31", "32"), ("受理民间纠纷98件", "98", "96"),
    ("成功调解95起", "95", "94"), ("就地化解120起", "120", "102"), ("登记信访事项12件", "12", "14"), ("按期办结12件", "12", "11"),
    ("按期答复率100%", "100", "92"), ("及时受理率为100%", "100", "93"), ("群众满意率达100%", "100", "94"), ("参评率100%", "100", "91"),
]


def verify(path, status=YES):
    return json.loads(demo().run(status, "verify-report", path, "--year", 2024, "--format", "json").out)


def read(path):
    if not os.path.exists(path):
        raise Skip("no " + os.path.relpath(path, ROOT))
    with open(path, encoding="utf-8") as file:
        return file.read()


def contradicted(root):
    return [item for item in root["items"] if item["verdict"] == "contradicts"]


def agrees_throughout(path):
    root = verify(path)
    equal(contradicted(root), [], "contradictions")
    equal([item["phrase"] for item in root["items"] if item["verdict"] == "no_figure"], [], "statements without figure")
    equal([f for f in root["arithmetic"] if f["contradicts"]], [], "arithmetic")
    return root


def each_change_is_noticed(text, numbers):
    wrong = []
    check(len(numbers) > 10, "only %d numbers" % len(numbers))
    for place, old, new in numbers:
        check(text.count(place) == 1, "%r stands %d times in the text" % (place, text.count(place)))
        changed = text.replace(place, place.replace(old, new, 1))
        root = verify(write("changed.txt", changed), NO)
        items = contradicted(root)
        if len(items) != 1 or new not in items[0]["phrase"]:
            wrong.append("%s → %s: %s" % (place, new, [item["phrase"] for item in items]))
    check(not wrong, "\n".join(wrong))


@case("the seed's report agrees throughout")
def _():
    text = read(SEED)
    root = agrees_throughout(SEED)
    agreed = [item for item in root["items"] if item["verdict"] == "agrees"]
    check(len(agreed) >= len(SEED_NUMBERS), "only %d statements agree" % len(agreed))
    check(len(text) > 3000, "the text is short")


@case("the report that the office writes itself agrees with its registers, every number known")
def _():
    text = demo().run(YES, "report", "annual", 2024).out
    out = verify(write("own.txt", text))
    for item in out["items"]:
        check(item["verdict"] == "agrees", item)
    check(len(out["items"]) > 50, "too few numbers were found: %d" % len(out["items"]))


@case("each single number changed in the seed's report is the one reported", slow=True)
def _():
    each_change_is_noticed(read(SEED), SEED_NUMBERS)


@case("a report in other words agrees, and its goals for the next year are no facts")
def _():
    root = agrees_throughout(VARIATION)
    agreed = [item for item in root["items"] if item["verdict"] == "agrees"]
    check(len(agreed) >= len(VARIATION_NUMBERS) + 5, "only %d statements agree" % len(agreed))


@case("what is planned, and what was in another year, is no fact; a noun that sounds like it is one")
def _():
    for sentence in ("2025年，街道将开展法治宣传活动20场。", "下一年开展法治宣传活动20场。", "2023年开展法治宣传活动20场。",
                     "2024年开展活动后，街道拟开展法治宣传活动20场。", "三、下一步工作打算\n开展法治宣传活动20场。"):
        items = [item for item in verify(write("plan.txt", sentence))["items"] if "20" in item["stated"]]
        check(len(items) == 1 and items[0]["verdict"] == "goal", "%s: %s" % (sentence, items))
    for sentence in ("2024年，按照普法工作计划，全年开展法治宣传活动20场。", "自2021年以来重视普法，开展法治宣传活动20场。",
                     "街道将普法列入重点，开展法治宣传活动20场。"):
        items = contradicted(verify(write("fact.txt", sentence), NO))
        check(len(items) == 1, "%s: %s" % (sentence, items))


@case("a phrase ends with a whole number")
def _():
    root = verify(write("phrase.txt", "全年开展法治宣传活动16场发放宣传品累计2100份。"))
    check(all("210" not in item["phrase"] or "2100份" in item["phrase"] for item in root["items"]), root["items"])


@case("each single number changed in other words is the one reported", slow=True)
def _():
    each_change_is_noticed(read(VARIATION), VARIATION_NUMBERS)


@case("zero statements of the seed's report are facts too")
def _():
    text = read(SEED)
    root = verify(SEED)
    zeros = [item["figure"] for item in root["items"] if item["verdict"] == "agrees" and item["value"].startswith("0")]
    for register in ("reconsideration", "litigation"):
        check(any(figure.startswith(register) for figure in zeros), "%s not among %s" % (register, zeros))
    changed = text.replace("今年街道无行政诉讼案件及行政复议案件", "今年街道行政诉讼案件1件,行政复议案件2件")
    check(changed != text, "the sentence was not found")
    check(len(contradicted(verify(write("changed.txt", changed), NO))) >= 1, "lawsuits that never were")


@case("arithmetic inside a text needs no data")
def _():
    good = os.path.join(ROOT, "tests", "data", "written-report.txt")
    bad = os.path.join(ROOT, "tests", "data", "written-report-wrong.txt")
    contains(expect(YES, "verify-report", good).out, "矛盾 0 处", "a sound text")
    result = expect(NO, "verify-report", bad)
    found = re.search(r"矛盾 (\d+) 处", result.out)
    check(found and int(found[1]) >= 6, result.out)
    for part in ("95", "41件", "102%", "三个|3|三|2个"):
        check(re.search(part, result.out), "%s not in %s" % (part, result.out))


@case("a text in another encoding, an empty one, a missing one")
def _():
    good = os.path.join(ROOT, "tests", "data", "written-report.txt")
    with open(good, encoding="utf-8") as file:
        text = file.read()
    for content in (b"\xef\xbb\xbf" + text.encode(), text.replace("\n", "\r\n").encode()):
        expect(YES, "verify-report", write("report.txt", content))
    expect(YES, "verify-report", write("empty.txt", b""))
    check(fazhi("verify-report", "/nonexistent/report.txt").status in (1, 2, 3), "a missing file")
