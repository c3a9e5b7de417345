"""The import from outside: encodings, workbooks, dry runs, faulty cells, repeats."""
import csv
import io
import os
import subprocess
import zipfile
from xml.sax.saxutils import escape

from harness import FAILED, FAZHI, NO, USAGE, YES, Server, case, check, contains, demo, equal, fazhi, new_path, write

HEADER = ["日期", "职务", "姓名", "四个亲自", "事项类型", "形式", "主题", "议定事项", "佐证材料", "来源平台", "来源编号"]
GOOD = [
    ["2026-10-12", "党工委书记", "方志明", "亲自部署", "法治工作部署", "专题会", "部署年末法治督察迎检", "分三组自查", "会议通知", "履职台账", "T-1"],
    ["2026/10/13", "办事处主任", "梅玉蓉", "亲自过问", "信访", "接访", "过问车库渗水，“限期”整改", "十日内答复，\n并回访", "接访记录", "履职台账", "T-2"],
    ["2026年10月14日", "secretary", "方志明", "supervise", "other", "survey", "督办无障碍坡道", "月底完工", "督办单", "履职台账", "T-3"],
]
REGISTER, USER = "leader_duty", "lisilin"


def sheet(rows, header=HEADER):
    out = io.StringIO()
    csv.writer(out).writerows([header] + rows)
    return out.getvalue()


