package jobresult

// raw writes rows as the MessagePack that they are, once it has seen that they are.
type raw struct{}

func (raw) begin(o []byte) []byte { return o }

func (raw) row(o, b []byte, p int) ([]byte, int, error) {
	start := p
	values, p, err := rowLen(b, p, 0)
	for ; values > 0 && err == nil; values-- {
		from := p
		if p, err = skip(b, p, 0); err == nil && p-from > maxCell {
			return o, from, errBigCell
		}
	}
	if err != nil {
		return o, p, err
	}
	return append(o, b[start:p]...), p, nil
}

func (raw) end(o []byte, _ int64, _ bool) ([]byte, error) { return o, nil }

// count reads rows as raw does and writes nothing.
type count struct{ raw }

func (c count) row(o, b []byte, p int) ([]byte, int, error) {
	mark := len(o)
	o, p, err := c.raw.row(o, b, p)
	return o[:mark], p, err
}
