"""Runs the official Python client td-client against a Treasure Data API."""

import gzip
import io
import json
import os
import tempfile
import time

import msgpack
import tdclient
from tdclient import errors

from steps import apikey, cacert, done, endpoint, step, unique

options = {"ca_certs": cacert, "cert_reqs": "CERT_REQUIRED"} if cacert else {}
ca = {"endpoint": endpoint, "retry_post_requests": False, "max_cumul_retry_delay": 0, **options}
client = tdclient.Client(apikey=apikey, **ca)
stranger = tdclient.Client(apikey="1/unknown", **ca)
api = client.api

db = f"py_{unique}"
other = f"py2_{unique}"


def packed(rows):
    return gzip.compress(b"".join(msgpack.packb(r) for r in rows))


def load(table, rows, unique_id=None):
    data = packed(rows)
    return api.import_data(db, table, "msgpack.gz", data, len(data), unique_id) >= 0


def job(sql, kind="presto", **kwargs):
    j = client.query(kwargs.pop("database", db), sql, type=kind, **kwargs)
    j.wait(timeout=60, wait_interval=0.1)
    return j


def rows(sql, kind="presto", **kwargs):
    return list(job(sql, kind, **kwargs).result())


def outcome(sql, kind="presto", **kwargs):
    j = job(sql, kind, **kwargs)
    return j.status(), "\n".join(filter(None, [j.debug["cmdout"], j.debug["stderr"]]))


def wait(job_id):
    while client.job_status(job_id) in ("queued", "running", "booting"):
        time.sleep(0.1)
    return client.job(job_id)


def positive(n):
    return n > 0


def is_text(value):
    return isinstance(value, str)


def is_list(value):
    return isinstance(value, list)


def create_item_table():
    with api.post(f"/v3/table/create/{db}/items/item") as res:
        api.raise_error("create", res, res.data)


# Status and keys.
step("status: server_status", "ok", client.server_status)
for name, call in {
    "list": stranger.databases,
    "issue": lambda: stranger.query("sample_datasets", "SELECT 1", type="presto"),
    "create": lambda: stranger.create_database(db),
    "import": lambda: stranger.import_data(db, "t_t", "msgpack.gz", packed([]), 20),
    "tail": lambda: stranger.tail("sample_datasets", "nasdaq", 1),
}.items():
    step(f"status: {name} with an unknown key", errors.AuthError, call)
if cacert:
    untrusting = tdclient.Client(apikey=apikey, endpoint=endpoint, retry_post_requests=False)
    step("status: untrusted certificate", errors.APIError, lambda: untrusting.create_database(db))

# Databases.
step("databases: list has samples", 13352, lambda: client.database("sample_datasets").count)
step("databases: create", True, lambda: client.create_database(db))
step("databases: create again", errors.AlreadyExistsError, lambda: client.create_database(db))
step("databases: permission", "administrator", lambda: client.database(db).permission)
step("databases: count of a new one", 0, lambda: client.database(db).count)
step("databases: created_at is a time", "datetime", lambda: type(client.database(db).created_at).__name__)
step("databases: invalid name", (errors.APIError, "400"), lambda: client.create_database("Invalid-Name"))
step("databases: one letter", (errors.APIError, "400"), lambda: client.create_database("x"))
step("databases: missing", errors.NotFoundError, lambda: client.database("no_such_database"))
step("databases: tables of a missing one", errors.NotFoundError, lambda: client.tables("no_such_database"))
step("databases: create another", True, lambda: client.create_database(other))

