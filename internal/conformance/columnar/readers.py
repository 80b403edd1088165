"""Reads the Parquet and Arrow files of td with pyarrow, pandas, polars and DuckDB.

All values are compared with those that td writes as JSON.
"""

import datetime
import decimal
import json
import math
import os
import subprocess
import sys
import zoneinfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from steps import apikey, done, endpoint, step  # noqa: E402

home = os.environ["HOME"]

# Each column is its name, its kind (see canon), its type in pyarrow, polars and DuckDB, and the values of three rows in SQL.
US, PL_US = "timestamp[us]", "Datetime(time_unit='us', time_zone=None)"
COLUMNS = [
    ("id", "", "int32", "Int32", "INTEGER", "1", "2", "3"),
    ("ti", "", "int8", "Int8", "TINYINT", "tinyint '-128'", "null", "tinyint '127'"),
    ("si", "", "int16", "Int16", "SMALLINT", "smallint '-32768'", "null", "smallint '32767'"),
    ("bi", "", "int64", "Int64", "BIGINT", "bigint '-9223372036854775808'", "null", "bigint '9223372036854775807'"),
    ("b", "", "bool", "Boolean", "BOOLEAN", "true", "null", "false"),
    ("d", "", "double", "Float64", "DOUBLE", "1.5e0", "null", "-0e0"),
    ("nan", "", "double", "Float64", "DOUBLE", "nan()", "infinity()", "-infinity()"),
    ("r", "", "float", "Float32", "FLOAT", "real '0.1'", "null", "real '-3.4028235e38'"),
    ("v", "", "string", "String", "VARCHAR", "'\u00e9\u6771\u4eac'", "null", "''"),
    ("long", "", "string", "String", "VARCHAR", "lpad('x', 70000, 'abc')", "null", "lpad('y', 100, 'def')"),
    ("vb", "bytes", "binary", "Binary", "BLOB", "x'00ff10'", "null", "x''"),
    ("dt", "date", "date32[day]", "Date", "DATE", "date '0001-01-01'", "date '1969-12-31'", "date '9999-12-31'"),
    ("ts0", "us", US, PL_US, "TIMESTAMP", "timestamp '1969-12-31 23:59:59'", "null", "timestamp '2020-02-29 12:34:56'"),
    ("ts3", "us", US, PL_US, "TIMESTAMP", "timestamp '1969-12-31 23:59:59.999'", "null", "timestamp '0001-01-01 00:00:00.000'"),
    ("ts6", "us", US, PL_US, "TIMESTAMP", "timestamp '2020-01-01 00:00:00.123456'", "null", "timestamp '9999-12-31 23:59:59.999999'"),
    ("tz", "zone", "timestamp[us, tz=UTC]", "Datetime(time_unit='us', time_zone='UTC')", "TIMESTAMP WITH TIME ZONE", "timestamp '2020-06-01 12:00:00 Asia/Tokyo'", "null", "timestamp '1969-12-31 23:59:59.999 UTC'"),
    ("tm", "time", "time64[us]", "Time", "TIME", "time '23:59:59.999'", "null", "time '00:00:00.000'"),
    ("d38", "", "decimal128(38, 3)", "Decimal(precision=38, scale=3)", "DECIMAL(38,3)", "cast('12345678901234567890123456789012345.678' as decimal(38,3))", "null", "decimal '-0.001'"),
    ("d18", "", "decimal128(18, 4)", "Decimal(precision=18, scale=4)", "DECIMAL(18,4)", "cast('-12345678901234.5678' as decimal(18,4))", "null", "cast(0 as decimal(18,4))"),
    ("d2", "", "decimal128(2, 2)", "Decimal(precision=2, scale=2)", "DECIMAL(2,2)", "decimal '-0.05'", "null", "decimal '0.01'"),
    ("ai", "", "list<element: int32>", "List(Int32)", "INTEGER[]", "array[1, null, 3]", "null", "array[]"),
    ("av", "", "list<element: string>", "List(String)", "VARCHAR[]", "array['a', null]", "array[null]", "array[]"),
    ("ad", "list date", "list<element: date32[day]>", "List(Date)", "DATE[]", "array[date '1969-07-20', null]", "null", "array[]"),
    ("m", "map", "map<string, double>", "Map(String, Float64)", "MAP(VARCHAR, DOUBLE)", "map(array['k', 'l'], array[1.5e0, null])", "null", "map()"),
    ("rw", "row", "struct<a: int64, b: string, c: double>", "Struct({'a': Int64, 'b': String, 'c': Float64})", "STRUCT(a BIGINT, b VARCHAR, c DOUBLE)", "cast(row(1, 'x', null) as row(a bigint, b varchar, c double))", "null", "cast(row(null, null, null) as row(a bigint, b varchar, c double))"),
    ("aa", "", "list<element: list<element: int32>>", "List(List(Int32))", "INTEGER[][]", "array[array[1], array[], null]", "null", "array[]"),
    ("j", "", "string", "String", "VARCHAR", "json '{\"a\":[1,null]}'", "null", "json 'null'"),
    ("u", "", "string", "String", "VARCHAR", "uuid '12151fd2-7586-11e9-8f9e-2a86e4085a59'", "null", "null"),
    ("nothing", "", "string", "String", "VARCHAR", "null", "null", "null"),
]
NAMES = [c[0] for c in COLUMNS]
KINDS = [c[1] for c in COLUMNS]
VALUES = "(VALUES %s) AS t (%s)" % (", ".join("(%s)" % ", ".join(c[row] for c in COLUMNS) for row in (5, 6, 7)), ", ".join(NAMES))
ALL = f"SELECT *, to_hex(vb) AS hex FROM {VALUES} ORDER BY id"
KINDS.append("")  # hex


