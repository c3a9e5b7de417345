"""The annual report of the demonstration office: its figures, the records behind each, its forms."""
import json
import os
import re
import shutil
import subprocess
import zipfile

from facts import FACTS
from harness import NO, USAGE, YES, Skip, case, check, contains, demo, equal, new_path, write


def traced(name, year=2024):
    """Distinct records that trace lists behind a figure, and the printed number of records."""
    out = demo().run(YES, "trace", "annual", year, name).out
    records, register = set(), ""
    for line in out.splitlines():
        heading = re.match(r"^(?:\S+　)?(\S+)：(\d+) 条$", line)
        if heading:
            register, left = heading[1], int(heading[2])
        elif register and line.strip():
            records.add((register, line.split()[0]))
            left -= 1
            check(left >= 0, "%s: more lines than announced in %s" % (name, register))
    printed = re.search(r"^记录：(\d+) 件$", out, re.M)
    check(printed, "trace prints no number of records: " + out[:300])
    return records, int(printed[1])


@case("every fact of the year's report follows from the registers")
def _():
    figures = demo().figures()
    wrong = []
    for name, value in FACTS:
        if name not in figures:
            wrong.append("%s is missing" % name)
        elif figures[name]["value"] != value:
            wrong.append("%s is %r, wanted %r" % (name, figures[name]["value"], value))
    check(not wrong, "; ".join(wrong))


@case("the report's JSON: year, names, labels, values that are numbers or null, counts")
def _():
    root = json.loads(demo().run(YES, "report", "annual", 2024, "--format", "json").out)
    equal(root["year"], 2024, "year")
    names = [figure["name"] for figure in root["figures"]]
    check(len(names) > 50, "only %d figures" % len(names))
    equal(len(names), len(set(names)), "names, each once")
    for figure in root["figures"]:
        check(figure["value"] is None or isinstance(figure["value"], (int, float)), "value of " + figure["name"])
        check(isinstance(figure["records"], int) and figure["records"] >= 0, "records of " + figure["name"])
        check(figure["label"], "label of " + figure["name"])


@case("behind each figure stand as many records as it says", slow=True)
def _():
    figures = demo().figures()
    check(sum(figure["records"] > 0 for figure in figures.values()) > 40, "most figures have no records")
    for name, figure in figures.items():
        records, printed = traced(name)
        equal(printed, figure["records"], name + ": trace against JSON")
        equal(len(records), figure["records"], name + ": records listed")


@case("a rate of nothing is no number and reads 不适用")
def _():
    figures = demo().figures(2019)
    rates = [figure for figure in figures.values() if figure["unit"] == "%"]
    check(rates, "no rates")
    for figure in rates:
        check(figure["value"] is None, "%s of an empty year is %r" % (figure["name"], figure["value"]))
    out = demo().run(YES, "figure", rates[0]["name"], "--period", "2019").out
    contains(out, "不适用", "the figure")


@case("a figure tells value, meaning, formula in words and citation")
def _():
    out = demo().run(YES, "figure", "leader_duty.sessions", "--period", "2024").out
    for part in ("数值：16", "口径：", "算式：", "记录：16 件"):
        contains(out, part, "figure")
    quarters = [json.loads(demo().run(YES, "figure", "leader_duty.sessions", "--period", "2024-Q%d" % q, "--format",
                                      "json").out)["value"] for q in (1, 2, 3, 4)]
    equal(sum(quarters), 16, "the four quarters")
    demo().run(USAGE, "figure", "leader_duty.nonsense")