# Tables.
step("tables: create", True, lambda: client.create_log_table(db, "t_t"))
step("tables: create again", errors.AlreadyExistsError, lambda: client.create_log_table(db, "t_t"))
step("tables: create in a missing database", errors.NotFoundError, lambda: client.create_log_table("no_such_database", "t_t"))
step("tables: create an item table", (errors.APIError, "422"), create_item_table)
step("tables: list", [("t_t", "log", 0, [], 0.0, None)], lambda: [(t.name, t.type, t.count, t.schema, t.last_import.timestamp(), t.expire_days) for t in client.tables(db)])
step("tables: rows of nasdaq", 8352, lambda: client.table("sample_datasets", "nasdaq").count)
step("tables: schema of www_access", ["host", "path", "user", "method", "code", "size", "agent", "referer"], lambda: [c[0] for c in client.table("sample_datasets", "www_access").schema])
step("tables: missing", errors.NotFoundError, lambda: client.table(db, "nope"))
step("tables: permission", "administrator", lambda: client.table(db, "t_t").permission)
step("tables: create to swap", True, lambda: client.create_log_table(db, "t_swap"))
step("tables: fill", True, lambda: load("t_t", [{"time": 1, "n": i} for i in range(3)]))
step("tables: swap", True, lambda: client.swap_table(db, "t_t", "t_swap"))
step("tables: counts after swap", {"t_t": 0, "t_swap": 3}, lambda: {t.name: t.count for t in client.tables(db)})
step("tables: swap back", True, lambda: client.swap_table(db, "t_t", "t_swap"))
step("tables: counts after both", {"t_t": 3, "t_swap": 0}, lambda: {t.name: t.count for t in client.tables(db)})
step("tables: swap with a missing one", errors.NotFoundError, lambda: client.swap_table(db, "t_t", "nope"))
step("tables: change_database", True, lambda: client.change_database(db, "t_swap", other))
step("tables: moved", ["t_swap"], lambda: [t.name for t in client.tables(other)])
step("tables: delete returns the type", "log", lambda: client.delete_table(other, "t_swap"))
step("tables: delete again", errors.NotFoundError, lambda: client.delete_table(other, "t_swap"))
step("tables: delete with the model", "log", lambda: (client.create_log_table(db, "t_model"), client.table(db, "t_model").delete())[1])

# Schema.
step("schema: create table", True, lambda: client.create_log_table(db, "t_schema"))


def schema_of():
    return [list(c) for c in client.table(db, "t_schema").schema]


step("schema: update", True, lambda: client.update_schema(db, "t_schema", [["a", "string"], ["b", "long"], ["c", "array<long>"]]))
step("schema: reads back", [["a", "string"], ["b", "long"], ["c", "array<long>"]], schema_of)
step("schema: with an alias", True, lambda: client.update_schema(db, "t_schema", [["a", "string", "alias_a"], ["m", "map<string,long>"]]))
step("schema: alias reads back", [["a", "string", "alias_a"], ["m", "map<string,long>"]], schema_of)
step("schema: unknown type", (errors.APIError, "422"), lambda: client.update_schema(db, "t_schema", [["a", "nonsense"]]))
step("schema: duplicate column", (errors.APIError, "422"), lambda: client.update_schema(db, "t_schema", [["a", "string"], ["a", "long"]]))
step("schema: missing table", errors.NotFoundError, lambda: client.update_schema(db, "nope", [["a", "string"]]))
step("schema: expire", True, lambda: client.update_expire(db, "t_schema", 7))
step("schema: expire reads back", 7, lambda: client.table(db, "t_schema").expire_days)
step("schema: no expiry", True, lambda: client.update_expire(db, "t_schema", 0))
step("schema: no expiry reads back", None, lambda: client.table(db, "t_schema").expire_days or None)

# Imports.
step("import: create table", True, lambda: client.create_log_table(db, "t_import"))


def count(table="t_import"):
    return client.table(db, table).count


step("import: 500 rows", True, lambda: load("t_import", [{"time": 1_400_000_000 + i, "n": i, "s": f"row {i}"} for i in range(500)]))
step("import: count", 500, count)
step("import: with a unique ID", True, lambda: load("t_import", [{"time": 1_500_000_000, "n": 1}], "11111111-2222-3333-4444-555555555555"))
step("import: the same ID again", True, lambda: load("t_import", [{"time": 1_500_000_000, "n": 1}], "11111111-2222-3333-4444-555555555555"))
step("import: it is added once", 501, count)
for fmt, text in {
    "csv": b"time,n,s\n1400000000,600,csv\n1400000001,601,csv\n",
    "tsv": b"time\tn\ts\n1400000000\t602\ttsv\n",
    "json": b'{"time":1400000000,"n":603,"s":"json"}\n',
    "msgpack": msgpack.packb({"time": 1400000000, "n": 604, "s": "msgpack"}),
}.items():
    step(f"import: file of {fmt}", True, lambda: client.import_file(db, "t_import", fmt, io.BytesIO(text)) >= 0)
