package history

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/redact"
)

const (
	maxInputs = 2000     // kept when there are twice as many
	maxInput  = 64 << 10 // bytes; longer inputs are not stored
)

// Inputs are the texts that a user has entered at the prompt of a shell, with a file that has a JSON string per line.
type Inputs struct {
	path string // "" if they are not stored

	// Entries are the inputs, the oldest first.
	Entries []string
}

// OpenInputs reads the inputs of a profile from a directory of [Dir]. With the directory "" they are kept in memory only.
// It also returns usable Inputs with an error.
func OpenInputs(ctx context.Context, dir, profile string) (*Inputs, error) {
	i := &Inputs{}
	if dir == "" {
		return i, nil
	}
	path := filepath.Join(dir, "shell", profile+".jsonl")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return i, err
	}
	lock, err := lockInputs(ctx, path)
	if err != nil {
		return i, err
	}
	defer func() { _ = lock.Release() }() // nothing is written to it
	text, err := readRegular(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return i, err
	}
	i.path = path
	for line := range bytes.Lines(text) {
		var entry string
		if json.Unmarshal(line, &entry) == nil { // a line of a killed process is incomplete
			i.Entries = append(i.Entries, entry)
		}
	}
	if len(i.Entries) <= 2*maxInputs {
		return i, nil
	}
	i.Entries = i.Entries[len(i.Entries)-maxInputs:]
	var kept bytes.Buffer
	for _, entry := range i.Entries {
		b, _ := json.Marshal(entry) // a string cannot fail
		kept.Write(append(b, '\n'))
	}
	return i, atomicfile.WriteFile(path, kept.Bytes(), atomicfile.Options{Private: true})
}

func lockInputs(ctx context.Context, path string) (*lockfile.Lock, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lockTimeout, errors.New("other processes keep it locked"))
	defer cancel()
	lock, err := lockfile.Wait(ctx, path+".lock")
	if ctx.Err() != nil {
		return nil, fmt.Errorf("%s: %w", path, context.Cause(ctx))
	}
	return lock, err
}

// Add appends an input, unless it repeats the last one. One that is too long or contains a secret is not stored.
func (i *Inputs) Add(ctx context.Context, text string) error {
	text = strings.TrimSpace(text)
	if n := len(i.Entries); n > 0 && i.Entries[n-1] == text {
		return nil
	}
	i.Entries = append(i.Entries, text)
	if i.path == "" || len(text) > maxInput || hasSecret(text) {
		return nil
	}
	lock, err := lockInputs(ctx, i.path)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }() // nothing is written to it
	f, err := os.OpenFile(i.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	b, _ := json.Marshal(text) // a string cannot fail
	_, err = writeLine(f, b)
	return errors.Join(err, f.Close())
}

// hasSecret reports whether an input contains a password or an API key, or sets a parameter with the name of one.
func hasSecret(text string) bool {
	if redact.Text(text) != text {
		return true
	}
	for line := range strings.Lines(text) {
		_, args, isSet := strings.Cut(line, `\set`)
		name, _, hasValue := strings.Cut(strings.TrimSpace(args), " ")
		if name, _, ok := strings.Cut(name, "="); isSet && (hasValue || ok) && redact.IsSecretName(name) {
			return true
		}
	}
	return false
}
