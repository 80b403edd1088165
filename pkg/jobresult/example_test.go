package jobresult_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/td-cli/td/pkg/jobresult"
)

// result returns the rows ["AAPL", 189.5] and ["GOOG", null] in MessagePack.
func result() *bytes.Reader {
	return bytes.NewReader([]byte("\x92\xa4AAPL\xcb\x40\x67\xb0\x00\x00\x00\x00\x00\x92\xa4GOOG\xc0"))
}

func ExampleCopy() {
	columns, err := jobresult.ParseSchema(`[["symbol","varchar"],["close","double"]]`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, format := range []jobresult.Format{jobresult.Table, jobresult.CSV, jobresult.JSONL} {
		stats, err := jobresult.Copy(context.Background(), os.Stdout, result(), jobresult.Options{
			Format:  format,
			Columns: columns,
			Header:  true,
			Null:    jobresult.DefaultNull,
			Limit:   -1,
		})
		fmt.Println(stats.Rows, err)
	}
	// Output:
	// +--------+-------+
	// | symbol | close |
	// +--------+-------+
	// | AAPL   | 189.5 |
	// | GOOG   | null  |
	// +--------+-------+
	// 2 rows in set
	// 2 <nil>
	// symbol,close
	// AAPL,189.5
	// GOOG,null
	// 2 <nil>
	// {"symbol":"AAPL","close":189.5}
	// {"symbol":"GOOG","close":null}
	// 2 <nil>
}

func ExampleCopyJSON() {
	records := strings.NewReader("\x82\xa4time\xce\x52\xaa\x2c\x00\xa4path\xa1/\x81\xa4time\xa3now")
	if err := jobresult.CopyJSON(context.Background(), os.Stdout, records); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"time":1386884096,"path":"/"}
	// {"time":"now"}
}

func ExampleWriter() {
	w, err := jobresult.NewWriter(os.Stdout, jobresult.Options{Format: jobresult.TSV, Null: jobresult.DefaultNull})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range [][]any{{1, "two\tthree"}, {nil, []int{4, 5}}} {
		if err := w.Write(row); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(w.Close())
	// Output:
	// 1	two\tthree
	// null	[4,5]
	// <nil>
}
