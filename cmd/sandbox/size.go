package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// byteSize is a flag value: a number of bytes with an optional unit, such as 512M.
type byteSize int64

// byteUnits are the units in descending order.
const byteUnits = "GMK"

// String implements pflag.Value.
func (s *byteSize) String() string {
	for i, unit := range byteUnits {
		if size := int64(1) << (30 - 10*i); *s > 0 && int64(*s)%size == 0 {
			return fmt.Sprintf("%d%c", int64(*s)/size, unit)
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Set implements pflag.Value.
func (s *byteSize) Set(text string) error {
	number, factor := text, int64(1)
	if n := len(text) - 1; n > 0 {
		if i := strings.IndexByte(byteUnits, text[n]&^0x20); i >= 0 {
			number, factor = text[:n], int64(1)<<(30-10*i)
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt64/factor {
		return fmt.Errorf("must be a number of bytes such as 1000000, 512M or 2G")
	}
	*s = byteSize(n * factor)
	return nil
}

// Type implements pflag.Value.
func (*byteSize) Type() string { return "size" }
