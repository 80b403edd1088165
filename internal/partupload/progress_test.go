package partupload_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/partupload"
)

func TestProgress(t *testing.T) {
	var reported [][2]int64
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	for _, path := range []string{a, b} {
		if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	progress := partupload.NewProgress([]string{a, b}, func(done, total int64) { reported = append(reported, [2]int64{done, total}) })
	u, err := progress.FileUpload(a)
	if err != nil || u.Size != 10 {
		t.Fatalf("size %d, %v", u.Size, err)
	}
	for _, most := range []int64{4, 10} { // it breaks off, and is sent again
		body, err := u.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, body, most); err != nil {
			t.Fatal(err)
		}
		body.Close()
	}
	progress.Add(10) // b was there already
	if diff := cmp.Diff([][2]int64{{4, 20}, {0, 20}, {10, 20}, {20, 20}}, reported); diff != "" {
		t.Error(diff)
	}
	if _, err := progress.FileUpload(a + "x"); err == nil {
		t.Error("a missing file was taken")
	}
}