def td(*args):
    """Runs td and returns its standard output."""
    command = [os.environ["TD"], "-e", endpoint.rstrip("/"), "-k", apikey, *args]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr.decode())
    return result.stdout


def query(name, sql, *flags):
    """Runs a query and returns the path of its rows."""
    path = os.path.join(home, name)
    td("query", "-w", "-T", "trino", "-d", "sample_datasets", "-o", path, *flags, sql)
    return path


def fraction(text, digits):
    """Returns the text of a time with a number of digits after the seconds."""
    seconds, _, rest = text.partition(".")
    return f"{seconds}.{rest:0<{digits}}"[: len(seconds) + 1 + digits]


def canon(v, kind):
    """Returns a value of a reader, or of the JSON output, in a form that can be compared."""
    if v is None:
        return None
    kind, _, inner = kind.partition(" ")
    text = isinstance(v, str)
    if kind == "list":
        return [canon(x, inner) for x in v]
    if kind == "bytes":
        return v if text else v.hex().upper()
    if kind == "date":
        return v if text else v.isoformat()
    if kind == "time":
        return fraction(v if text else v.isoformat(), 6)
    if kind == "us":
        return fraction(v if text else v.isoformat(sep=" "), 6)
    if kind == "zone":
        if text:
            stamp, zone = v.rsplit(" ", 1)
            v = datetime.datetime.fromisoformat(fraction(stamp, 6)).replace(tzinfo=zoneinfo.ZoneInfo(zone))
        return v.astimezone(datetime.timezone.utc).isoformat()
    if kind == "map":
        if isinstance(v, list):  # of pairs, or of structs
            v = dict((p["key"], p["value"]) if isinstance(p, dict) else p for p in v)
        return sorted(v.items())
    if kind == "row":
        return list(v.values()) if isinstance(v, dict) else v
    if isinstance(v, decimal.Decimal):
        return format(v, "f")
    if isinstance(v, float) and not math.isfinite(v):
        return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
    if isinstance(v, float):
        return repr(v)
    if isinstance(v, list):
        return [canon(x, "") for x in v]
    return v


def canon_rows(rows, kinds=None):
    return [[canon(v, kind) for v, kind in zip(row, kinds or KINDS, strict=True)] for row in rows]


def wanted(path):
    """Returns the rows of a JSON file."""
    with open(path, encoding="utf-8") as f:
        rows = json.load(f)
    hexadecimal = NAMES.index("vb")
    for row in rows:
        row[hexadecimal] = row[-1]  # a varbinary is not text
    return canon_rows(rows)


def arrow_rows(table):
    return canon_rows(zip(*(c.to_pylist() for c in table.columns), strict=True))


def arrow_types(table):
    return [str(f.type).split(" ('")[0].replace(" not null", "") + (">" if " ('" in str(f.type) else "") for f in table.schema]


def duck(relation):
    """Returns types and rows of a DuckDB relation, whose instants need a module that is not installed."""
    types = [str(t) for t in relation.types]
    return types, canon_rows(relation.project("* REPLACE (timezone('UTC', tz) AS tz)").fetchall(), [k if k != "zone" else "us" for k in KINDS])


WANT = wanted(query("all.json", ALL, "-f", "json"))
DUCK_WANT = [[fraction(v[:19].replace("T", " ") + v[19:-6], 6) if k == "zone" and v else v for v, k in zip(row, KINDS)] for row in WANT]
PARQUET = query("all.parquet", ALL)
ARROW = query("all.arrow", ALL)
JOB = json.loads(td("job:list", "-f", "jsonl").splitlines()[0])["job_id"]
STREAM = td("job:result", JOB, "-f", "arrow")

PA_TYPES = [c[2] for c in COLUMNS] + ["string"]
PL_TYPES = [c[3] for c in COLUMNS] + ["String"]
DUCK_TYPES = [c[4] for c in COLUMNS] + ["VARCHAR"]