step("import: count after the files", 506, count)
step("import: empty gzip file", True, lambda: load("t_import", []))
step("import: missing table", errors.NotFoundError, lambda: load("nope", [{"time": 1}]))
step("import: damaged data", (errors.APIError, "422"), lambda: api.import_data(db, "t_import", "msgpack.gz", b"garbage", 7))
step("import: tail", [604], lambda: [r["n"] for r in client.tail(db, "t_import", 1)])
step("import: tail count", 3, lambda: len(client.tail(db, "t_import", 3)))
step("import: tail of a missing table", errors.NotFoundError, lambda: client.tail(db, "nope", 3))
step("import: schema is detected", {"n": "long", "s": "string"}, lambda: {c[0]: c[1] for c in client.table(db, "t_import").schema})
step("import: sum", [[sum(range(500)) + 1 + 600 + 601 + 602 + 603 + 604]], lambda: rows("SELECT sum(n) FROM t_import"))
step("import: last_log_timestamp", 1_500_000_000, lambda: int(client.table(db, "t_import").last_log_timestamp.timestamp()))

# Jobs.
for kind in ("hive", "presto", "trino"):
    name = "_c0" if kind == "hive" else "_col0"
    j = step(f"jobs: {kind} succeeds", lambda j: j.status() == "success", lambda: job("SELECT count(1) FROM nasdaq", kind, database="sample_datasets"))
    step(f"jobs: {kind} rows", [[8352]], lambda: list(j.result()))
    step(f"jobs: {kind} schema", [[name, "bigint"]], lambda: j.result_schema)
    step(f"jobs: {kind} records", 1, lambda: j.num_records)
    step(f"jobs: {kind} result size", positive, lambda: j.result_size)
    step(f"jobs: {kind} type", kind, lambda: client.job(j.id).type)
    step(f"jobs: {kind} times", True, lambda: api.show_job(j.id)["end_at"] >= api.show_job(j.id)["start_at"])
for priority, name in {-2: "VERY LOW", -1: "LOW", 0: "NORMAL", 1: "HIGH", 2: "VERY HIGH"}.items():
    step(f"jobs: priority {priority}", name, lambda: job("SELECT 1", priority=priority).priority)
step("jobs: invalid priority", ValueError, lambda: job("SELECT 1", priority="URGENT"))
step("jobs: retry_limit", 2, lambda: job("SELECT 1", retry_limit=2).retry_limit)
step("jobs: engine_version", "success", lambda: job("SELECT 1", "hive", engine_version="stable").status())
step("jobs: unknown engine_version", (errors.APIError, "422"), lambda: job("SELECT 1", "hive", engine_version="nonsense"))
key = f"key-{unique}"
step("jobs: domain_key", "success", lambda: job("SELECT 1", domain_key=key).status())
step("jobs: the same domain_key", errors.AlreadyExistsError, lambda: job("SELECT 1", domain_key=key))
step("jobs: missing database", errors.NotFoundError, lambda: job("SELECT 1", database="no_such_database"))
step("jobs: unsupported type", (errors.APIError, "422"), lambda: job("SELECT 1", "pig"))
for kind, cause in {"presto": "mismatched input", "trino": "mismatched input", "hive": "ParseException"}.items():
    step(f"jobs: {kind} syntax error", lambda o: o[0] == "error" and cause in o[1], lambda: outcome("SELECT FROM WHERE", kind))
for kind, cause in {"presto": "does not exist", "trino": "does not exist", "hive": "SemanticException"}.items():
    step(f"jobs: {kind} unknown table", lambda o: o[0] == "error" and cause in o[1], lambda: outcome("SELECT * FROM nope", kind))
SLOW = "SELECT count(*) FROM nasdaq a CROSS JOIN nasdaq b CROSS JOIN nasdaq c WHERE a.time + b.time + c.time = 1"


def running():
    j = client.query("sample_datasets", SLOW, type="presto")
    while client.job_status(j.id) == "queued":
        time.sleep(0.05)
    return j