def xlsx(rows):
    """The smallest workbook that spreadsheet programs open: one sheet, inline strings."""
    cells = "".join("<row r='%d'>%s</row>" % (r, "".join(
        "<c r='%s%d' t='inlineStr'><is><t xml:space='preserve'>%s</t></is></c>" % (chr(65 + c), r, escape(text))
        for c, text in enumerate(row))) for r, row in enumerate(rows, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    parts = {
        "[Content_Types].xml": "<Types xmlns='%scontent-types'><Default Extension='rels' ContentType='application/vnd."
        "openxmlformats-package.relationships+xml'/><Override PartName='/xl/workbook.xml' ContentType='application/vnd."
        "openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/><Override PartName='/xl/worksheets/sheet1.xml' "
        "ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml'/></Types>" % package,
        "_rels/.rels": "<Relationships xmlns='%srelationships'><Relationship Id='r1' Type='%s/officeDocument' "
        "Target='xl/workbook.xml'/></Relationships>" % (package, rel),
        "xl/workbook.xml": "<workbook xmlns='%s' xmlns:r='%s'><sheets><sheet name='台账' sheetId='1' r:id='r1'/></sheets>"
        "</workbook>" % (main, rel),
        "xl/_rels/workbook.xml.rels": "<Relationships xmlns='%srelationships'><Relationship Id='r1' Type='%s/worksheet' "
        "Target='worksheets/sheet1.xml'/></Relationships>" % (package, rel),
        "xl/worksheets/sheet1.xml": "<worksheet xmlns='%s'><sheetData>%s</sheetData></worksheet>" % (main, cells),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, "<?xml version='1.0' encoding='UTF-8'?>" + text)
    return out.getvalue()


def count(office):
    return len(office.list(REGISTER))


def load(office, status, path, *more):
    return office.run(status, "import", REGISTER, path, "--as", USER, *more)


def loads_three(content, name="duty.csv"):
    office = demo().copy()
    before = count(office)
    result = load(office, YES, write(name, content))
    contains(result.out, "新增 3 件", "report")
    equal(count(office), before + 3, "records")
    rows = office.list(REGISTER, "source_number starts with 'T-'")
    by_number = {row["source_number"]: row for row in rows}
    equal(by_number["T-2"]["duty_on"], "2026-10-13", "date with slashes")
    equal(by_number["T-3"]["duty_on"], "2026-10-14", "Chinese date")
    equal(by_number["T-3"]["duty_type"], "亲自督办", "code by key")
    contains(by_number["T-2"]["subject"], "“限期”整改", "text")
    equal(by_number["T-2"]["result"], "十日内答复，\n并回访", "text of two lines")
    office.replay()


@case("import: UTF-8, with and without BOM")
def _():
    loads_three(sheet(GOOD).encode())
    loads_three(b"\xef\xbb\xbf" + sheet(GOOD).encode())


@case("import: GB 18030")
def _():
    loads_three(sheet(GOOD).encode("gb18030"))


@case("import: a workbook")
def _():
    loads_three(xlsx([HEADER] + GOOD), "duty.xlsx")


@case("import: header by field names, columns in another order")
def _():
    names = ["duty_on", "leader_post", "leader", "duty_type", "matter_type", "activity", "subject", "result", "evidence",
             "source_platform", "source_number"]
    order = [6, 0, 10, 9, 8, 7, 1, 2, 3, 4, 5]
    loads_three(sheet([[row[i] for i in order] for row in GOOD], [names[i] for i in order]).encode())


@case("import: a dry run tells what would happen and writes nothing")
def _():
    office = demo().copy()
    before = count(office)
    result = load(office, YES, write("duty.csv", sheet(GOOD)), "--dry-run")
    contains(result.out, "试导入", "report")
    contains(result.out, "新增 3 件", "report")
    equal(count(office), before, "records")
    load(office, YES, write("duty.csv", sheet(GOOD)))
    equal(count(office), before + 3, "records after the real one")


@case("import: every faulty cell with row, column, value and reason; nothing enters")
def _():
    office = demo().copy()
    before = count(office)
    bad = [list(GOOD[0]), list(GOOD[1]), list(GOOD[2])]
    bad[0][0] = "2026-02-30"
    bad[1][1] = "党工委委员"
    bad[1][3] = ""
    for more in ([], ["--dry-run"]):
        result = load(office, NO, write("bad.csv", sheet(bad)), *more)
        equal(count(office), before, "records")
        contains(result.err, "第2行 日期「2026-02-30」", "the date")
        contains(result.err, "第3行 职务「党工委委员」", "the code")
        contains(result.err, "四个亲自", "the empty cell")
        check("第5行" not in result.err and "第4行" not in result.err, "good rows blamed: " + result.err)


@case("import: the faulty rows come back with their reasons")
def _():
    office = demo().copy()
    bad = [list(GOOD[0]), list(GOOD[1]), list(GOOD[2])]
    bad[1][1] = "党工委委员"
    faulty = new_path("faulty.csv")
    load(office, NO, write("bad.csv", sheet(bad)), "--faulty", faulty)
    with open(faulty, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    equal(rows[0], HEADER + ["原因"], "header")
    equal(len(rows), 2, "rows")
    equal(rows[1][:len(HEADER)], bad[1], "the row as it was")
    contains(rows[1][-1], "职务", "the reason")


@case("import: a workbook's faulty rows come back")
def _():
    office = demo().copy()
    bad = [list(GOOD[0]), list(GOOD[1])]
    bad[0][5] = "视频"
    faulty = new_path("faulty.csv")
    result = load(office, NO, write("bad.xlsx", xlsx([HEADER] + bad)), "--faulty", faulty)
    contains(result.err, "第2行 形式「视频」", "the cell")
    check(os.path.getsize(faulty) > 0, "no faulty rows")


@case("import: the same file, and the same rows in another file, are recognised")
def _():
    office = demo().copy()
    before = count(office)
    path = write("duty.csv", sheet(GOOD))
    load(office, YES, path)
    contains(load(office, YES, path).out, "已经导入过", "the same file")
    contains(load(office, YES, path, "--again").out, "新增 0 件", "the same file, --again")
    fourth = GOOD[:2] + [["2026-10-20"] + GOOD[0][1:10] + ["T-4"]]
    fourth[2][6] = "部署宪法宣传周"
    contains(load(office, YES, write("more.csv", sheet(fourth))).out, "新增 1 件", "one new row")
    equal(count(office), before + 4, "records")


@case("import: an unknown column is told, and --map is remembered")
def _():
    office = demo().copy()
    header = ["办理日期" if name == "日期" else name for name in HEADER]
    result = load(office, NO, write("odd.csv", sheet(GOOD, header)))
    contains(result.err, "办理日期", "the unknown column")
    load(office, YES, write("odd.csv", sheet(GOOD, header)), "--map", "办理日期=duty_on")
    later = [list(GOOD[0])]
    later[0][10] = "T-9"
    contains(load(office, YES, write("later.csv", sheet(later, header))).out, "新增 1 件", "the second import in one step")


@case("import: files that are no tables")
def _():
    office = demo().copy()
    for name, content in (("empty.csv", b""), ("noise.csv", bytes(range(256)) * 20),
                          ("noise.xlsx", b"PK\x03\x04" + b"\0" * 100), ("utf16.csv", sheet(GOOD).encode("utf-16")[:51]),
                          ("cut.xlsx", xlsx([HEADER] + GOOD)[:-200])):
        before = count(office)
        got = fazhi("import", REGISTER, write(name, content), "--as", USER, *office.options())
        check(got.status in (NO, USAGE, FAILED) and got.err, "%s: %r" % (name, got))
        equal(count(office), before, name)


@case("import: who may not import is told so")
def _():
    office = demo().copy()
    path = write("duty.csv", sheet(GOOD))
    for user in ("weishengli", "luqihang", "pangyajing"):
        office.run(NO, "import", REGISTER, path, "--as", user)
    office.run(NO, "import", REGISTER, path, "--as", "nobody")
    office.run(USAGE, "import", REGISTER, path)


def large_sheet(count):
    return write("large.csv", sheet([GOOD[0][:-1] + ["G-%d" % n] for n in range(count)]))


@case("a large import has the database alone where nobody else has it open, and tells how far it is, to the last word")
def _():
    office = demo().copy()
    before = len(office.list(REGISTER))
    told = office.run(YES, "import", REGISTER, large_sheet(5200), "--as", USER).err
    contains(told, "正在导入：5200 / 5200 行", "the rows")
    contains(told, "正在建立全文索引：5200 / 5200 件", "the text index")
    equal(len(office.list(REGISTER)), before + 5200, "records")
    office.replay()
    if office.file:
        equal(office.rows("pragma journal_mode")[0]["journal_mode"], "wal", "how the database is written afterwards")


@case("a large import that is killed in the middle leaves nothing, and the office opens as before", slow=True)
def _():
    office = demo().copy()
    before = office.list(REGISTER)
    process = subprocess.Popen([FAZHI, "import", REGISTER, large_sheet(12000), "--as", USER] + office.options(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = b""
    while "：8000 /".encode() not in told:
        part = process.stderr.read1(4096)
        check(part, "the import ended: %s" % told[-300:])
        told += part
    process.kill()
    process.wait()
    equal(office.list(REGISTER), before, "records")
    office.replay()
    office.run(YES, "import", REGISTER, large_sheet(5200), "--as", USER)
    equal(len(office.list(REGISTER)), len(before) + 5200, "records after the next import")


@case("a large import beside a server keeps nobody from reading")
def _():
    office = demo().copy()
    with Server(office) as server:
        browser = server.browser("lisilin")
        process = subprocess.Popen([FAZHI, "import", REGISTER, large_sheet(6000), "--as", USER] + office.options(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pages = 0
        while process.poll() is None:
            equal(browser.get("/r/" + REGISTER).status, 200, "a list meanwhile")
            pages += 1
        equal(process.returncode, YES, "the import")
        check(pages > 3, "only %d pages were asked for" % pages)
