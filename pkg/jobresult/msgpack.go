package jobresult

// raw writes rows as the MessagePack that they are, once it has seen that they are.
type raw struct{}

func (raw) begin(o []byte) []byte { return o }

func (raw) row(o, b []byte, p int) ([]byte, int, error) {
	end, err := skipRow(b, p)
	if err != nil {
		return o, end, err
	}
	return append(o, b[p:end]...), end, nil
}

func (raw) end(o []byte, _ int64, _ bool) ([]byte, error) { return o, nil }

// count reads rows as raw does and writes nothing.
type count struct{ raw }

func (count) row(o, b []byte, p int) ([]byte, int, error) {
	end, err := skipRow(b, p)
	return o, end, err
}

// skipRow returns where the row at b[p:] ends.
func skipRow(b []byte, p int) (int, error) {
	values, p, err := rowLen(b, p, 0)
	for ; values > 0 && err == nil; values-- {
		start := p
		if p, err = skip(b, p, 0); err == nil && p-start > maxCell {
			return start, errBigCell
		}
	}
	return p, err
}