slow = step("jobs: a long one runs", lambda j: client.job_status(j.id) == "running", running)
step("jobs: list by status", True, lambda: slow.id in [j.id for j in client.jobs(status="running")])
step("jobs: kill", "running", lambda: client.kill(slow.id))
step("jobs: killed", "killed", lambda: wait(slow.id).status())
step("jobs: kill again", "killed", lambda: client.kill(slow.id))
step("jobs: list a range", 3, lambda: len(client.jobs(_from=0, to=2)))
step("jobs: list is newest first", True, lambda: [int(j.id) for j in client.jobs()] == sorted((int(j.id) for j in client.jobs()), reverse=True))
step("jobs: slower than", [], lambda: client.jobs(conditions={"slower_than": 3600}))
step("jobs: missing", errors.NotFoundError, lambda: client.job(987654321))
step("jobs: ID that is not a number", errors.NotFoundError, lambda: client.job("abc"))
step("jobs: status of a missing one", errors.NotFoundError, lambda: client.job_status(987654321))
step("jobs: insert", "success", lambda: job("INSERT INTO t_t SELECT time, n FROM t_import LIMIT 2").status())
step("jobs: rows after insert", 5, lambda: count("t_t"))
step("jobs: create table as", "success", lambda: job("CREATE TABLE t_ctas AS SELECT time, n FROM t_import WHERE n < 10").status())
step("jobs: rows of the new table", [[11, 45 + 1]], lambda: rows("SELECT count(*), sum(n) FROM t_ctas"))
step("jobs: drop table", "success", lambda: job("DROP TABLE t_ctas").status())

# Results.
VALUES = (
    "SELECT 1 AS i, 1.5e0 AS d, 'a,\"b' AS s, true AS b, CAST(NULL AS varchar) AS n, ARRAY[1,2] AS a, MAP(ARRAY['k'], ARRAY[1]) AS m, "
    "TIMESTAMP '2020-01-02 03:04:05.000' AS t, CAST('1.20' AS decimal(5,2)) AS c"
)
values = step("results: query of all types", lambda j: j.status() == "success", lambda: job(VALUES))
WANT = [[1, 1.5, 'a,"b', True, None, [1, 2], {"k": 1}, "2020-01-02 03:04:05.000", "1.20"]]
for fmt in ("msgpack", "msgpack.gz", "json"):
    step(f"results: {fmt}", WANT, lambda: [list(r) for r in client.job_result_format(values.id, fmt)])
step("results: streamed", WANT, lambda: [list(r) for r in client.job_result_format_each(values.id, "msgpack")])
step("results: streamed through a file", WANT, lambda: [list(r) for r in client.job_result_format_each(values.id, "msgpack", store_tmpfile=True)])


def raw(fmt, **params):
    with api.get(f"/v3/job/result/{values.id}", {"format": fmt, **params}) as res:
        if res.status != 200:
            api.raise_error("result", res, res.data)
        return res.data.decode()


step("results: csv", '1,1.5,"a,""b",true,,"[1,2]","{""k"":1}",2020-01-02 03:04:05.000,1.20\n', lambda: raw("csv").replace("\r\n", "\n"))
step("results: csv with header", "i,d,s,b,n,a,m,t,c", lambda: raw("csv", header="true").splitlines()[0])
step("results: csv as rows", WANT, lambda: client.job_result_format(values.id, "csv"))
step("results: tsv", 9, lambda: len(raw("tsv").split("\t")))
step("results: tsv with header", "i\td\ts\tb\tn\ta\tm\tt\tc", lambda: raw("tsv", header="true").splitlines()[0])
step("results: json text", 1.5, lambda: json.loads(raw("json").splitlines()[0])[1])
step("results: unknown format", (errors.APIError, "406"), lambda: raw("xml"))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "result.msgpack.gz")
    step("results: download", True, lambda: client.download_job_result(values.id, path))
    step("results: downloaded rows", WANT, lambda: list(msgpack.Unpacker(gzip.open(path))))
many = step("results: query of many rows", lambda j: j.num_records == 8352, lambda: job("SELECT * FROM nasdaq", database="sample_datasets"))
step("results: many rows", 8352, lambda: sum(1 for _ in client.job_result_format_each(many.id, "msgpack", store_tmpfile=True, num_threads=3)))
failed = step("results: failed job", lambda j: j.status() == "error", lambda: job("SELECT nope"))
step("results: rows of a failed job", ValueError, lambda: list(failed.result()))
step("results: result of a failed job", errors.NotFoundError, lambda: client.job_result(failed.id))
step("results: result of a missing job", errors.NotFoundError, lambda: client.job_result(987654321))

