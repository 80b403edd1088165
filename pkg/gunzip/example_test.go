package gunzip_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/td-cli/td/pkg/gunzip"
)

func ExampleReader() {
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	fmt.Fprintln(w, "symbol,close")
	w.Close()
	file.Write(make([]byte, 512)) // padding

	z := gunzip.NewReader(&file)
	if _, err := io.Copy(os.Stdout, z); err != nil {
		fmt.Println(err)
	}
	fmt.Println(z.Trailing())
	// Output:
	// symbol,close
	// true
}
