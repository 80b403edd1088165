package jobresult

import "encoding/binary"

// pick is an encoder that hands another one some of a row's values, in an order of its own.
type pick struct {
	encoder
	columns int   // that the rows have; 0 when there is no schema
	chosen  []int // their numbers, from 0
	starts  []int // where the values of the row in hand begin, and where the last one ends
	picked  []byte
}

// picking returns an encoder for o with the columns that o.Select names, and enc's maker told of those alone.
func picking(o Options, drain func([]byte) ([]byte, error)) (encoder, error) {
	inner := o
	inner.Select, inner.Columns = nil, nil
	for _, i := range o.Select {
		if i < 0 || len(o.Columns) > 0 && i >= len(o.Columns) {
			return nil, &SelectError{Column: i, Columns: len(o.Columns)}
		}
		if len(o.Columns) > 0 {
			inner.Columns = append(inner.Columns, o.Columns[i])
		}
	}
	enc, err := newEncoder(inner, drain)
	return &pick{encoder: enc, columns: len(o.Columns), chosen: o.Select}, err
}

func (e *pick) row(o, b []byte, p int) ([]byte, int, error) {
	values, p, err := rowLen(b, p, e.columns)
	if err != nil {
		return o, p, err
	}
	e.starts = append(e.starts[:0], p)
	for range values {
		start := p
		if p, err = skip(b, p, 0); err != nil {
			return o, p, err
		}
		if p-start > maxCell {
			return o, start, errBigCell
		}
		e.starts = append(e.starts, p)
	}
	e.picked = append(e.picked[:0], 0xdd)
	e.picked = binary.BigEndian.AppendUint32(e.picked, uint32(len(e.chosen)))
	for _, i := range e.chosen {
		if i >= values { // the row is shorter than its schema
			e.picked = append(e.picked, 0xc0)
			continue
		}
		e.picked = append(e.picked, b[e.starts[i]:e.starts[i+1]]...)
	}
	o, _, err = e.encoder.row(o, e.picked, 0)
	return o, p, err
}
