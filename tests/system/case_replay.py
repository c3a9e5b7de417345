"""What the chain of acts notices, and what a backup brings back."""
import os
import shutil
import sqlite3
import subprocess
import threading
import time

from harness import FAZHI, NO, USAGE, YES, Office, Skip, case, check, contains, demo, equal, new_path, url_of


FIRST_DEADLINE = "(select register, record, name from fz_deadline order by register, record, name limit 1)"


def noticed(*statements):
    office = demo().copy()
    office.spoil(*statements)
    out = office.replay(NO).out
    contains(out, "不一致", "the replay after " + statements[0])
    return out


@case("replay: the demonstration office is whole")
def _():
    out = demo().replay().out
    contains(out, "一致：全部记录都能由办理记录重建", "replay")


@case("replay notices a changed row, and names record and field")
def _():
    out = noticed("update leader_duty set subject = '改过的主题' where id = (select min(id) from leader_duty)")
    contains(out, "「主题」与办理记录不一致", "the field")


@case("replay notices an added and a deleted row, another stage, a moved deadline")
def _():
    noticed("delete from task where id = (select min(id) from task)")
    noticed("update decision set stage = 'proposed' where id = (select min(id) from decision)")
    noticed("update fz_deadline set legal_on = '2030-01-01' where (register, record, name) in " + FIRST_DEADLINE)
    noticed("delete from fz_deadline where (register, record, name) in " + FIRST_DEADLINE)


@case("replay notices a changed, a deleted and a swapped act")
def _():
    contains(noticed("update fz_act set actor = 'somebody' where seq = 100"), "哈希链在第 100 条断开", "a changed act")
    contains(noticed("delete from fz_act where seq = 150"), "哈希链在第 151 条断开", "a deleted act")
    out = noticed("update fz_act set seq = -1 where seq = 120", "update fz_act set seq = 120 where seq = 121",
                  "update fz_act set seq = 121 where seq = -1")
    contains(out, "哈希链在第 120 条断开", "two swapped acts")
    noticed("delete from fz_act where seq = (select max(seq) from fz_act)")


@case("a refused act changes nothing")
def _():
    office = demo().copy()
    before = office.replay().out
    office.act(NO, "leader_duty", "create", "weishengli", duty_on="2026-11-20")
    office.act(USAGE, "leader_duty", "create", "luoshiqi", duty_on="2026-13-20", leader_post="secretary")
    office.act(USAGE, "leader_duty", "create", "luoshiqi", nonsense="1")
    equal(office.replay().out, before, "the log")


@case("backup: whole while acts go on, and works as a data folder", slow=True)
def _():
    office = demo().copy()
    made = []

    def work(number):
        for i in range(15):
            name = "备份时登记%d-%d" % (number, i)
            office.act(YES, "leader_duty", "create", "luoshiqi", duty_on="2026-11-20", leader_post="secretary",
                       leader="方志明", duty_type="deploy", matter_type="rule_of_law", activity="special_meeting",
                       subject=name, result="议定", evidence="纪要")
            made.append(name)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for worker in workers:
        worker.start()
    copies = []
    while any(worker.is_alive() for worker in workers):
        known = list(made)
        to = new_path("backup")
        office.run(YES, "backup", to)
        copies.append((Office(to, file=True), known))
        time.sleep(0.1)
    for worker in workers:
        worker.join()
    equal(len(made), 30, "acts beside the backups")
    check(len(copies) >= 2, "no backup was made while acts went on")
    for copy, known in copies:
        copy.replay()
        subjects = {row["subject"] for row in copy.list("leader_duty", "subject starts with '备份时登记'")}
        check(subjects.issuperset(known), "acknowledged before the backup but not in it")
    restored = copies[-1][0]
    restored.act(YES, "leader_duty", "create", "luoshiqi", duty_on="2026-11-20", leader_post="secretary", leader="方志明",
                 duty_type="deploy", matter_type="rule_of_law", activity="special_meeting", subject="恢复以后",
                 result="议定", evidence="纪要")
    restored.replay()
    equal(restored.figures()["leader_duty.sessions"], demo().figures()["leader_duty.sessions"], "a figure after restoring")


