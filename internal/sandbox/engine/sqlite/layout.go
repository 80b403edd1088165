package sqlite

// layout creates the tables that describe a database. Their names contain a $, which is not
// allowed in the names of databases, tables and columns, so that no statement can access them.
//
//   - td$database has one row. Every change of a name or a column increments generation, which starts
//     at the time of creation, so that a database that was created again is distinguished.
//   - td$tables has a row per table. The name of a dropped table is null.
//   - td$columns has a row per column: its key in records, its name in SQL and in the SQLite
//     table, and its logical type in Trino's spelling.
//   - td$uploads lists the upload IDs that were appended to each table.
//   - td$views has a row per view: its query, the dialect and the database of the statement that created it, and its
//     columns as a JSON array of names and types.
//   - td$jobs has a row per job whose statement was committed, with the number of written rows or -1.
const layout = `
CREATE TABLE IF NOT EXISTS "td$database" (
	created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
	generation INTEGER NOT NULL DEFAULT 1, dropped INTEGER NOT NULL DEFAULT 0);
INSERT INTO "td$database" (created_at, updated_at, generation)
	SELECT ?1, ?1, ?1 WHERE NOT EXISTS (SELECT 1 FROM "td$database");
CREATE TABLE IF NOT EXISTS "td$tables" (
	id INTEGER PRIMARY KEY, name TEXT UNIQUE,
	records INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_import INTEGER NOT NULL DEFAULT 0,
	expire_days INTEGER NOT NULL DEFAULT 0, include_v INTEGER NOT NULL DEFAULT 1,
	detect_schema INTEGER NOT NULL DEFAULT 1,
	deleted_at INTEGER, deleted_name TEXT);
CREATE TABLE IF NOT EXISTS "td$columns" (
	table_id INTEGER NOT NULL, position INTEGER NOT NULL,
	name TEXT NOT NULL, sql TEXT NOT NULL, type TEXT NOT NULL,
	PRIMARY KEY (table_id, sql), UNIQUE (table_id, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "td$uploads" (
	table_id INTEGER NOT NULL, upload TEXT NOT NULL, appended_at INTEGER NOT NULL,
	PRIMARY KEY (table_id, upload)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "td$jobs" (
	id INTEGER PRIMARY KEY, written INTEGER NOT NULL, committed_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS "td$views" (
	name TEXT PRIMARY KEY, query TEXT NOT NULL, dialect INTEGER NOT NULL, database TEXT NOT NULL, columns TEXT NOT NULL);
PRAGMA user_version = 3;
`

// layoutVersion is the version of the layout. Version 1 had no td$jobs, version 2 no td$views.
const layoutVersion = 3

// rowKey is the name of the row number in every table. SQLite assigns ascending numbers.
const rowKey = `"td$row"`

// timeLast is the position of a time column that follows all other columns.
const timeLast = 1 << 30

// timeHidden is the position of the time column of a table whose definition in SQL has none. The column is not
// among those of SELECT *.
const timeHidden = timeLast + 1
