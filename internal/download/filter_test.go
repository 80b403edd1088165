package download

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/td-cli/td/pkg/jobresult"
)

var errNo = errors.New("no")

// upper converts rows to upper case and appends END when it is closed. It fails if fail is set.
type upper struct {
	w    io.Writer
	fail bool
}

func (u upper) Write(p []byte) (int, error) {
	if u.fail {
		return 0, errNo
	}
	return u.w.Write(bytes.ToUpper(p))
}

func (u upper) Close() error {
	_, err := u.w.Write([]byte("END"))
	return err
}

func TestFilter(t *testing.T) {
	r := newResult(t, 1, 50)
	path := filepath.Join(t.TempDir(), "out.json")
	o := Options{Rows: options(jobresult.JSON), Path: path, Filter: func(w io.Writer) io.WriteCloser { return upper{w: w} }}
	if _, err := Fetch(t.Context(), serve(t, r), r.job(), o); err != nil {
		t.Fatal(err)
	}
	if want := append(bytes.ToUpper(r.text(t, jobresult.JSON)), "END"...); !bytes.Equal(read(t, path), want) {
		t.Errorf("got %q", read(t, path))
	}
}

// TestRejected checks that rows rejected by a filter or a check are not delivered and that the caller gets its error.
func TestRejected(t *testing.T) {
	r := newResult(t, 1, 50)
	for name, o := range map[string]Options{
		"filter": {Filter: func(w io.Writer) io.WriteCloser { return upper{w, true} }},
		"check": {Check: func(stats jobresult.Stats) error {
			if stats.Rows != 50 {
				t.Errorf("the check is told of %d rows", stats.Rows)
			}
			return errNo
		}},
	} {
		o.Rows = options(jobresult.CSV)
		var out bytes.Buffer
		o.Out = &out
		_, err := Fetch(t.Context(), serve(t, r), r.job(), o)
		if refusal, ok := errors.AsType[*RejectedError](err); !ok || !errors.Is(refusal, errNo) {
			t.Errorf("%s, to a stream: %v", name, err)
		}

		dir := t.TempDir()
		o.Path = filepath.Join(dir, "old.csv")
		write(t, o.Path, "old", 0o600)
		_, err = Fetch(t.Context(), serve(t, r), r.job(), o)
		if refusal, ok := errors.AsType[*RejectedError](err); !ok || !errors.Is(refusal, errNo) {
			t.Errorf("%s, to a file: %v", name, err)
		}
		if got := string(read(t, o.Path)); got != "old" || names(t, dir) != "old.csv" {
			t.Errorf("%s: the file holds %q, the folder %s", name, got, names(t, dir))
		}
	}
}
