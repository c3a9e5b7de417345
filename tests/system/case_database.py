"""The database as such: moved between file and server, backed up from the server, spread over a cluster."""
import os
import re

from case_pages import DUTY, send
from harness import (FAILED, NO, SERVER, USAGE, YES, Office, Server, Skip, case, check, contains, database_of, demo, equal,
                     expect, new_path, psql, url_of, write)
from offices import list_item, plan_meeting, propose_decision, refused_by_gate


def on_server():
    if not SERVER:
        raise Skip("runs where FAZHI_TEST_POSTGRES names a server")


def head(out):
    return re.search(r"链尾哈希 ([0-9a-f]{64})", out)[1]


def file_demo():
    """The demonstration office in a file, whatever the other cases run on."""
    office = demo()
    if office.file:
        return office
    to = new_path("file")
    expect(YES, "move", "--from", url_of(office.name()), "--to", to, "--data", office.data, seconds=300)
    return Office(to, office.now, file=True)


class Moved(Office):
    """An office at an address on the server."""

    def __init__(self, keys, url):
        super().__init__(keys)
        self.url = url

    def place(self):
        return ["--data", self.data, "--database", self.url]


@case("move: from a file to the server and back, chain and figures as before")
def _():
    on_server()
    file = file_demo()
    before = file.replay().out
    url, keys = url_of(database_of(new_path("moved"))), new_path("keys")
    out = expect(YES, "move", "--from", file.data, "--to", url, "--data", keys, seconds=300).out
    equal(head(out), head(before), "the chain's end on the server")
    there = Moved(keys, url)
    equal(there.figures(), file.figures(), "every figure, computed by the other database")
    for register in ("petition", "mediation", "legal_review", "hotline_order"):
        equal(there.list(register), file.list(register), register)
    back = Office(new_path("back"), file.now, file=True)
    expect(YES, "move", "--from", url, "--to", back.data, "--data", keys, seconds=300)
    equal(back.replay().out, before, "the replay of what came back")
    again = expect(NO, "move", "--from", file.data, "--to", url, "--data", keys)
    contains(again.err, "已经有这个单位", "a second time")


@case("move: the office works where it arrived, gate included")
def _():
    on_server()
    file = file_demo()
    url, keys = url_of(database_of(new_path("moved"))), new_path("keys")
    expect(YES, "move", "--from", file.data, "--to", url, "--data", keys, seconds=300)
    office = Moved(keys, url)
    number, _ = propose_decision(office)
    meeting = plan_meeting(office)
    refused_by_gate(list_item(office, NO, meeting, number))
    with Server(office, clock=True) as server:
        browser = server.browser("luoshiqi")
        contains(browser.get("/search?q=纠纷").text, "纠纷", "search on the moved office")
    office.replay()


@case("move: another key at the destination is refused, a missing source and wrong use are told")
def _():
    on_server()
    file = file_demo()
    keys = new_path("keys")
    os.mkdir(keys)
    with open(os.path.join(keys, "key"), "w", encoding="ascii") as key:
        key.write("ab" * 64)
    url = url_of(database_of(new_path("moved")))
    contains(expect(NO, "move", "--from", file.data, "--to", url, "--data", keys).err, "另一把密钥", "another key")
    equal(psql(url.rsplit("/", 1)[1], "-q", "-c", "select count(*) from fz_act").strip(), "0", "acts that arrived")
    contains(expect(NO, "move", "--from", new_path("none"), "--to", url, "--data", keys).err, "fazhi init", "no source")
    expect(USAGE, "move", "--from", file.data)
    expect(USAGE, "move", "--from", file.data, "--to", file.data)


@case("move: attachments go along")
def _():
    on_server()
    file = file_demo().copy()
    content = b"%PDF-1.4\n" + b"x" * 3000000  # more than one part
    with Server(file, clock=True) as server:
        browser = server.browser("luoshiqi")
        browser.get("/r/leader_duty/new")
        page = send(browser, "/r/leader_duty/new", dict(DUTY, subject="随附件"), {"evidence_file": ("纪要.pdf", content)})
        contains(page.text, "已办理", "the act with the file")
    stored = file.rows("select digest from fz_attachment where name = '纪要.pdf'")
    equal(len(stored), 1, "attachments")
    url, keys = url_of(database_of(new_path("moved"))), new_path("keys")
    contains(expect(YES, "move", "--from", file.data, "--to", url, "--data", keys, seconds=300).out, "附件", "the answer")
    back = new_path("back")
    expect(YES, "move", "--from", url, "--to", back, "--data", keys, seconds=300)
    digest = stored[0]["digest"]
    with open(os.path.join(back, "attachments", digest[:2], digest), "rb") as there:
        equal(there.read(), content, "the attachment's bytes")


@case("a database that nobody made an office in says so, a wrong address too")
def _():
    on_server()
    url = url_of(database_of(new_path("empty")))
    data = new_path("data")
    os.mkdir(data)
    contains(expect(FAILED, "list", "task", "--data", data, "--database", url).err, "fazhi init", "no schema")
    contains(expect(FAILED, "list", "task", "--data", data, "--database", url_of("no_such_database")).err, "连不上数据库", "no database")
    contains(expect(FAILED, "list", "task", "--data", data, "--database", "mysql://x").err, "postgresql://", "another kind")
    secret = expect(FAILED, "list", "task", "--data", data, "--database", "postgresql://fazhi:geheim7@127.0.0.1:1/x").err
    check("geheim7" not in secret, "the password is told: " + secret)


