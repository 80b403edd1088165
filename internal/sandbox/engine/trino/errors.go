package trino

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
	"github.com/td-cli/td/internal/sandbox/engine/trino/rewrite"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// hasName reports whether err is the error of a query with one of the names. See
// https://github.com/trinodb/trino/blob/master/core/trino-spi/src/main/java/io/trino/spi/StandardErrorCode.java.
func hasName(err error, names ...string) bool {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok {
		return false
	}
	return slices.Contains(names, e.Name)
}

func isUnsupported(err error) bool {
	return hasName(err, "NOT_SUPPORTED", "PERMISSION_DENIED_BY_CONNECTOR")
}

// catalogError converts the error of a statement about a database or a table to an error of the engine.
func (c *cluster) catalogError(err error, object string) error {
	switch {
	case err == nil:
		return nil
	case hasName(err, "SCHEMA_ALREADY_EXISTS", "TABLE_ALREADY_EXISTS", "ALREADY_EXISTS"):
		return fmt.Errorf("%s %w", object, engine.ErrExists)
	case hasName(err, "SCHEMA_NOT_FOUND", "TABLE_NOT_FOUND", "NOT_FOUND"):
		return fmt.Errorf("%s %w", object, engine.ErrNotFound)
	case isUnsupported(err):
		return &unsupportedError{fmt.Sprintf("%s: the connector %s rejects it: %v", object, c.connector, err)}
	}
	return fmt.Errorf("%s: %w", object, err)
}

// An unsupportedError is returned for an operation that the connector of the catalog does not support.
type unsupportedError struct{ message string }

// Error names the object and the connector.
func (e *unsupportedError) Error() string { return e.message }

// Is reports whether target is errors.ErrUnsupported.
func (e *unsupportedError) Is(target error) bool { return target == errors.ErrUnsupported }

// statementError converts an error of a statement to an error with a position in the text that the user wrote.
func (c *cluster) statementError(err error, s *rewrite.Statement) error {
	failure, ok := errors.AsType[*protocol.Error](err)
	if !ok || failure.Type != "USER_ERROR" {
		return err
	}
	x := &translate.Error{Kind: translate.SemanticError, Message: failure.Message}
	if failure.Line > 0 {
		x.Message = strings.TrimPrefix(x.Message, fmt.Sprintf("line %d:%d: ", failure.Line, failure.Column))
		x.Line, x.Column, _ = s.Original(failure.Line, failure.Column)
	}
	x.Message = strings.ReplaceAll(x.Message, "'"+c.address.catalog+".", "'") // the service has one catalog
	switch failure.Name {
	case "SYNTAX_ERROR":
		x.Kind = translate.SyntaxError
	case "NOT_SUPPORTED":
		x.Kind = translate.NotSupported
	case "DIVISION_BY_ZERO", "INVALID_CAST_ARGUMENT", "INVALID_FUNCTION_ARGUMENT", "NUMERIC_VALUE_OUT_OF_RANGE":
		x.Kind = translate.DataError
	}
	return x
}
