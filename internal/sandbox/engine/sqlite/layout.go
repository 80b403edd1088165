package sqlite

// layout makes the tables that describe a database. A $ is in no name that a
// database, table or column may have, so no statement reaches them.
//
//   - td$database: one row; generation goes up with every change of names or columns.
//   - td$tables: name is null when the table was dropped and can be recovered.
//   - td$columns: name is what records call it, sql what statements call it and
//     what it is called here, type its logical type in Trino's spelling. The time
//     column of a table has the last position unless a statement placed it.
//   - td$uploads: what was appended under an upload's ID.
const layout = `
CREATE TABLE IF NOT EXISTS "td$database" (
	created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
	generation INTEGER NOT NULL DEFAULT 1, dropped INTEGER NOT NULL DEFAULT 0);
INSERT INTO "td$database" (created_at, updated_at)
	SELECT ?1, ?1 WHERE NOT EXISTS (SELECT 1 FROM "td$database");
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
PRAGMA user_version = 1;
`

// rowKey is the name of every table's row number: SQLite gives it out, and
// the newest rows are those with the highest.
const rowKey = `"td$row"`

// timeLast is the position of a time column that keeps behind all others.
const timeLast = 1 << 30