# Result export.
step("export: query with a result URL", "success", lambda: job("SELECT time, symbol FROM nasdaq LIMIT 25", database="sample_datasets", result_url=f"td://@/{db}/t_export?mode=append").status())
step("export: rows", 25, lambda: count("t_export"))
step("export: unreachable target", lambda o: o[0] == "error", lambda: outcome("SELECT 1", result_url="mysql://u:p@host/db/t"))
exported = step("export: table to S3", lambda j: j.type == "export", lambda: client.export_data(db, "t_t", "s3", {"bucket": "b", "access_key_id": "k", "secret_access_key": "s", "file_format": "jsonl.gz"}))
step("export: it fails without S3", "error", lambda: wait(exported.id).status())
step("export: missing table", errors.NotFoundError, lambda: client.export_data(db, "nope", "s3", {"bucket": "b"}))

# DB-API.
connection = tdclient.connect(apikey=apikey, type="presto", db="sample_datasets", wait_interval=0.1, **ca)
cursor = connection.cursor()
step("dbapi: execute", is_text, lambda: cursor.execute("SELECT symbol, count(*) AS cnt FROM nasdaq GROUP BY symbol ORDER BY symbol LIMIT 4"))
step("dbapi: description", ["symbol", "cnt"], lambda: [c[0] for c in cursor.description])
step("dbapi: rowcount", 4, lambda: cursor.rowcount)
step("dbapi: fetchone", 2, lambda: len(cursor.fetchone()))
step("dbapi: fetchmany", 2, lambda: len(cursor.fetchmany(2)))
step("dbapi: fetchall", 1, lambda: len(cursor.fetchall()))
step("dbapi: fetchone at the end", None, cursor.fetchone)
step("dbapi: show_job", "SELECT symbol", lambda: cursor.show_job()["query"][:13])
step("dbapi: placeholders", [[3]], lambda: (cursor.execute("SELECT {n} + 1", {"n": 2}), cursor.fetchall())[1])
step("dbapi: failing statement", errors.InternalError, lambda: cursor.execute("SELECT nope FROM nasdaq"))

# Bulk imports.
session = f"ses_{unique}"
step("bulk: create table", True, lambda: client.create_log_table(db, "t_bulk"))
bulk = step("bulk: create", lambda b: b.name == session, lambda: client.create_bulk_import(session, db, "t_bulk"))
step("bulk: create again", errors.AlreadyExistsError, lambda: client.create_bulk_import(session, db, "t_bulk"))
step("bulk: create for a missing table", errors.NotFoundError, lambda: client.create_bulk_import(session + "x", db, "nope"))
step("bulk: status", "uploading", lambda: client.bulk_import(session).status)
good = packed([{"time": 1_400_000_000 + i, "n": i} for i in range(10)])
bad = packed([{"n": 99}, {"time": 1_400_000_000, "n": 100}])
step("bulk: upload", None, lambda: bulk.upload_part("part1", io.BytesIO(good), len(good)))
step("bulk: upload a part with a bad record", None, lambda: bulk.upload_part("part2", io.BytesIO(bad), len(bad)))
step("bulk: upload a file", None, lambda: bulk.upload_file("part3", "csv", io.BytesIO(b"time,n\n1400000000,200\n")))
step("bulk: list parts", ["part1", "part2", "part3"], lambda: sorted(bulk.list_parts()))
step("bulk: delete a part", True, lambda: bulk.delete_part("part3"))
step("bulk: delete it again", errors.NotFoundError, lambda: bulk.delete_part("part3"))
step("bulk: perform before freeze", RuntimeError, lambda: bulk.perform(wait=True))
step("bulk: freeze", True, bulk.freeze)
step("bulk: upload while frozen", (errors.APIError, "422"), lambda: bulk.upload_part("part4", io.BytesIO(good), len(good)))
step("bulk: unfreeze", True, bulk.unfreeze)
step("bulk: not frozen", False, lambda: client.bulk_import(session).upload_frozen)
step("bulk: freeze again", True, bulk.freeze)
step("bulk: freeze a frozen one", True, bulk.freeze)
step("bulk: commit before perform", errors.APIError, lambda: bulk.commit())
step("bulk: perform", "success", lambda: bulk.perform(wait=True, wait_interval=0.1).status())
step("bulk: perform again", "success", lambda: bulk.perform(wait=True, wait_interval=0.1).status())
step("bulk: counts", ("ready", 11, 1, 2, 0), lambda: (lambda b: (b.status, b.valid_records, b.error_records, b.valid_parts, b.error_parts))(client.bulk_import(session)))
step("bulk: error records", [{"n": 99}], lambda: list(bulk.error_record_items()))
step("bulk: commit", True, lambda: bulk.commit(wait=True, wait_interval=0.1, timeout=30))
step("bulk: status after commit", "committed", lambda: client.bulk_import(session).status)
step("bulk: perform after commit", errors.APIError, lambda: client.perform_bulk_import(session))
step("bulk: rows", [[11, 145]], lambda: rows("SELECT count(*), sum(n) FROM t_bulk"))
step("bulk: list", True, lambda: session in [b.name for b in client.bulk_imports()])
step("bulk: delete", True, bulk.delete)
step("bulk: delete again", errors.NotFoundError, lambda: client.delete_bulk_import(session))
step("bulk: missing", errors.NotFoundError, lambda: client.bulk_import(session))

