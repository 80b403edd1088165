package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/pkg/jobresult"
)

// A Pattern is the path of numbered files, such as "part-%04d.csv". The number replaces %d, or with
// leading zeros %0Nd, in the last element of the path; %% is a percent sign there.
type Pattern struct {
	dir            string // ends in a separator, or is empty
	prefix, suffix string
	digits         int // minimum number of digits
}

// ParsePattern parses a path with one %d.
func ParsePattern(path string) (Pattern, error) {
	dir, name := filepath.Split(path)
	p := Pattern{dir: dir}
	verbs := 0
	for text := name; text != ""; {
		literal, verb, rest := cutVerb(text)
		p.suffix += literal
		switch {
		case verb == "":
		case verb == "%%":
			p.suffix += "%"
		case !isNumberVerb(verb):
			return p, fmt.Errorf("%q has %s", path, verb)
		default:
			verbs++
			p.digits, _ = strconv.Atoi(strings.Trim(verb, "%d"))
			p.prefix, p.suffix = p.suffix, ""
		}
		text = rest
	}
	if verbs != 1 {
		return p, fmt.Errorf("%q has %d of them", path, verbs)
	}
	return p, nil
}

// cutVerb splits text around its first verb, which is empty if there is none.
func cutVerb(text string) (literal, verb, rest string) {
	i := strings.IndexByte(text, '%')
	if i < 0 {
		return text, "", ""
	}
	end := i + 1
	for end < len(text) && strings.IndexByte("0123456789+- #.", text[end]) >= 0 {
		end++
	}
	end = min(end+1, len(text))
	return text[:i], text[i:end], text[end:]
}

func isNumberVerb(verb string) bool {
	return regexp.MustCompile(`^%(0[1-9]?[0-9])?d$`).MatchString(verb)
}

// Name returns the path of file i.
func (p Pattern) Name(i int64) string { return p.dir + p.base(i) }

func (p Pattern) base(i int64) string {
	return fmt.Sprintf("%s%0*d%s", p.prefix, p.digits, i, p.suffix)
}

// matches reports whether a name in the directory is that of a file.
func (p Pattern) matches(name string) bool {
	digits, ok := strings.CutPrefix(name, p.prefix)
	digits, isMember := strings.CutSuffix(digits, p.suffix)
	i, err := strconv.ParseUint(digits, 10, 63)
	return ok && isMember && err == nil && p.base(int64(i)) == name
}

// CheckParts returns a [FileError] if a result cannot be written to files with a pattern, because of
// the reasons that CheckPath has or because one exists. It leaves no file.
func CheckParts(p Pattern) error {
	lock, set, err := p.open()
	if err != nil {
		return err
	}
	set.Discard()
	lock.Discard()
	return nil
}

// open locks the pattern, as an empty temporary file that is named after it, and opens the set of its
// files.
func (p Pattern) open() (lock *atomicfile.File, set *atomicfile.Set, err error) {
	path := p.dir + p.prefix + "%d" + p.suffix
	lock, err = atomicfile.Create(path, atomicfile.Options{Part: true, IsLeftover: isLeftover})
	if err != nil {
		return nil, nil, &FileError{path, err}
	}
	set, err = atomicfile.OpenSet(filepath.Dir(lock.TempName()), lock.TempName()+".d", p.matches)
	if err != nil {
		lock.Discard()
		return nil, nil, &FileError{p.errorPath(path, err), err}
	}
	return lock, set, nil
}

// errorPath returns the path for the error of a set: that of the existing file, if one is in the way.
func (p Pattern) errorPath(path string, err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrExist) {
		return p.dir + filepath.Base(e.Path)
	}
	return path
}

// A partFiles is the destination of a result that is split.
type partFiles struct {
	*atomicfile.Set
	pattern Pattern
	count   int64
}

// create starts the next file.
func (p *partFiles) create() error {
	p.count++
	return p.fileError(p.Create(p.pattern.base(p.count)))
}

// Write appends b to the current file.
func (p *partFiles) Write(b []byte) (int, error) {
	n, err := p.Set.Write(b)
	return n, p.fileError(err)
}

// fileError wraps an error of the current file.
func (p *partFiles) fileError(err error) error { return fileError(p.pattern.Name(p.count), err) }

// reset removes all files.
func (p *partFiles) reset() {
	p.Discard()
	p.count = 0
}

// writeParts writes the rows to numbered files.
func (d *transfer) writeParts(ctx context.Context) (jobresult.Stats, error) {
	pattern, err := ParsePattern(d.options.Path)
	if err != nil {
		return jobresult.Stats{}, err
	}
	lock, set, err := pattern.open()
	if err != nil {
		return jobresult.Stats{}, err
	}
	defer lock.Discard()
	defer set.Discard()
	d.options.Rows.ArrowFile = true
	parts := &partFiles{Set: set, pattern: pattern}
	d.out = &resultWriter{w: parts, file: lock, parts: parts}
	stats, err := d.run(ctx)
	d.cleanUp(ctx, lock.TempName(), err)
	if err == nil {
		if err = set.Commit(); err != nil {
			err = &FileError{pattern.errorPath(d.options.Path, err), err}
		}
	}
	return stats, err
}

// A partWriter writes the rows of the current file.
type partWriter struct {
	io.WriteCloser
	parts *partFiles
}

// openPart starts the next file of a result that is split.
func (d *transfer) openPart() (io.WriteCloser, error) {
	parts := d.out.parts
	if err := parts.create(); err != nil {
		return nil, err
	}
	w, err := newRowWriter(d.out, d.options)
	return partWriter{w, parts}, err
}

// Close ends the current file.
func (w partWriter) Close() error {
	if err := w.WriteCloser.Close(); err != nil {
		return err
	}
	return w.parts.fileError(w.parts.Set.Close())
}
