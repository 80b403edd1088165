package columnar

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// The methods in this file append a value that may be of another type than the column. They convert
// it if that loses nothing, and otherwise return an error with the reason and append nothing.

// unfit returns the error for a value that the column cannot represent.
func (c *Column) unfit() error { return fmt.Errorf("it is not a valid %s", c.Type) }

// AppendInt appends an integer.
func (c *Column) AppendInt(v int64) error {
	switch c.Type.Kind {
	case Int64:
		c.Data = binary.LittleEndian.AppendUint64(c.Data, uint64(v))
		c.finish()
		return nil
	case Int8, Int16, Int32:
		if shift := 64 - 8*c.Type.width(); v<<shift>>shift != v {
			return fmt.Errorf("it is out of the range of %s", c.Type)
		}
		c.appendFixed(v)
		return nil
	case Bool:
		if v == 0 || v == 1 {
			return c.AppendBool(v == 1)
		}
	case Float32, Float64:
		return c.appendIntAsFloat(v)
	case Decimal, String:
		var scratch [20]byte
		return c.AppendText(strconv.AppendInt(scratch[:0], v, 10))
	}
	return c.unfit()
}

// AppendUint appends an integer above the range of int64.
func (c *Column) AppendUint(v uint64) error {
	switch c.Type.Kind {
	case Decimal, String:
		return c.AppendText(strconv.AppendUint(nil, v, 10))
	case Int8, Int16, Int32, Int64:
		return fmt.Errorf("it is out of the range of %s", c.Type)
	}
	return c.unfit()
}

func (c *Column) appendIntAsFloat(v int64) error {
	f := float64(v)
	if f >= math.MaxInt64 || int64(f) != v || c.Type.Kind == Float32 && float64(float32(f)) != f {
		return fmt.Errorf("it has too many digits for %s", c.Type)
	}
	return c.AppendFloat(f)
}

// AppendFloat appends a floating-point number. A real is often sent as the double with the same
// shortest decimal digits, such as 0.1, which is therefore accepted.
func (c *Column) AppendFloat(v float64) error {
	switch c.Type.Kind {
	case Float64:
		c.Data = binary.LittleEndian.AppendUint64(c.Data, math.Float64bits(v))
		c.finish()
		return nil
	case Float32:
		f := float32(v)
		if float64(f) != v && v == v {
			if short, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64); err != nil || short != v {
				return fmt.Errorf("it has too many digits for %s", c.Type)
			}
		}
		c.appendFixed(int64(math.Float32bits(f)))
		return nil
	case Int8, Int16, Int32, Int64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
			return c.AppendInt(int64(v))
		}
	case Decimal:
		return c.AppendText(strconv.AppendFloat(nil, v, 'f', -1, 64))
	}
	return c.unfit()
}

// AppendBool appends a boolean.
func (c *Column) AppendBool(v bool) error {
	switch c.Type.Kind {
	case Bool:
		c.Data = appendBit(c.Data, c.Len, v)
		c.finish()
		return nil
	case String:
		return c.AppendText(strconv.AppendBool(nil, v))
	}
	return c.unfit()
}

// AppendTime appends an instant.
func (c *Column) AppendTime(t time.Time) error {
	if c.Type.Kind != Timestamp {
		return c.unfit()
	}
	units, err := c.Type.units(t.Unix(), int64(t.Nanosecond()))
	if err != nil {
		return err
	}
	c.appendFixed(units)
	return nil
}

// ErrNotText is the error of text in a String column that is not valid UTF-8.
var ErrNotText = errors.New("it is not valid UTF-8")

// AppendText appends a value that is given as text.
func (c *Column) AppendText(s []byte) error {
	switch c.Type.Kind {
	case String:
		if !utf8.Valid(s) {
			return ErrNotText
		}
		return c.AppendBytes(s)
	case Binary:
		return c.AppendBytes(s)
	case Decimal:
		lo, hi, err := parseDecimal(s, c.Type.Precision, c.Type.Scale)
		if err != nil {
			return err
		}
		c.Data = binary.LittleEndian.AppendUint64(c.Data, lo)
		c.Data = binary.LittleEndian.AppendUint64(c.Data, hi)
		c.finish()
		return nil
	case Date, Time, Timestamp:
		v, err := c.Type.parseTemporal(s, c.zones)
		if err != nil {
			return err
		}
		c.appendFixed(v)
		return nil
	case Bool:
		switch string(s) {
		case "true":
			return c.AppendBool(true)
		case "false":
			return c.AppendBool(false)
		}
	case Int8, Int16, Int32, Int64:
		if v, err := strconv.ParseInt(string(s), 10, 64); err == nil {
			return c.AppendInt(v)
		}
	case Float32, Float64:
		return c.appendTextAsFloat(string(s))
	}
	return c.unfit()
}

func (c *Column) appendTextAsFloat(s string) error {
	bits := 64
	if c.Type.Kind == Float32 {
		bits = 32
	}
	v, err := strconv.ParseFloat(s, bits)
	if err != nil {
		return c.unfit()
	}
	if c.Type.Kind == Float32 {
		c.appendFixed(int64(math.Float32bits(float32(v))))
		return nil
	}
	return c.AppendFloat(v)
}
