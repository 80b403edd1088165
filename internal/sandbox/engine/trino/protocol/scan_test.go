package protocol

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestNumbers compares the numbers of a row with those of package strconv.
func TestNumbers(t *testing.T) {
	texts := []string{
		"0", "-0", "0.0", "-0.0", "7", "-1", "0.1", "1.10", "-17.5", "123456.789", "1.7976931348623157E308", "5E-324", "-1e3", "1E3", "0.30000000000000004",
		"9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993.0", "999999999999999999", "9999999999999999999",
		"-9223372036854775808", "9223372036854775807", "9223372036854775808", "0.000000000000001", "0.0000000000000001", "123.456789012345678", "100000000000000000.1",
	}
	for i := range 18 {
		texts = append(texts, strings.Repeat("9", i)+"1."+strings.Repeat("3", 18-i), strings.Repeat("8", i+1))
	}
	for _, text := range texts {
		for _, end := range []string{",", "]", " ,", ""} {
			s := &scanner{data: []byte(text + end)}
			want, _ := strconv.ParseFloat(text, 64)
			if got := s.float(64); math.Float64bits(got) != math.Float64bits(want) || s.err != nil || s.i != len(text) {
				t.Errorf("%s%s: float %v at %d, %v; want %v", text, end, got, s.i, s.err, want)
			}
			s = &scanner{data: []byte(text + end)}
			want, err := strconv.ParseFloat(text, 32)
			if got := s.float(32); got != want || (err == nil) != (s.err == nil) {
				t.Errorf("%s%s: float with 32 bits %v, %v; want %v, %v", text, end, got, s.err, want, err)
			}
			s = &scanner{data: []byte(text + end)}
			whole, err := strconv.ParseInt(text, 10, 64)
			if got := s.integer(); err == nil && (got != whole || s.i != len(text)) || (err == nil) != (s.err == nil) {
				t.Errorf("%s%s: integer %v at %d, %v; want %v, %v", text, end, got, s.i, s.err, whole, err)
			}
		}
	}
	for _, text := range []string{"-", ".", "1.", "-.5", "", ",", "1-2", "1..2", "1.2.3", "+1x", "\"1"} {
		s := &scanner{data: []byte(text + ",")}
		if s.float(64); s.err == nil && text != "1." && text != "-.5" { // strconv accepts them
			t.Errorf("%q is accepted as a number", text)
		}
	}
}

// TestStrings compares strings of all lengths, with quotes and backslashes at all places, with those of package json.
func TestStrings(t *testing.T) {
	for length := range 40 {
		for place := range length + 1 {
			for _, special := range []string{"", `"`, `\`, `\"`, `"\`, "\n", "é", "!", "#", "]", "[", "£", "Ü", "\u00a2\u00dc"} {
				want := strings.Repeat("x", place) + special + strings.Repeat("y", length-place)
				text, err := json.Marshal(want)
				if err != nil {
					t.Fatal(err)
				}
				for _, end := range []string{"", `,"z\"]`} {
					s := &scanner{data: append(slices.Clip(text), end...)}
					if got := s.text(); got != want || s.err != nil || s.i != len(text) {
						t.Fatalf("%s: %q at %d, %v; want %q", text, got, s.i, s.err, want)
					}
				}
				s := &scanner{data: text[:len(text)-1]}
				if s.text(); s.err == nil && !strings.HasSuffix(want, `"`) {
					t.Fatalf("%s is accepted without its end", text)
				}
			}
		}
	}
}
