package jobresult

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/vmihailenco/msgpack/v5"
)

// ordered is a map that is encoded in order.
type ordered []any

func (o ordered) EncodeMsgpack(e *msgpack.Encoder) error {
	if err := e.EncodeMapLen(len(o) / 2); err != nil {
		return err
	}
	for _, v := range o {
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	return nil
}

// readParquet returns the values of a Parquet file with their levels: one line per row and column.
func readParquet(t *testing.T, data string) []string {
	t.Helper()
	f, err := parquet.OpenFile(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, group := range f.RowGroups() {
		rows := group.Rows()
		defer rows.Close()
		buf := make([]parquet.Row, 10)
		for {
			n, err := rows.ReadRows(buf)
			for _, row := range buf[:n] {
				var texts []string
				for _, v := range row {
					texts = append(texts, fmt.Sprintf("%v@%d,%d", v, v.RepetitionLevel(), v.DefinitionLevel()))
				}
				lines = append(lines, strings.Join(texts, " "))
			}
			if err != nil {
				break
			}
		}
	}
	return lines
}

// TestParquetLevels checks the values and levels of nested values
// (https://parquet.apache.org/docs/file-format/nestedencoding/).
func TestParquetLevels(t *testing.T) {
	columns := []Column{
		{"a", "array(array(integer))"}, {"m", "map(varchar,bigint)"}, {"r", "row(x integer, y array(varchar))"},
	}
	raw := packed(t,
		[]any{[]any{[]any{1, nil}, []any{}, nil, []any{2}}, ordered{"k", 1, "l", nil}, []any{5, []any{"p", "q"}}},
		[]any{[]any{}, ordered{}, []any{nil, []any{}}},
		[]any{nil, nil, nil},
		[]any{[]any{nil}, ordered{"k", 2}, ordered{"y", []any{nil}}},
		[]any{},
	)
	got, _, err := copied(t, raw, Options{Format: Parquet, Columns: columns, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1@0,5 <null>@2,4 <null>@1,3 <null>@1,2 2@1,5 k@0,2 l@1,2 1@0,3 <null>@1,2 5@0,2 p@0,4 q@1,4",
		"<null>@0,1 <null>@0,1 <null>@0,1 <null>@0,1 <null>@0,2",
		"<null>@0,0 <null>@0,0 <null>@0,0 <null>@0,0 <null>@0,0",
		"<null>@0,2 k@0,2 2@0,3 <null>@0,1 <null>@0,3",
		"<null>@0,0 <null>@0,0 <null>@0,0 <null>@0,0 <null>@0,0",
	}
	if diff := cmp.Diff(want, readParquet(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestParquetTypes checks the types and values of scalar columns.
func TestParquetTypes(t *testing.T) {
	for _, test := range []struct {
		name, node string
		value      any
		want       string
	}{
		{"boolean", "optional boolean", true, "true"},
		{"tinyint", "optional int32 %s (INT(8,true))", -128, "-128"},
		{"bigint", "optional int64 %s (INT(64,true))", math.MaxInt64, "9223372036854775807"},
		{"real", "optional float", 1.5, "1.5"},
		{"double", "optional double", math.Inf(1), "+Inf"},
		{"decimal(9,2)", "optional int32 %s (DECIMAL(9,2))", "-12.3", "-1230"},
		{"decimal(18,0)", "optional int64 %s (DECIMAL(18,0))", "999999999999999999", "999999999999999999"},
		{"decimal(38,0)", "optional fixed_len_byte_array(16) %s (DECIMAL(38,0))", "-2", strings.Repeat("\xff", 15) + "\xfe"},
		{"date", "optional int32 %s (DATE)", "1970-01-02", "1"},
		{"time", "optional int64 %s (TIME(isAdjustedToUTC=false,unit=MICROS))", "00:00:01", "1000000"},
		{"timestamp(3)", "optional int64 %s (TIMESTAMP(isAdjustedToUTC=false,unit=MICROS))", "1970-01-01 00:00:01", "1000000"},
		{"timestamp(9)", "optional int64 %s (TIMESTAMP(isAdjustedToUTC=false,unit=NANOS))", "1970-01-01 00:00:01", "1000000000"},
		{"timestamp(3) with time zone", "optional int64 %s (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS))", "1970-01-01 00:00:01 UTC", "1000000"},
		{"varchar(5)", "optional binary %s (STRING)", "é", "é"},
		{"varbinary", "optional binary", []byte{0xff}, "\xff"},
		{"uuid", "optional binary %s (STRING)", "12151fd2-7586-11e9-8f9e-2a86e4085a59", "12151fd2-7586-11e9-8f9e-2a86e4085a59"},
		{"", "optional binary %s (STRING)", []any{1, ordered{"a", nil}}, `[1,{"a":null}]`},
	} {
		for _, method := range Parquet.Compressions() {
			raw := packed(t, []any{test.value}, []any{nil})
			got, _, err := copied(t, raw, Options{Format: Parquet, Columns: []Column{{"c", test.name}}, Limit: -1, Compression: method})
			if err != nil {
				t.Errorf("%s, %s: %v", test.name, method, err)
				continue
			}
			f, err := parquet.OpenFile(strings.NewReader(got), int64(len(got)))
			if err != nil {
				t.Fatal(err)
			}
			node := test.node + " c"
			if strings.Contains(test.node, "%s") {
				node = fmt.Sprintf(test.node, "c")
			}
			if schema := f.Schema().String(); !strings.Contains(schema, node+";") {
				t.Errorf("%s: the schema is %s, want %s", test.name, schema, node)
			}
			if diff := cmp.Diff([]string{test.want + "@0,1", "<null>@0,0"}, readParquet(t, got)); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", test.name, method, diff)
			}
		}
	}
}

// TestTypedBatches checks results of several batches and row groups.
func TestTypedBatches(t *testing.T) {
	columns := []Column{{"n", "bigint"}, {"n", "varchar"}}
	const rows = batchRows*2 + 5
	var raw bytes.Buffer
	e := msgpack.NewEncoder(&raw)
	for i := range rows {
		if err := e.Encode([]any{i, fmt.Sprint(i % 100)}); err != nil {
			t.Fatal(err)
		}
	}
	got, stats, err := copied(t, raw.Bytes(), Options{Format: Parquet, Columns: columns, Limit: -1})
	if err != nil || stats.Rows != rows {
		t.Fatalf("%d rows, %v", stats.Rows, err)
	}
	lines := readParquet(t, got)
	if len(lines) != rows {
		t.Fatalf("%d rows in the file", len(lines))
	}
	for i, line := range lines {
		if want := fmt.Sprintf("%d@0,1 %d@0,1", i, i%100); line != want {
			t.Fatalf("row %d is %s, want %s", i, line, want)
		}
	}
	stream, _, err := copied(t, raw.Bytes(), Options{Format: Arrow, Columns: columns, Limit: -1, Compression: Uncompressed})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 3, 3, 3, 0}, arrowMessages(t, stream)); diff != "" {
		t.Errorf("messages of the stream (-want +got):\n%s", diff)
	}
	file, _, err := copied(t, raw.Bytes(), Options{Format: Arrow, Columns: columns, Limit: -1, Compression: Uncompressed, ArrowFile: true})
	if err != nil || !strings.HasPrefix(file, "ARROW1\x00\x00"+stream[:100]) || !strings.HasSuffix(file, "ARROW1") {
		t.Errorf("the file is not a stream with a footer: %v", err)
	}
}

// arrowMessages returns the kinds of the messages of a stream
// (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format), 0 for the end.
func arrowMessages(t *testing.T, stream string) []int {
	t.Helper()
	b := []byte(stream)
	u32 := func(p int) int { return int(binary.LittleEndian.Uint32(b[p:])) }
	field := func(table, i int) int {
		vtable := table - int(int32(u32(table)))
		return table + int(binary.LittleEndian.Uint16(b[vtable+4+2*i:]))
	}
	var kinds []int
	for p := 0; p < len(b); {
		if u32(p) != 0xffffffff {
			t.Fatalf("no message at byte %d", p)
		}
		size := u32(p + 4)
		if size == 0 {
			return append(kinds, 0)
		}
		table := p + 8 + u32(p+8)
		kinds = append(kinds, int(b[field(table, 1)]))
		p += 8 + size + int(binary.LittleEndian.Uint64(b[field(table, 3):]))
	}
	return kinds
}

// TestTypedErrors checks errors of formats with typed columns.
func TestTypedErrors(t *testing.T) {
	columns := []Column{{"a", "bigint"}, {"b", "array(row(x date, y varchar))"}}
	good := []any{1, []any{[]any{"2024-01-02", "x"}}}
	for _, test := range []struct {
		row  []any
		want string
	}{
		{[]any{"x"}, `row 2, column "a" (bigint): cannot write the value "x": it is not a valid bigint`},
		{[]any{[]any{1}}, `row 2, column "a" (bigint): cannot write the value [1]: it is not a valid bigint`},
		{
			[]any{1, []any{[]any{"2024-01-02", "x"}, []any{"2024-02-30", "x"}}},
			`row 2, column "b" (array(row(x date, y varchar))): cannot write the value [["2024-01-02","x"],["2024-02-30","x"]]: it is not a valid date`,
		},
		{[]any{1, []any{[]any{"2024-01-02"}}}, `row 2, column "b" (array(row(x date, y varchar))): cannot write the value [["2024-01-02"]]: the row has 1 values instead of 2`},
		{[]any{1, []any{ordered{"z", 1}}}, `row 2, column "b" (array(row(x date, y varchar))): cannot write the value [{"z":1}]: the row has no field "z"`},
		{[]any{1, []any{ordered{"y", "1", "y", "2"}}}, `row 2, column "b" (array(row(x date, y varchar))): cannot write the value [{"y":"1","y":"2"}]: the field "y" is repeated`},
		{[]any{1, []any{ordered{"y", "\xff"}}}, `row 2, column "b" (array(row(x date, y varchar))): cannot write the value [{"y":"�"}]: it is not valid UTF-8`},
		{[]any{1, nil, 3}, "the result is corrupt at row 2, byte 18: the row has 3 values, but the schema has 2 columns"},
	} {
		for _, format := range []Format{Parquet, Arrow} {
			_, stats, err := copied(t, packed(t, good, test.row, good), Options{Format: format, Columns: columns, Limit: -1})
			if err == nil || err.Error() != test.want || stats.Rows != 1 {
				t.Errorf("%s: %v after %d rows, want %s", format, err, stats.Rows, test.want)
			}
		}
	}
	_, _, err := copied(t, nil, Options{Format: Parquet, Limit: -1})
	if _, ok := errors.AsType[*SchemaError](err); !ok {
		t.Errorf("without a schema: %v", err)
	}
	if _, _, err := copied(t, nil, Options{Format: Arrow, Columns: columns, Limit: -1, Compression: Snappy}); err == nil {
		t.Error("arrow has no compression with snappy")
	}
}

// TestTypedSelection checks that the types follow the selected columns.
func TestTypedSelection(t *testing.T) {
	columns := []Column{{"a", "bigint"}, {"b", "date"}}
	raw := packed(t, []any{1, "1970-01-03"}, []any{2})
	got, _, err := copied(t, raw, Options{Format: Parquet, Columns: columns, Limit: -1, Select: []int{1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2@0,1 1@0,1", "<null>@0,0 2@0,1"}, readParquet(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTypedEmpty checks results without rows, and without columns.
func TestTypedEmpty(t *testing.T) {
	for _, columns := range [][]Column{{}, {{"a", "bigint"}}} {
		got, _, err := copied(t, nil, Options{Format: Parquet, Columns: columns, Limit: -1})
		if err != nil || len(readParquet(t, got)) != 0 {
			t.Errorf("%v: %v", columns, err)
		}
		got, _, err = copied(t, nil, Options{Format: Arrow, Columns: columns, Limit: -1})
		if diff := cmp.Diff([]int{1, 0}, arrowMessages(t, got)); err != nil || diff != "" {
			t.Errorf("%v: %v %s", columns, err, diff)
		}
	}
}
