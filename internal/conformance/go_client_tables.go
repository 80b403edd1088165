//go:build ignore

package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"time"

	td "github.com/treasure-data/td-client-go"
	"github.com/ugorji/go/codec"
)

func checkDatabases(r *reporter, client *td.TDClient, db string) {
	r.succeed("databases: create", func() error { return client.CreateDatabase(db, nil) })
	r.fail("databases: create again", td.AlreadyExistsError, func() error { return client.CreateDatabase(db, nil) })
	r.fail("databases: invalid name", td.GenericError, func() error { return client.CreateDatabase("a", nil) })
	r.step("databases: list", true, func() (any, error) {
		list, err := client.ListDatabases()
		if err != nil {
			return nil, err
		}
		for _, d := range *list {
			if d.Name == "sample_datasets" {
				return d.Count > 0 && d.Permission == "administrator" && !d.CreatedAt.IsZero(), nil
			}
		}
		return false, nil
	})
	r.step("databases: show", db, func() (any, error) {
		d, err := client.ShowDatabase(db)
		if err != nil {
			return nil, err
		}
		return d.Name, nil
	})
}

func checkTables(r *reporter, client *td.TDClient, db string) {
	for _, table := range []string{"log", "other"} {
		r.succeed("tables: create "+table, func() error { return client.CreateLogTable(db, table) })
	}
	r.fail("tables: create again", td.AlreadyExistsError, func() error { return client.CreateLogTable(db, "log") })
	r.fail("tables: create in a missing database", td.NotFoundError, func() error { return client.CreateLogTable("no_such_database", "log") })
	r.succeed("schema: update", func() error {
		return client.UpdateSchema(db, "log", []any{[]any{"a", "string"}, []any{"b", "long"}, []any{"c", "array<long>"}})
	})
	r.fail("schema: unknown type", td.GenericError, func() error { return client.UpdateSchema(db, "log", []any{[]any{"a", "nonsense"}}) })
	r.succeed("tables: expire", func() error { return client.UpdateExpire(db, "log", 7) })
	r.succeed("tables: update", func() error { return client.UpdateTable(db, "other", map[string]string{"expire_days": "3"}) })
	r.step("tables: list", "log log 0 7, other log 0 3", func() (any, error) {
		list, err := client.ListTables(db)
		if err != nil {
			return nil, err
		}
		var tables []string
		for _, t := range *list {
			tables = append(tables, fmt.Sprint(t.Name, " ", t.Type, " ", t.Count, " ", t.ExpireDays))
		}
		return strings.Join(tables, ", "), nil
	})
	r.step("tables: show", 8352, func() (any, error) {
		t, err := client.ShowTable("sample_datasets", "nasdaq")
		if err != nil {
			return nil, err
		}
		return t.Count, nil
	})
	r.succeed("tables: swap", func() error { return client.SwapTable(db, "log", "other") })
	r.fail("tables: swap with a missing table", td.NotFoundError, func() error { return client.SwapTable(db, "log", "nope") })
	r.step("tables: delete", "log", func() (any, error) { return client.DeleteTable(db, "other") })
	r.fail("tables: delete again", td.NotFoundError, func() error {
		_, err := client.DeleteTable(db, "other")
		return err
	})
}

// records returns n records as msgpack.gz, and additional ones.
func records(n int, additional ...map[string]any) td.Blob {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	e := codec.NewEncoder(z, &codec.MsgpackHandle{WriteExt: true})
	for i := range n {
		e.MustEncode(map[string]any{"time": 1_400_000_000 + i, "n": i, "s": fmt.Sprint("s", i)})
	}
	for _, record := range additional {
		e.MustEncode(record)
	}
	_ = z.Close()
	return td.InMemoryBlob(b.Bytes())
}

func checkImports(r *reporter, client *td.TDClient, db string) {
	imports := func(table, id string, blob td.Blob) error {
		_, err := client.Import(db, table, "msgpack.gz", blob, id)
		return err
	}
	count := func() (any, error) {
		t, err := client.ShowTable(db, "log")
		if err != nil {
			return nil, err
		}
		return t.Count, nil
	}
	r.succeed("import: records", func() error { return imports("log", "", records(500)) })
	r.step("import: count", 500, count)
	r.succeed("import: with an ID", func() error { return imports("log", "0123456789abcdef", records(10)) })
	r.succeed("import: with the same ID", func() error { return imports("log", "0123456789abcdef", records(10)) })
	r.step("import: count of imports with an ID", 510, count)
	r.fail("import: missing table", td.NotFoundError, func() error { return imports("nope", "", records(1)) })
	r.fail("import: garbage", td.GenericError, func() error { return imports("log", "", td.InMemoryBlob("garbage")) })
	r.step("import: tail", 3, func() (any, error) {
		n := 0
		err := client.Tail(db, "log", 3, time.Time{}, time.Time{}, func(any) error { n++; return nil })
		return n, err
	})
}

func checkBulkImport(r *reporter, client *td.TDClient, db string) {
	session := db + "_session"
	r.succeed("bulk import: create", func() error { _, err := client.CreateBulkImport(session, db, "log", nil); return err })
	r.fail("bulk import: create again", td.AlreadyExistsError, func() error { _, err := client.CreateBulkImport(session, db, "log", nil); return err })
	for _, part := range []string{"one", "two"} {
		r.succeed("bulk import: upload part "+part, func() error {
			_, err := client.UploadBulkImportPart(session, part, records(5, map[string]any{"n": 1}))
			return err
		})
	}
	r.step("bulk import: list parts", "[one two]", func() (any, error) {
		list, err := client.ListBulkImportParts(session, nil)
		if err != nil {
			return nil, err
		}
		return fmt.Sprint(list.Parts), nil
	})
	r.succeed("bulk import: delete a part", func() error { return client.DeleteBulkImportPart(session, "two", nil) })
	r.succeed("bulk import: freeze", func() error { _, err := client.FreezeBulkImport(session, nil); return err })
	r.succeed("bulk import: unfreeze", func() error { _, err := client.UnfreezeBulkImport(session, nil); return err })
	r.step("bulk import: perform", "success", func() (any, error) {
		job, err := client.PerformBulkImport(session, nil)
		if err != nil {
			return nil, err
		}
		return wait(client, job.JobID)
	})
	r.step("bulk import: show", []any{"ready", 5, 1, 1, 0}, func() (any, error) {
		s, err := client.ShowBulkImport(session)
		if err != nil {
			return nil, err
		}
		return []any{s.Status, s.ValidRecords, s.ErrorRecords, s.ValidParts, s.ErrorParts}, nil
	})
	r.step("bulk import: list", true, func() (any, error) {
		list, err := client.ListBulkImports(nil)
		if err != nil {
			return nil, err
		}
		return len(*list) > 0, nil
	})
	r.succeed("bulk import: commit", func() error { _, err := client.CommitBulkImport(session, nil); return err })
	r.step("bulk import: count", 515, func() (any, error) {
		t, err := client.ShowTable(db, "log")
		if err != nil {
			return nil, err
		}
		return t.Count, nil
	})
	r.succeed("bulk import: delete", func() error { return client.DeleteBulkImport(session, nil) })
	r.fail("bulk import: delete again", td.NotFoundError, func() error { return client.DeleteBulkImport(session, nil) })
}
