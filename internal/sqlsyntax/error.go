package sqlsyntax

import "fmt"

// A Dialect is the language of a statement.
type Dialect int

// The dialects of SQL.
const (
	Trino Dialect = iota // job types trino and presto
	Hive                 // job type hive
)

// An ErrorKind is the class of an error.
type ErrorKind int

// The classes of errors.
const (
	SyntaxError   ErrorKind = iota // the text is not a statement
	SemanticError                  // unknown names, wrong types
	NotSupported                   // valid in the service, but not supported by the sandbox
	DataError                      // a value cannot be computed, as in a division by zero
)

// An Error is an error in a statement, with the message of the service.
type Error struct {
	Kind         ErrorKind
	Message      string
	Line, Column int // counted from 1, or 0 if the position is unknown
}

// Error returns the message with the position: "line 1:8: Column 'x' cannot be resolved".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d:%d: %s", e.Line, e.Column, e.Message)
}

// internalError starts the message of a panic that is a fault of this package.
const internalError = "this statement cannot be parsed: "

// recoverError, deferred, turns a panic into an error, so that a statement cannot stop the program.
func recoverError(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		*err = r
	default:
		*err = &Error{Kind: NotSupported, Message: internalError + fmt.Sprint(r)}
	}
}

// NewError returns an error at a position.
func NewError(kind ErrorKind, at Position, message string) *Error {
	return &Error{Kind: kind, Message: message, Line: at.Line, Column: at.Column}
}

// fail panics with an error at a position.
func fail(kind ErrorKind, at Position, message string) { panic(NewError(kind, at, message)) }
