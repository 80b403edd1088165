package jobresult

// rawRows checks rows and writes them unchanged, as MessagePack.
type rawRows struct{}

func newRawRows(Options, drainFunc) encoder { return rawRows{} }

func (rawRows) begin(buf []byte) []byte { return buf }

func (rawRows) row(buf, b []byte, p int) ([]byte, int, error) {
	end, err := skipRow(b, p)
	if err != nil {
		return buf, end, err
	}
	return append(buf, b[p:end]...), end, nil
}

func (rawRows) end(buf []byte, _ int64, _ bool) ([]byte, error) { return buf, nil }

// rowCounter checks rows and writes nothing.
type rowCounter struct{ rawRows }

func (rowCounter) row(buf, b []byte, p int) ([]byte, int, error) {
	end, err := skipRow(b, p)
	return buf, end, err
}

// skipRow returns the end of the row at b[p:].
func skipRow(b []byte, p int) (int, error) {
	values, p, err := readRowHead(b, p, 0)
	for ; values > 0 && err == nil; values-- {
		start := p
		if p, err = skipValue(b, p, 0); err == nil && p-start > maxCell {
			return start, errBigCell
		}
	}
	return p, err
}
