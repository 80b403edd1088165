package protocol

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// readNext returns the address of the next page.
func readNext(body []byte) (next string) {
	s := &scanner{data: body}
	s.object(func(key string) {
		if key != "nextUri" {
			s.skip()
			return
		}
		next = s.text()
		s.i = len(s.data)
	})
	return next
}

// parse reads a response: it sets the address of the next page and passes the rows to r.
func (q *Query) parse(body []byte, r Receiver) error {
	err := q.parsePage(body, r)
	if _, ok := errors.AsType[*formatError](err); ok {
		return fmt.Errorf("the server at %s does not answer like a Trino cluster: %w", q.client.o.URL, err)
	}
	return err
}

func (q *Query) parsePage(body []byte, r Receiver) error {
	s := &scanner{data: body}
	next, data := "", -1
	s.object(func(key string) {
		switch key {
		case "id":
			if id := s.text(); q.ID == "" { // Fetch reads it in another goroutine
				q.ID = id
			}
		case "nextUri":
			next = s.text()
		case "columns":
			q.setColumns(s, r)
		case "data":
			if q.columns == nil {
				data = s.i
				s.skip()
				return
			}
			q.readRows(s, r)
		case "error":
			q.readError(s)
		case "updateType":
			q.UpdateType = s.text()
		case "stats":
			readStats(s, r)
		default:
			s.skip()
		}
	})
	if data >= 0 && q.columns != nil && s.err == nil {
		s.i = data
		q.readRows(s, r)
	}
	if next == "" && s.err != nil { // the query is to be canceled
		return s.err
	}
	if next != "" {
		if err := q.checkAddress(next); err != nil {
			return err
		}
	}
	q.next = next
	return s.err
}

func (q *Query) setColumns(s *scanner, r Receiver) {
	text := s.raw()
	if q.columns != nil || s.err != nil {
		return
	}
	columns := []Column{}
	if err := json.Unmarshal(text, &columns); err != nil {
		s.err = fmt.Errorf("columns of query %s: %w", q.ID, err)
		return
	}
	q.columns, q.row = columns, make([]any, len(columns))
	for _, c := range columns {
		decode := newDecoder(c.Type)
		q.decode, q.copy = append(q.decode, decode), append(q.copy, newCopier(c.Type, decode))
	}
	if r.Columns != nil {
		s.err = r.Columns(columns)
	}
}

func (q *Query) readRows(s *scanner, r Receiver) {
	s.array(func(int) {
		if r.Writer != nil {
			q.copyRow(s, r.Writer)
			return
		}
		values := 0
		s.array(func(i int) {
			if values++; i >= len(q.row) {
				s.fail("a row has too many values")
				return
			}
			q.row[i] = q.decode[i](s)
		})
		if values < len(q.row) {
			s.fail("a row has too few values")
		}
		if s.err == nil && r.Row != nil {
			s.err = r.Row(q.row)
		}
	})
}

// copyRow adds the values of a row to w one by one.
func (q *Query) copyRow(s *scanner, w engine.RowWriter) {
	if s.err = w.BeginRow(len(q.copy)); s.err != nil || !s.expect('[') {
		return
	}
	for i, add := range q.copy {
		if i > 0 && !s.expect(',') {
			return
		}
		if s.null() {
			w.AddNull()
		} else {
			add(s, w)
		}
	}
	s.expect(']')
}

func (q *Query) readError(s *scanner) {
	var e struct {
		Message, ErrorName, ErrorType string
		ErrorLocation                 struct{ LineNumber, ColumnNumber int }
	}
	text := s.raw()
	if s.err != nil || string(text) == "null" {
		return
	}
	if err := json.Unmarshal(text, &e); err != nil {
		s.err = fmt.Errorf("error of query %s: %w", q.ID, err)
		return
	}
	q.failure = &Error{q.ID, e.ErrorName, e.ErrorType, e.Message, e.ErrorLocation.LineNumber, e.ErrorLocation.ColumnNumber}
}

func readStats(s *scanner, r Receiver) {
	text := s.raw()
	if r.Progress == nil || s.err != nil {
		return
	}
	var stats struct {
		State              string
		ProgressPercentage float64
		ProcessedRows      int64
	}
	if err := json.Unmarshal(text, &stats); err == nil {
		r.Progress(Progress{stats.State, stats.ProgressPercentage, stats.ProcessedRows})
	}
}
