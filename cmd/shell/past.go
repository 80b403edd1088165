package shell

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/redact"
)

const (
	maxEntries = 2000
	maxEntry   = 64 << 10 // bytes; longer inputs are not stored
)

// A past is the inputs of earlier sessions of a profile, with a file that has a JSON string per line.
type past struct {
	path    string // "" if the inputs are not stored
	entries []string
}

// openPast reads the file. It removes all but the newest entries.
func openPast(env *cli.Env) (*past, error) {
	p := &past{}
	settings, err := env.Config()
	dir := history.Dir(env.Getenv("XDG_STATE_HOME"), config.HomeDir(env.Getenv))
	if err != nil || settings.HistoryOff || env.Flags.DryRun || dir == "" {
		return p, err
	}
	path := filepath.Join(dir, "shell", settings.Profile+".jsonl")
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return p, err
	}
	p.path = path
	for line := range bytes.Lines(b) {
		var entry string
		if json.Unmarshal(line, &entry) == nil { // not a line that was cut by a full disk
			p.entries = append(p.entries, entry)
		}
	}
	if len(p.entries) > 2*maxEntries {
		p.entries = p.entries[len(p.entries)-maxEntries:]
		var all bytes.Buffer
		for _, entry := range p.entries {
			all.Write(encodeEntry(entry))
		}
		err = atomicfile.WriteFile(path, all.Bytes(), atomicfile.Options{Private: true})
	} else {
		err = nil
	}
	return p, err
}

func encodeEntry(entry string) []byte {
	b, _ := json.Marshal(entry) // a string cannot fail
	return append(b, '\n')
}

// add appends an input, unless it repeats the last one. One with a secret is only kept in memory.
func (p *past) add(_ context.Context, text string) (err error) {
	text = strings.TrimSpace(text)
	if n := len(p.entries); n > 0 && p.entries[n-1] == text {
		return nil
	}
	p.entries = append(p.entries, text)
	if p.path == "" || len(text) > maxEntry || hasSecret(text) {
		return nil
	}
	f, err := os.OpenFile(p.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(encodeEntry(text)) // one write, so that sessions do not mix their lines
	return errors.Join(err, f.Close())
}

// hasSecret reports whether an input contains a password, an API key or a parameter with such a name.
func hasSecret(text string) bool {
	if redact.Text(text) != text {
		return true
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n=:", r) })
	return len(words) > 1 && words[0] == `\set` && redact.IsSecretName(words[1])
}
