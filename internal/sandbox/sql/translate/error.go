package translate

import (
	"fmt"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// Dialect is the parser's type.
type Dialect = sqlsyntax.Dialect

// Error is the parser's type.
type Error = sqlsyntax.Error

// ErrorKind is the parser's type.
type ErrorKind = sqlsyntax.ErrorKind

// The dialects and the kinds of errors.
const (
	Trino = sqlsyntax.Trino
	Hive  = sqlsyntax.Hive

	SyntaxError   = sqlsyntax.SyntaxError
	SemanticError = sqlsyntax.SemanticError
	NotSupported  = sqlsyntax.NotSupported
	DataError     = sqlsyntax.DataError
)

// internalError starts the message of a panic that is a fault of this package.
const internalError = "this statement cannot be translated: "

// recoverError, deferred, turns a panic into an error, so that a statement cannot stop the server.
func recoverError(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		*err = &Error{Kind: NotSupported, Message: internalError + fmt.Sprint(r)}
	}
}

// fail panics with an error at a position.
func fail(kind ErrorKind, at sqlsyntax.Position, message string) {
	panic(&Error{Kind: kind, Message: message, Line: at.Line, Column: at.Column})
}