# Schedules.
sched = f"sched_{unique}"
params = {"type": "presto", "database": "sample_datasets", "query": "SELECT 1", "cron": "0 3 * * *", "timezone": "Asia/Tokyo", "delay": 60, "result": "td://@/x/y"}


def schedule(name=sched):
    return next(s for s in client.schedules() if s.name == name)


step("schedules: create", True, lambda: client.create_schedule(sched, params) is not None)
step("schedules: create again", errors.AlreadyExistsError, lambda: client.create_schedule(sched, params))
step("schedules: list", ("0 3 * * *", "Asia/Tokyo", 60, "SELECT 1", "sample_datasets", "presto"), lambda: (lambda s: (s.cron, s.timezone, s.delay, s.query, s.database, s.type))(schedule()))
step("schedules: next time", 18, lambda: schedule().next_time.hour)
step("schedules: without cron", 0.0, lambda: client.create_schedule(sched + "_manual", {**params, "cron": ""}).timestamp())
step("schedules: unusual name", "list me: 1/2 \u65e5\u672c", lambda: (client.create_schedule("list me: 1/2 \u65e5\u672c", params), schedule("list me: 1/2 \u65e5\u672c").name)[1])
step("schedules: delete the unusual name", ("0 3 * * *", "SELECT 1"), lambda: client.delete_schedule("list me: 1/2 \u65e5\u672c"))
step("schedules: invalid cron", (errors.APIError, "422"), lambda: client.create_schedule(sched + "x", {**params, "cron": "nonsense"}))
step("schedules: update", "0 4 * * *", lambda: (client.update_schedule(sched, {"cron": "0 4 * * *", "query": "SELECT 2"}), schedule().cron)[1])
step("schedules: query after update", "SELECT 2", lambda: schedule().query)
client.update_schedule(sched, {"result": ""})
ran = step("schedules: run twice", lambda jobs: len(jobs) == 2, lambda: client.run_schedule(sched, 1_400_000_000, 2))
step("schedules: its jobs succeed", ["success", "success"], lambda: [wait(j.job_id).status() for j in ran])
step("schedules: it is scheduled at the next time of the cron", 1_400_007_600, lambda: int(ran[0].scheduled_at.timestamp()))
step("schedules: history", True, lambda: {str(j.job_id) for j in ran} <= {str(j.job_id) for j in client.history(sched)})
step("schedules: delete", ("0 4 * * *", "SELECT 2"), lambda: client.delete_schedule(sched))
step("schedules: delete again", errors.NotFoundError, lambda: client.delete_schedule(sched))
step("schedules: delete the one without cron", (None, "SELECT 1"), lambda: client.delete_schedule(sched + "_manual"))
step("schedules: run a missing one", errors.NotFoundError, lambda: client.run_schedule(sched, 1_400_000_000, 1))

# Saved results.
store = f"store_{unique}"
step("stores: create", True, lambda: client.create_result(store, "mysql://host/db/t"))
step("stores: create again", errors.AlreadyExistsError, lambda: client.create_result(store, "mysql://host/db/t"))
step("stores: list", ["mysql://host/db/t"], lambda: [r.url for r in client.results() if r.name == store])
step("stores: delete", True, lambda: client.delete_result(store))
step("stores: delete again", errors.NotFoundError, lambda: client.delete_result(store))

