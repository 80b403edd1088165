package enginetest

import (
	"errors"
	"fmt"
	"iter"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

func testAppendTypes(f *fixture) {
	f.create("t1")
	n := f.append("t1", "u1",
		Record("time", int64(1), "i", int64(1), "f", 2.5, "s", int64(7), "Big Name", true, "a", []any{int64(1), nil}),
		Record("time", 2.9, "i", 1.5, "f", int64(3), "s", "it's \"x\"\n\x00é😀", "u", uint64(1<<63), "m", engine.Map{{Key: "k", Value: int64(1 << 60)}, {Key: "a"}}),
		Record("time", "3", "i", nil, "nothing", nil),
	)
	if n != 3 {
		f.Errorf("added %d", n)
	}
	x := f.table("t1")
	f.compare([]engine.Column{
		{Name: "i", Type: "double"},
		{Name: "f", Type: "double"},
		{Name: "s", Type: "string"},
		{Name: "Big Name", Type: "string", Alias: "big_name"},
		{Name: "a", Type: "array<long>"},
		{Name: "u", Type: "string"},
		{Name: "m", Type: "map<string,long>"},
	}, x.Schema)
	if x.Records != 3 || x.LastLogTime.Unix() != 3 || x.StorageSize == 0 || x.LastImport.IsZero() {
		f.Errorf("figures: %+v", x)
	}
	f.compare([][]any{
		{1.0, 2.5, "7", []any{int64(1), nil}, nil, int64(1)},
		{1.5, 3.0, "it's \"x\"\n\x00é😀", nil, int64(1 << 60), int64(2)},
		{nil, nil, nil, nil, nil, int64(3)},
	}, f.run(`SELECT i, f, s, a, m['k'] AS k, "time" FROM t1 ORDER BY "time"`).Rows)
	tail, err := f.engine.Tail(f.Context(), f.db, "t1", 1)
	f.must(err)
	f.compare([]engine.Record{Record("time", int64(3))}, tail)
	tail, err = f.engine.Tail(f.Context(), f.db, "t1", 3)
	f.must(err)
	f.compare(Record("i", 1.0, "f", 2.5, "s", "7", "Big Name", "true", "a", []any{int64(1), nil}, "time", int64(1)), tail[0])
}

func testAppendRefuses(f *fixture) {
	f.create("t1")
	var wide engine.Record
	for i := range schema.MaxColumns + 1 {
		wide = append(wide, Record(fmt.Sprint("k", i), int64(i))...)
	}
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		records iter.Seq2[engine.Record, error]
		want    error
	}{
		"keys": {Records(Record("a", int64(1)), wide), engine.ErrInvalid},
		"time": {Records(Record("time", "soon")), engine.ErrInvalid},
		"source": {func(yield func(engine.Record, error) bool) {
			_ = yield(Record("a", int64(1)), nil) && yield(nil, broken)
		}, broken},
	} {
		if n, err := f.engine.Append(f.Context(), f.db, "t1", "up", tt.records); n != 0 || !errors.Is(err, tt.want) {
			f.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if x := f.table("t1"); x.Records != 0 || len(x.Schema) != 0 {
		f.Errorf("a failed Append left data: %+v", x)
	}
	for range 2 { // the upload ID was not used by the failed calls
		f.append("t1", "up", Record("a", int64(1)))
	}
	if x := f.table("t1"); x.Records != 1 {
		f.Errorf("%d records", x.Records)
	}
}

func testUploadIDs(f *fixture) {
	f.create("t1")
	for _, tt := range []struct {
		id   string
		want int64
	}{{"one", 2}, {"one", 0}, {"", 2}, {"", 2}, {"it's \"two\"", 2}, {"it's \"two\"", 0}} {
		if n := f.append("t1", tt.id, Record("a", int64(1)), Record("a", int64(2))); n != tt.want {
			f.Errorf("%q: %d records were added, want %d", tt.id, n, tt.want)
		}
	}
	for id, want := range map[string]bool{"one": true, "it's \"two\"": true, "three": false} {
		if got, err := f.engine.Appended(f.Context(), f.db, "t1", id); got != want || err != nil {
			f.Errorf("Appended(%q) = %v, %v", id, got, err)
		}
	}
	f.compare([][]any{{int64(8)}}, f.run(`SELECT count(*) FROM t1`).Rows)
	if n := f.append("t1", "empty"); n != 0 {
		f.Errorf("an empty import added %d records", n)
	}
}
