"""Runs the official Python client for data frames, pytd, against a Treasure Data API."""

import datetime
import time

import certifi
import numpy as np
import pandas as pd
import pytd
from tdclient import errors

from steps import apikey, cacert, done, endpoint, step, unique

# The clients poll every 5 s, and not all calls have an option for it.
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.1))

db = f"pytd_{unique}"

if cacert:  # pytd has no option for the trusted certificates
    untrusting = pytd.Client(apikey=apikey, endpoint=endpoint, database="sample_datasets")
    step("status: untrusted certificate", errors.APIError, lambda: untrusting.api_client.create_database(db))
    certifi.where = lambda: cacert

client = pytd.Client(apikey=apikey, endpoint=endpoint, database="sample_datasets", default_engine="hive")


def load(table, frame, **kwargs):
    return client.load_table_from_dataframe(frame, f"{db}.{table}", **{"writer": "bulk_import", "if_exists": "error", **kwargs})


def rows(sql):
    return client.query(sql.replace("{db}", db), engine="presto", force_tdclient=True)["data"]


frame = pd.DataFrame(
    {
        "time": [1_400_000_000, 1_400_000_001, 1_400_000_002],
        "i": [1, 2, 3],
        "f": [0.5, np.nan, -2.25],
        "s": ["plain", 'quotes " and, commas', "\u65e5\u672c\u8a9e"],
        "b": [True, False, True],
        "n": ["x", None, ""],
        "d": [datetime.date(2020, 1, 2).isoformat()] * 3,
    }
)
WANT = [
    [1, 0.5, "plain", "2020-01-02"],
    [2, None, 'quotes " and, commas', "2020-01-02"],
    [3, -2.25, "\u65e5\u672c\u8a9e", "2020-01-02"],
]
READ = "SELECT i, f, s, d FROM {db}.%s ORDER BY i"

step("databases: list_databases", True, lambda: "sample_datasets" in [d.name for d in client.list_databases()])
step("databases: create", None, lambda: client.create_database_if_not_exists(db))
step("databases: exists", True, lambda: client.exists(db))
step("databases: missing", False, lambda: client.exists("no_such_database"))
step("tables: list_tables", ["nasdaq", "www_access"], lambda: sorted(t.name for t in client.list_tables("sample_datasets")))
step("tables: exists", True, lambda: client.exists("sample_datasets", "nasdaq"))
step("tables: missing", False, lambda: client.exists(db, "nope"))
step("jobs: hive", {"columns": ["c"], "data": [[8352]]}, lambda: client.query("SELECT count(1) AS c FROM nasdaq", engine="hive"))
step("jobs: presto through td-client", {"columns": ["c"], "data": [[8352]]}, lambda: client.query("SELECT count(1) AS c FROM nasdaq", engine="presto", force_tdclient=True))
step("jobs: list_jobs", "success", lambda: client.list_jobs()[0].status())
step("jobs: get_job", "success", lambda: client.get_job(client.list_jobs()[0].id).status())
step("jobs: failing statement", errors.InternalError, lambda: client.query("SELECT nope FROM nasdaq", engine="hive"))

for fmt in ("msgpack", "csv"):
    table = f"t_{fmt}"
    step(f"frames: {fmt} into a new table", None, lambda: load(table, frame.copy(), fmt=fmt))
    step(f"frames: {fmt} reads back", WANT, lambda: rows(READ % table))
    step(f"frames: {fmt} time", [[1_400_000_000, 1_400_000_002]], lambda: rows("SELECT min(time), max(time) FROM {db}.%s" % table))
    step(f"frames: {fmt} if_exists=error", RuntimeError, lambda: load(table, frame.copy(), fmt=fmt))
    step(f"frames: {fmt} if_exists=ignore", None, lambda: load(table, frame.copy(), fmt=fmt, if_exists="ignore"))
    step(f"frames: {fmt} ignored", [[3]], lambda: rows("SELECT count(*) FROM {db}.%s" % table))
    step(f"frames: {fmt} if_exists=append", None, lambda: load(table, frame.copy(), fmt=fmt, if_exists="append"))
    step(f"frames: {fmt} appended", [[6]], lambda: rows("SELECT count(*) FROM {db}.%s" % table))
    step(f"frames: {fmt} if_exists=overwrite", None, lambda: load(table, frame.copy(), fmt=fmt, if_exists="overwrite"))
    step(f"frames: {fmt} overwritten", WANT, lambda: rows(READ % table))
step("frames: msgpack booleans", [["true"], ["false"], ["true"]], lambda: [[str(r[0]).lower()] for r in rows("SELECT b FROM {db}.t_msgpack ORDER BY i")])
step("frames: msgpack None and empty", [["x"], [None], [""]], lambda: rows("SELECT n FROM {db}.t_msgpack ORDER BY i"))
step("frames: without time", None, lambda: load("t_now", frame.drop(columns="time"), fmt="msgpack"))
step("frames: time is now", True, lambda: abs(rows("SELECT max(time) FROM {db}.t_now")[0][0] - time.time()) < 600)
lists = pd.DataFrame({"time": [1, 2], "a": [[1, 2, 3], [4, 5, 6]]})
step("frames: lists", None, lambda: load("t_lists", lists, keep_list=True))
step("frames: lists read back", [[[1, 2, 3]], [[4, 5, 6]]], lambda: rows("SELECT a FROM {db}.t_lists ORDER BY time"))
step("frames: data frame of a result", (8352, 7), lambda: pd.DataFrame(**client.query("SELECT * FROM nasdaq", engine="presto", force_tdclient=True)).shape)
step("frames: insert_into through Trino's protocol", None, lambda: load("t_insert", frame.copy(), writer="insert_into"))
step("tables: get_table", True, lambda: client.get_table(db, "t_msgpack").exists)
step("tables: delete", None, lambda: client.get_table(db, "t_msgpack").delete())
step("tables: deleted", False, lambda: client.exists(db, "t_msgpack"))
step("databases: delete", True, lambda: client.api_client.delete_database(db))
done()