# Users.
user, mail = f"user_{unique}", f"user_{unique}@example.com"
step("users: add", True, lambda: client.add_user(user, "", mail, "Secret-123"))
step("users: list", [mail], lambda: [u.email for u in client.users() if u.name == user])
step("users: keys of a new one", is_list, lambda: client.list_apikeys(user))
step("users: add a key", True, lambda: client.add_apikey(user))
keys = step("users: the key", lambda k: len(k) >= 1, lambda: client.list_apikeys(user))
step("users: the key is valid", True, lambda: len(tdclient.Client(apikey=keys[-1], **ca).databases()) > 0)
step("users: remove the key", True, lambda: client.remove_apikey(user, keys[-1]))
step("users: the removed key", errors.AuthError, lambda: tdclient.Client(apikey=keys[-1], **ca).databases())
step("users: remove", True, lambda: client.remove_user(user))
step("users: remove again", errors.NotFoundError, lambda: client.remove_user(user))
step("users: keys of a missing one", errors.NotFoundError, lambda: client.list_apikeys(user))

# Connectors. FILES is the directory of the files of the server.
source = f"in_{unique}.csv"
with open(os.path.join(os.environ["FILES"], source), "w", encoding="utf-8") as file:
    file.write("time,id,name\n1400000000,1,Ann\n1400000001,2,Bob\n1400000002,3,Eve\n")
config = {"in": {"type": "file", "path": source}, "out": {"mode": "append"}}
guessed = step("connectors: guess", lambda c: [x["name"] for x in c["config"]["in"]["parser"]["columns"]] == ["time", "id", "name"], lambda: api.connector_guess({"config": config}))
full = {"config": guessed["config"]} if guessed else {"config": config}
step("connectors: preview", 3, lambda: len(api.connector_preview(full)["records"]))
step("connectors: create table", True, lambda: client.create_log_table(db, "t_load"))
step("connectors: issue", "success", lambda: wait(api.connector_issue(db, "t_load", full)).status())
step("connectors: rows of the file", [[3, 6]], lambda: rows("SELECT count(*), sum(id) FROM t_load"))
connector = f"load_{unique}"
step("connectors: create", connector, lambda: api.connector_create(connector, db, "t_load", {**full, "cron": "0 5 * * *", "timezone": "UTC"})["name"])
step("connectors: create again", errors.AlreadyExistsError, lambda: api.connector_create(connector, db, "t_load", full))
step("connectors: list", True, lambda: connector in [c["name"] for c in api.connector_list()])
step("connectors: show", (db, "t_load"), lambda: (lambda c: (c["database"], c["table"]))(api.connector_show(connector)))
step("connectors: update", "0 6 * * *", lambda: api.connector_update(connector, {**full, "cron": "0 6 * * *"})["cron"])
run = step("connectors: run", lambda r: int(r["job_id"]) > 0, lambda: api.connector_run(connector))
step("connectors: the run succeeds", "success", lambda: wait(run["job_id"]).status())
step("connectors: run at a time", "success", lambda: wait(api.connector_run(connector, scheduled_time="1400000000")["job_id"]).status())
step("connectors: rows after the runs", [[9]], lambda: rows("SELECT count(*) FROM t_load"))
step("connectors: history", 2, lambda: len(api.connector_history(connector)))
step("connectors: delete", connector, lambda: api.connector_delete(connector)["name"])
step("connectors: missing", errors.NotFoundError, lambda: api.connector_show(connector))

# Calls of complete tools.
step("tools: fluentd imports into a missing table", errors.NotFoundError, lambda: load("t_fluentd", [{"time": 1}]))
step("tools: fluentd creates it", True, lambda: client.create_log_table(db, "t_fluentd"))
step("tools: fluentd imports again", 1, lambda: (load("t_fluentd", [{"time": 1}]), count("t_fluentd"))[1])
step("tools: redash reads the columns", {"symbol", "open"}, lambda: {c[0] for c in client.table("sample_datasets", "nasdaq").schema} & {"symbol", "open"})

# Clean up.
step("databases: delete", True, lambda: client.delete_database(db))
step("databases: delete the other", True, lambda: client.delete_database(other))
step("databases: delete again", errors.NotFoundError, lambda: client.delete_database(db))
done()
