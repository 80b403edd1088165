package sqlite

import (
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// statementError converts an error of a statement into a *translate.Error, if the statement is
// the cause.
func (e *Engine) statementError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, engine.ErrExists), errors.Is(err, engine.ErrNotFound), errors.Is(err, engine.ErrInvalid):
		if _, ok := errors.AsType[*translate.Error](err); !ok {
			return &translate.Error{Kind: translate.SemanticError, Message: catalogMessage(err)}
		}
		return err
	}
	failure, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	text, code := failure.Error(), failure.Code()&0xff
	if code == sqlite3.SQLITE_TOOBIG || code == sqlite3.SQLITE_NOMEM {
		return &translate.Error{Kind: translate.DataError, Message: memoryMessage(e.runtimes.maxMemory)}
	}
	for prefix, kind := range map[string]translate.ErrorKind{dataErrorPrefix: translate.DataError, notSupportedPrefix: translate.NotSupported} {
		if _, rest, ok := strings.Cut(text, prefix); ok {
			message, _, _ := strings.Cut(rest, errorSuffix)
			return &translate.Error{Kind: kind, Message: message}
		}
	}
	if code == sqlite3.SQLITE_ERROR || code == sqlite3.SQLITE_MISMATCH {
		text = strings.TrimPrefix(text, "SQL logic error: ")
		if i := strings.LastIndex(text, " ("); i >= 0 {
			text = text[:i]
		}
		return &translate.Error{Kind: translate.DataError, Message: text}
	}
	return err
}

// catalogMessage returns the message of a catalog error in the service's wording.
func catalogMessage(err error) string {
	text := err.Error()
	text = strings.Replace(text, engine.ErrNotFound.Error(), "does not exist", 1)
	return strings.ToUpper(text[:1]) + text[1:]
}
