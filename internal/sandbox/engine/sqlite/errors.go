package sqlite

import (
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// explain words a failed run for the person who wrote the statement.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, engine.ErrExists), errors.Is(err, engine.ErrNotFound), errors.Is(err, engine.ErrInvalid):
		if _, ok := errors.AsType[*translate.Error](err); !ok {
			return &translate.Error{Kind: translate.SemanticError, Message: refusal(err)}
		}
		return err
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	text := e.Error()
	for begin, kind := range map[string]translate.ErrorKind{markData: translate.DataError, markLimit: translate.NotSupported} {
		if _, rest, ok := strings.Cut(text, begin); ok {
			message, _, _ := strings.Cut(rest, markEnd)
			return &translate.Error{Kind: kind, Message: message}
		}
	}
	if code := e.Code() & 0xff; code == sqlite3.SQLITE_ERROR || code == sqlite3.SQLITE_TOOBIG || code == sqlite3.SQLITE_MISMATCH {
		text = strings.TrimPrefix(text, "SQL logic error: ")
		if i := strings.LastIndex(text, " ("); i >= 0 {
			text = text[:i]
		}
		return &translate.Error{Kind: translate.DataError, Message: text}
	}
	return err
}

// refusal words the catalog's refusals as the service does.
func refusal(err error) string {
	text := err.Error()
	text = strings.Replace(text, engine.ErrNotFound.Error(), "does not exist", 1)
	return strings.ToUpper(text[:1]) + text[1:]
}
