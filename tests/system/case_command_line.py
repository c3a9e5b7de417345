"""The command line itself: help, exit statuses, working days."""
import os
import re

from harness import FAILED, NO, PASSWORD, USAGE, YES, Office, case, check, contains, equal, expect, fazhi, new_path, write

COMMANDS = ["init", "demo", "check", "serve", "import", "list", "act", "figure", "report", "trace", "verify-report",
            "workday", "replay", "recompute", "user", "backup", "help"]


@case("help lists every command")
def _():
    out = expect(YES, "help").out
    for name in COMMANDS:
        check(re.search(r"^\s+%s\s" % re.escape(name), out, re.M), "help does not list " + name)
    equal(expect(YES).out, out, "no command at all")
    equal(expect(YES, "--help").out, out, "--help")


@case("every command explains itself")
def _():
    for name in COMMANDS:
        result = expect(YES, name, "--help")
        contains(result.out, "用法：fazhi " + name, name)
        contains(result.out, "--data", name)
        equal(result.err, "", name + " on standard error")
        equal(expect(YES, "help", name).out, result.out, "help " + name)


@case("wrong usage: status 2 and one line on standard error")
def _():
    for arguments in (["nonsense"], ["list"], ["list", "a", "b"], ["figure", "x", "--nonsense"], ["figure", "x", "--period"],
                      ["report", "annual"], ["workday", "subtract"], ["workday", "add", "2024-01-02"],
                      ["help", "nonsense"], ["figure", "petition.registered", "--period", "2024-13"],
                      ["list", "petition", "--now", "yesterday"], ["user"]):
        result = expect(USAGE, *arguments)
        equal(result.out, "", " ".join(arguments) + " on standard output")
        equal(len(result.err.strip().splitlines()), 1, " ".join(arguments) + ": lines on standard error")


@case("a missing data folder: status 1 or 3, and init is named")
def _():
    result = fazhi("list", "petition", "--data", new_path("none"))
    check(result.status in (NO, FAILED), repr(result))
    contains(result.err, "init", "standard error")


@case("init makes an office once")
def _():
    office = Office(new_path("data"))
    out = office.run(YES, "init").out
    password = re.search(r"：(Fz-\S+)", out)
    check(password, "no password printed: " + out)
    result = office.run(NO, "init")
    contains(result.err, "已经建立过", "second init")
    contains(office.run(YES, "user", "list").out, "admin", "accounts")
    equal(os.stat(office.data).st_mode & 0o077, 0, "rights of others on the data folder")
    for name in os.listdir(office.data):
        equal(os.stat(os.path.join(office.data, name)).st_mode & 0o077, 0, "rights of others on " + name)
    office.replay()


@case("init takes the password from a file and refuses a weak one")
def _():
    weak = Office(new_path("data"))
    weak.run(USAGE, "init", "--password-file", write("password", "123456"))
    good = Office(new_path("data"))
    out = good.run(YES, "init", "--admin", "guanli", "--password-file", write("password", "Shu-Xiang-88\n")).out
    check("Shu-Xiang-88" not in out, "the password was printed")


@case("accounts: add, list, disable, password; each is an act")
def _():
    office = Office(new_path("data"))
    office.run(YES, "init")
    add = ["--person", "林小禾", "--post", "信访专干", "--roles", "petition_clerk"]
    out = office.run(YES, "user", "add", "linxiaohe", *add).out
    contains(out, "一次性密码", "new account")
    office.run(YES, "user", "add", "zhoumin", "--person", "周敏", "--roles", "petition_clerk", "--password-file", "-",
               input=PASSWORD.encode())
    contains(office.run(NO, "user", "add", "linxiaohe", *add).err, "已经有过", "a name that was used")
    office.run(USAGE, "user", "add", "wushao", "--person", "吴绍", "--roles", "nobody")
    office.run(USAGE, "user", "add", "lianghe", "--person", "梁荷", "--roles", "system_admin,petition_clerk")
    office.run(YES, "user", "disable", "linxiaohe")
    listed = {line.split()[0]: line for line in office.run(YES, "user", "list").out.splitlines()}
    equal(["已停用" in listed[name] for name in ("admin", "linxiaohe", "zhoumin")], [False, True, False], "who is disabled")
    office.run(NO, "act", "petition", "create", "--as", "linxiaohe")
    office.run(YES, "user", "password", "zhoumin")
    office.run(NO, "user", "disable", "nobody")
    office.replay()


@case("working days of the worked examples")
def _():
    examples = [("2024-02-08", 5, "2024-02-21"), ("2024-02-07", 5, "2024-02-20"), ("2024-09-25", 10, "2024-10-14"),
                ("2023-09-25", 10, "2023-10-13"), ("2024-04-30", 5, "2024-05-10"), ("2024-09-12", 20, "2024-10-16"),
                ("2024-04-02", 20, "2024-04-30"), ("2024-12-25", 7, "2025-01-06"), ("2024-03-01", 20, "2024-03-29"),
                ("2024-10-15", -7, "2024-09-30")]
    for start, days, due in examples:
        equal(expect(YES, "workday", "add", "--", start, days).out, due + "\n", "%s + %d" % (start, days))
    lines = "".join("%s,%d\n" % e[:2] for e in examples)
    equal(expect(YES, "workday", "add", input=lines.encode()).out, "".join(e[2] + "\n" for e in examples), "many lines")


@case("working days with the region's holidays, and other units")
def _():
    equal(expect(YES, "workday", "add", "2024-04-02", 20, "--calendar", "guangxi").out, "2024-05-07\n", "guangxi")
    equal(expect(YES, "workday", "add", "2024-08-05", 60, "--unit", "days").out, "2024-10-08\n", "days")
    equal(expect(YES, "workday", "add", "2023-08-31", 6, "--unit", "months").out, "2024-02-29\n", "months")
    expect(USAGE, "workday", "add", "2024-08-05", 1, "--unit", "fortnights")
    expect(USAGE, "workday", "add", "2024-08-05", 1, "--calendar", "nowhere")


@case("a year without holiday arrangement is an error, never a guess")
def _():
    for start, days in (("2026-12-25", 20), ("2017-06-01", 1), ("2018-01-05", -20)):
        result = fazhi("workday", "add", "--", start, days)
        check(result.status in (NO, USAGE, FAILED) and result.out == "", repr(result))
        contains(result.err, "放假安排", "%s + %d" % (start, days))


@case("faulty lines on standard input keep their place")
def _():
    result = expect(NO, "workday", "add", input="2024-02-30,1\n2024-04-02,20\n2024-04-02,x\n".encode())
    lines = result.out.splitlines()
    equal(len(lines), 3, "lines")
    check(lines[0].startswith("错误") and lines[2].startswith("错误"), result.out)
    equal(lines[1], "2024-04-30", "the good line")