def pdf_words(path):
    """The letters of a PDF in reading order, without its page numbers."""
    text = subprocess.run(["pdftotext", "-raw", path, "-"], stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.sub(r"\s+|—\s*\d+\s*—", "", text)


@case("the report as text, HTML, DOCX and PDF")
def _():
    office = demo()
    text = office.run(YES, "report", "annual", 2024).out
    for part in ("2024年", "一、", "二、", "三、", "16次", "98起", "95起"):
        contains(text, part, "text")
    html = office.run(YES, "report", "annual", 2024, "--format", "html").out
    check(html.lower().startswith("<!doctype html>"), html[:40])
    plain = re.sub(r"\s+", "", text)
    docx = new_path("report.docx")
    office.run(YES, "report", "annual", 2024, "--format", "docx", "-o", docx)
    with zipfile.ZipFile(docx) as file:
        body = file.read("word/document.xml").decode()
    words = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", body))
    sentences = re.findall(r"[^。]{30,60}。", plain)[:20]
    check(len(sentences) > 10, "only %d sentences" % len(sentences))
    for sentence in sentences:
        contains(re.sub(r"\s+", "", words), sentence, "DOCX")
    pdf = new_path("report.pdf")
    office.run(YES, "report", "annual", 2024, "--format", "pdf", "-o", pdf)
    read = pdf_words(pdf)
    for sentence in sentences:
        contains(read, sentence, "PDF")
    office.run(USAGE, "report", "annual", 2024, "--format", "doc")
    office.run(USAGE, "report", "monthly", 2024)


@case("LibreOffice opens the report's DOCX and reads the same letters as stand in the PDF")
def _():
    if not shutil.which("soffice"):
        raise Skip("LibreOffice is not installed")
    docx, pdf, folder = new_path("report.docx"), new_path("report.pdf"), new_path("office")
    for form, path in (("docx", docx), ("pdf", pdf)):
        demo().run(YES, "report", "annual", 2024, "--format", form, "-o", path)
    # A profile of its own: another LibreOffice of the same person would take the call and answer at once.
    subprocess.run(["soffice", "-env:UserInstallation=file://" + os.path.join(folder, "profile"), "--headless",
                    "--convert-to", "txt:Text (encoded):UTF8", "--outdir", folder, docx],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, timeout=120)
    with open(os.path.join(folder, os.path.basename(docx)[:-5] + ".txt"), encoding="utf-8-sig") as file:
        equal(re.sub(r"\s+", "", file.read()), pdf_words(pdf), "DOCX against PDF")


@case("the report's PDF keeps the page of GB/T 9704: 22 lines of 28 characters, number at the foot")
def _():
    pdf = new_path("report.pdf")
    demo().run(YES, "report", "annual", 2024, "--format", "pdf", "-o", pdf)
    info = subprocess.run(["pdfinfo", pdf], stdout=subprocess.PIPE, check=True).stdout.decode()
    size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", info)
    mm = 25.4 / 72
    for points, wanted in ((size[1], 210), (size[2], 297)):
        check(abs(float(points) * mm - wanted) < 0.5, "page size " + size[0])
    out = subprocess.run(["pdftotext", "-bbox-layout", "-f", "2", "-l", "2", pdf, "-"], stdout=subprocess.PIPE,
                         check=True).stdout.decode()
    lines = [tuple(float(x) * mm for x in found) for found in
             re.findall(r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', out)]
    body = sorted(line for line in lines if line[1] < 297 - 35)
    check(len(body) >= 20, "only %d lines on page 2" % len(body))
    tops = sorted({round(line[1], 1) for line in body})
    steps = [b - a for a, b in zip(tops, tops[1:]) if b - a > 3]
    pitch = sorted(steps)[len(steps) // 2]
    check(abs(pitch - 225 / 22) < 0.5, "line pitch %.2f mm, wanted %.2f" % (pitch, 225 / 22))
    left, right = min(line[0] for line in body), max(line[2] for line in body)
    check(abs(left - 28) < 1.0, "left edge at %.2f mm" % left)
    check(abs(right - (28 + 156)) < 6.0, "right edge at %.2f mm" % right)


def ink(pdf, page):
    """Where a page printed at ten points a millimetre is dark: for each row its first and last dark column."""
    out = subprocess.run(["pdftoppm", "-f", str(page), "-l", str(page), "-r", "254", "-gray", pdf],
                         stdout=subprocess.PIPE, check=True).stdout
    _, size, _, pixels = out.split(b"\n", 3)
    width, height = (int(part) for part in size.split())
    rows = {}
    for y in range(height):
        dark = re.search(rb"[\0-\x7f](?:.*[\0-\x7f])?", pixels[y * width:(y + 1) * width], re.S)
        if dark:
            rows[y / 10] = (dark.start() / 10, (dark.end() - 1) / 10)
    return rows


@case("printed, the report keeps its type area, and its page number stands 7 mm below, one character in")
def _():
    pdf = new_path("report.pdf")
    demo().run(YES, "report", "annual", 2024, "--format", "pdf", "-o", pdf)
    for page in (2, 3):
        rows = ink(pdf, page)
        body = {y: x for y, x in rows.items() if y <= 264}
        edges = (min(body), max(body), min(x[0] for x in body.values()), max(x[1] for x in body.values()))
        # The first letters and the last ones do not fill their squares.
        for got, wanted, inside in zip(edges, (37, 262, 28, 184), (1, -1, 1, -1)):
            check(-0.5 <= (got - wanted) * inside <= 1.5, "page %d: ink at %s, not at the area's edge" % (page, edges))
        foot = {y: x for y, x in rows.items() if y > 264}
        widest = max(foot, key=lambda y: foot[y][1] - foot[y][0])  # the row of the two dashes
        check(abs(widest - 269) <= 0.5, "page %d: the number's dashes at %.1f mm" % (page, widest))
        side = foot[widest][0] - 28 if page % 2 == 0 else 184 - foot[widest][1]
        check(abs(side - 4.94) <= 0.5, "page %d: the number is %.2f mm in" % (page, side))


@case("a report that was fixed shows what has changed since", slow=True)
def _():
    office = demo().copy()
    office.run(NO, "report", "annual", 2024, "--changes")
    office.run(NO, "report", "annual", 2024, "--fix", "--as", "weishengli")
    office.run(YES, "report", "annual", 2024, "--fix", "--as", "tanjingwen")
    contains(office.run(YES, "report", "annual", 2024, "--changes").out, "有 0 个数字变了", "at once")
    record = office.list("leader_duty", "duty_type = deploy and matter_type = rule_of_law and duty_on in 2024")[0]["number"]
    office.act(YES, record, "void", "luoshiqi", reason="重复登记")
    out = office.run(YES, "report", "annual", 2024, "--changes").out
    contains(out, "16 → 15", "after voiding one")
    office.replay()


@case("a list of the report that is too long tells how many it leaves out")
def _():
    office = demo().copy()
    header = "名称,办理方式,制度类别,起草单位,依据和理由,起草日期,征求意见日期,征求意见情况,审定日期,审定会议,主要内容,印发日期,文号,施行日期,阶段,来源平台,来源编号"
    row = "成批制度{n},修订,财务管理,财政所,规范,2023-03-18,2023-03-22,采纳,2023-04-18,,内容,2023-04-29,跃办发〔2023〕{n}号,2023-04-29,现行有效,成批,CP{n}"
    sheet = write("many.csv", "\n".join([header] + [row.format(n=n) for n in range(1007)]) + "\n")
    office.run(YES, "import", "institution_doc", sheet, "--as", "tanjingwen")
    text = office.run(YES, "report", "annual", 2023).out
    contains(text, "另有7件不逐一列出，见“制度文件”台账", "what is left out")
    equal(text.count("《成批制度"), 1000, "what is named")
