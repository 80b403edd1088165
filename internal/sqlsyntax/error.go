package sqlsyntax

import "fmt"

// A Dialect is the language of a statement.
type Dialect int

// The languages.
const (
	Trino Dialect = iota // job types presto and trino
	Hive                 // job type hive
)

// An ErrorKind is the class of a statement's failure.
type ErrorKind int

// The classes of failure.
const (
	SyntaxError   ErrorKind = iota // the text is not a statement
	SemanticError                  // it names what does not exist, or mixes types
	NotSupported                   // right on the service, not done here
	DataError                      // a value could not be computed: cast, division by zero
)

// An Error is a statement's failure, worded as the service words it.
type Error struct {
	Kind         ErrorKind
	Message      string // without the position
	Line, Column int    // from 1; 0 when there is no position
}

// Error implements error: "line 1:8: Column 'x' cannot be resolved".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d:%d: %s", e.Line, e.Column, e.Message)
}