for name, read in {
    "parquet": lambda: pa.parquet.read_table(PARQUET),
    "arrow file": lambda: pa.ipc.open_file(ARROW).read_all(),
    "arrow stream": lambda: pa.ipc.open_stream(STREAM).read_all(),
}.items():
    step(f"pyarrow: {name}: types", PA_TYPES, lambda: arrow_types(read()))
    step(f"pyarrow: {name}: values", WANT, lambda: arrow_rows(read()))
    step(f"pyarrow: {name}: valid", None, lambda: read().validate(full=True))
    step(f"duckdb: {name}: types", DUCK_TYPES, lambda: duck(duckdb.from_arrow(read()))[0])
    step(f"duckdb: {name}: values", DUCK_WANT, lambda: duck(duckdb.from_arrow(read()))[1])

step("duckdb: its own reader: types", DUCK_TYPES, lambda: duck(duckdb.read_parquet(PARQUET))[0])
step("duckdb: its own reader: values", DUCK_WANT, lambda: duck(duckdb.read_parquet(PARQUET))[1])

for name, read in {
    "parquet": lambda: pd.read_parquet(PARQUET, dtype_backend="pyarrow"),
    "arrow file": lambda: pd.read_feather(ARROW, dtype_backend="pyarrow"),
}.items():
    step(f"pandas: {name}: types", PA_TYPES, lambda: arrow_types(pa.Table.from_pandas(read(), preserve_index=False)))
    step(f"pandas: {name}: values", WANT, lambda: arrow_rows(pa.Table.from_pandas(read(), preserve_index=False)))
step("pandas: default types", (3, ["int32", "bool"]), lambda: (len(pd.read_parquet(PARQUET)), [str(pd.read_parquet(query("two.parquet", "SELECT 1 AS i, true AS b")).dtypes[c]) for c in "ib"]))

for name, read in {
    "parquet": lambda: pl.read_parquet(PARQUET),
    "arrow file": lambda: pl.read_ipc(ARROW),
    "arrow stream": lambda: pl.read_ipc_stream(STREAM),
}.items():
    step(f"polars: {name}: types", PL_TYPES, lambda: [str(t) for t in read().dtypes])
    step(f"polars: {name}: values", WANT, lambda: canon_rows(read().rows()))

# Methods of compression, many row groups and batches, and parts.
MANY = "SELECT n, n * 0.5e0 AS x, CAST(n % 7 AS varchar) AS s FROM UNNEST(sequence(1, 9000)) AS a (n)"
for method in ("zstd", "snappy", "gzip", "none"):
    path = query(f"{method}.parquet", MANY, "--compression", method)
    step(f"duckdb: {method}", [(9000, 40504500, 20252250.0, 7)], lambda: duckdb.sql(f"SELECT count(*), sum(n)::BIGINT, sum(x), count(DISTINCT s) FROM '{path}'").fetchall())
    step(f"polars: {method}", (9000, 40504500), lambda: pl.read_parquet(path).select(pl.len(), pl.col("n").cast(pl.Int64).sum()).row(0))
for method in ("zstd", "none"):
    path = query(f"{method}.arrow", MANY, "--compression", method)
    step(f"pyarrow: arrow, {method}", 40504500, lambda: pa.compute.sum(pa.ipc.open_file(path).read_all()["n"]).as_py())
query("part-%03d.parquet", MANY, "--split-rows", "4000")
step("duckdb: parts", [(9000, 40504500)], lambda: duckdb.sql(f"SELECT count(*), sum(n)::BIGINT FROM '{home}/part-*.parquet'").fetchall())

# Results without rows, without columns, and with columns of the same name.
for name, sql, shape in (
    ("no rows", "SELECT 1 AS a, ARRAY['x'] AS b WHERE false", (0, 2)),
    ("no columns", "CREATE TABLE IF NOT EXISTS empty_result (a bigint)", (0, 0)),
    ("duplicate names", "SELECT 1 AS a, 2 AS a, 3 AS a_2", (1, 3)),
):
    parquet, arrow = query("x.parquet", sql), query("x.arrow", sql)
    step(f"pyarrow: {name}", (shape, shape), lambda: (pa.parquet.read_table(parquet).shape, pa.ipc.open_file(arrow).read_all().shape))
    step(f"polars: {name}", (shape, shape), lambda: (pl.read_parquet(parquet).shape, pl.read_ipc(arrow).shape))
    step(f"pandas: {name}", (shape, shape), lambda: (pd.read_parquet(parquet).shape, pd.read_feather(arrow).shape))
    if shape[1]:  # DuckDB has no tables without columns
        step(f"duckdb: {name}", shape[0], lambda: len(duckdb.read_parquet(parquet).fetchall()))

done()