# ---- a cluster ----

# What Citus demands of a table before it distributes it, as its documentation states it, asked of the catalogue.
STAND_INS = """
create function create_reference_table(t regclass) returns void language plpgsql as $$
begin
  insert into spread values (t::text, 'reference');
end $$;
create function create_distributed_table(t regclass, col text, colocate_with text) returns void language plpgsql as $$
declare bad text;
begin
  perform 1 from pg_attribute where attrelid = t and attname = col and attnotnull;
  if not found then raise exception '%: no column % that is never null', t, col; end if;
  select i.indexrelid::regclass::text into bad from pg_index i where i.indrelid = t and (i.indisunique or i.indisprimary)
    and not exists (select 1 from pg_attribute a where a.attrelid = t and a.attname = col and a.attnum = any(i.indkey::int2[]))
    limit 1;
  if bad is not null then raise exception '%: unique index % lacks %', t, bad, col; end if;
  select i.indexrelid::regclass::text into bad from pg_index i where i.indrelid = t and i.indisprimary
    and i.indkey[0] <> (select attnum from pg_attribute where attrelid = t and attname = col) limit 1;
  if bad is not null then raise exception '%: the primary key % does not begin with %', t, bad, col; end if;
  perform 1 from pg_constraint where (conrelid = t or confrelid = t) and contype in ('f', 'x');
  if found then raise exception '%: a foreign key or an exclusion', t; end if;
  perform 1 from pg_trigger where tgrelid = t and not tgisinternal;
  if found then raise exception '%: a trigger', t; end if;
  perform 1 from pg_attrdef where adrelid = t;
  if found then raise exception '%: a default, perhaps of a sequence', t; end if;
  if colocate_with <> 'none' and not exists (select 1 from spread where name = colocate_with) then
    raise exception '%: beside % that is not distributed yet', t, colocate_with;
  end if;
  insert into spread values (t::text, 'distributed');
end $$;
create table spread (name text, how text);
"""


@case("schema --citus spreads every table, and each meets what Citus demands")
def _():
    on_server()
    database = database_of(new_path("cluster"))
    psql(database, "-q", "-f", write("schema.sql", expect(YES, "schema").out))
    tables = psql(database, "-q", "-c", "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    psql(database, "-q", "-c", STAND_INS)
    psql(database, "-q", "-c", expect(YES, "schema", "--citus").out)
    spread = dict(line.split("|") for line in psql(database, "-q", "-c", "select * from spread").splitlines())
    equal(sorted(spread), sorted(tables.split()), "the tables")
    equal(spread["petition"], "distributed", "a register")
    equal(spread["fz_calendar"], "reference", "the calendar")
    equal(psql(database, "-q", "-t", "-A", "-c", "select count(*) from pg_class where relkind = 'S'").strip(), "0", "sequences")


def statements(database):
    """What the program asked of this database, from the server's log."""
    with open(os.environ["FAZHI_TEST_POSTGRES_LOG"], encoding="utf-8", errors="replace") as log:
        for line in log:
            found = re.match(r".*\[%s\] LOG:  (?:statement|execute [^:]*): (.*)" % database, line)
            if found:
                yield found[1]


@case("every statement on an office's tables names the office, so that one worker answers it")
def _():
    on_server()
    office = demo().copy()
    database = office.name()
    psql("postgres", "-q", "-c", "alter database \"%s\" set log_statement = 'all'" % database)
    number, _ = propose_decision(office)
    list_item(office, NO, plan_meeting(office), number)
    office.figures()
    office.run(YES, "trace", "annual", "2024", "leader_duty.sessions")
    office.run(YES, "recompute")
    office.replay()
    with Server(office, clock=True) as server:
        browser = server.browser("luoshiqi")
        for path in ("/", "/r/petition", "/r/petition?sort=number", "/r/petition/1", "/search?q=纠纷", "/figures", "/reports"):
            check(browser.get(path).status in (200, 404), path)
    spread = re.findall(r"create_distributed_table\('(\w+)'", expect(YES, "schema", "--citus").out)
    seen = 0
    for sql in statements(database):
        uses = sum(len(re.findall(r'(?:from|join|into|update) "?%s"?\b' % table, sql)) for table in spread)
        if uses and not sql.startswith(("create", "alter", "select 1 from \"fz_", "declare")):
            seen += 1
            check(len(re.findall(r'"?office"?', sql)) >= uses, "without the office: " + sql[:2000])
    check(seen > 300, "only %d statements seen" % seen)


@case("schema: the printed statements make the database that the program makes")
def _():
    on_server()
    printed = database_of(new_path("printed"))
    psql(printed, "-q", "-f", write("schema.sql", expect(YES, "schema").out))
    made = database_of(new_path("made"))
    expect(YES, "init", "--data", new_path("keys"), "--database", url_of(made))
    columns = ("select table_name, column_name, data_type, is_nullable, collation_name from information_schema.columns "
               "where table_schema = 'public' order by 1, 2")
    equal(psql(printed, "-q", "-c", columns), psql(made, "-q", "-c", columns), "columns")
    indexes = "select indexdef from pg_indexes where schemaname = 'public' order by 1"
    equal(psql(printed, "-q", "-c", indexes), psql(made, "-q", "-c", indexes), "indexes")