@case("backup never writes over anything")
def _():
    office = demo()
    existing = new_path("there")
    os.mkdir(existing)
    done = subprocess.run([FAZHI, "backup", existing] + office.options(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode in (1, 2, 3), "status %d" % done.returncode)
    equal(os.listdir(existing), [], "the folder")


@case("without its key the office does not open")
def _():
    office = demo().copy()
    os.unlink(os.path.join(office.data, "key"))
    done = subprocess.run([FAZHI, "list", "leader_duty"] + office.options(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode in (1, 3) and done.stderr, "status %d" % done.returncode)
    shutil.copy(os.path.join(demo().data, "key"), os.path.join(office.data, "key"))
    office.run(YES, "list", "leader_duty")


def everything_in(office):
    if not office.file:
        return subprocess.run(["pg_dump", "-d", url_of(office.name())], check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE).stdout
    with open(office.database(), "rb") as file:
        return file.read()


@case("citizens' names are not readable in the database")
def _():
    content = everything_in(demo())
    check(b"leader_duty" in content, "no tables")
    for secret in ("999999196101100000", "10020340011"):
        check(secret.encode() not in content, secret + " is readable")


@case("a folder of an older program gets the indexes, counts and text index of this one, and loses its own")
def _():
    office = demo().copy()
    if not office.file:
        raise Skip("about folders of before there was another database")
    base = sqlite3.connect(office.database())
    names = lambda like: [row[0] for row in base.execute("select name from sqlite_master where name like ?", (like,))]
    counts = lambda: base.execute("select register, stage, records from fz_count where records <> 0 order by 1, 2").fetchall()
    wanted, kept = sorted(names("fz_i_%")), counts()
    check(len(wanted) > 200 and len(kept) > 50, "%d indexes, %d counts" % (len(wanted), len(kept)))
    found = office.run(YES, "list", "mediation", "--format", "json").out
    for name in names("fz_i_%"):
        base.execute('drop index "%s"' % name)
    for field in ("stage", "created_on", "org", "registered_on", "subject", "key_source_platform_source_number"):
        column = "source_number" if field.startswith("key") else field
        base.execute('create index "fz_i_mediation_%s" on "mediation" ("office", "%s")' % (field, column))
    base.execute('create index "fz_deadline_open" on "fz_deadline" ("office", "state", "legal_on")')
    base.execute('drop index "fz_deadline_due"')
    base.execute("delete from fz_meta where name like 'indexes:%' or name like 'counts:%' or name like 'words:%'")
    base.execute("update fz_meta set value = '3' where name = 'schema'")
    base.execute("drop table fz_count")
    base.execute("drop table fz_words_base")
    base.execute("drop table fz_words")
    base.execute("create virtual table fz_words using fts5(pairs, chars, tokenize = 'ascii')")
    base.execute("insert into fz_words (pairs, chars) values ('旧的', '旧 的')")
    base.execute('create table "fz_words_of" ("office" TEXT, "register" TEXT, "record" INTEGER, "row" INTEGER) strict')
    base.execute("insert into fz_words_of values ('x', 'y', 1, 1)")
    base.commit()
    base.close()
    equal(office.run(YES, "list", "mediation", "--format", "json").out, found, "the list")
    base = sqlite3.connect(office.database())
    equal(sorted(names("fz_i_%")), wanted, "the indexes")
    equal(counts(), kept, "the counts")
    equal([names("fz_deadline_open"), names("fz_words_of"), len(names("fz_deadline_due"))], [[], [], 1], "what is gone")
    base.execute("create virtual table temp.entries using fts5vocab('main', 'fz_words', 'instance')")
    words = base.execute("select count(distinct f.doc) from entries f join fz_words_base b on f.doc between b.base and "
                         "b.base + 1099511627775 join mediation m on m.id = f.doc - b.base where b.register = 'mediation'").fetchone()[0]
    equal(words, base.execute("select count(*) from mediation").fetchone()[0], "records in the text index")
    base.close()
