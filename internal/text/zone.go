package text

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// unknownZone is the start of the names of locations that denote unknown time zones.
const unknownZone = "unknown time zone "

// Zone returns the location for a value of the variable TZ, or nil if the time package
// already uses the right one. In addition to names and files, which that package
// supports, Zone supports the rules of POSIX, such as JST-9 and
// CET-1CEST,M3.5.0,M10.5.0/3:
// https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html
//
// Times in the location of an unknown value are in UTC, and [LocalZone] returns an
// error for it.
func Zone(tz string) *time.Location {
	name := strings.TrimPrefix(tz, ":")
	if name == "" || strings.HasPrefix(name, "/") {
		return nil
	}
	if _, err := time.LoadLocation(name); err == nil {
		return nil
	}
	if zone := parseRule(tz); zone != nil {
		return zone
	}
	return time.FixedZone(unknownZone+tz, 0)
}

// LocalZone returns [time.Local], or an error if Zone set it for an unknown value.
func LocalZone() (*time.Location, error) {
	if tz, ok := strings.CutPrefix(time.Local.String(), unknownZone); ok {
		return nil, fmt.Errorf("unknown time zone %q in the variable TZ", tz)
	}
	return time.Local, nil
}

// parseRule returns the location of a POSIX rule, or nil if it is invalid. It lets the time
// package parse the rule in the footer of a TZif file, which applies after the last
// transition: https://www.rfc-editor.org/rfc/rfc9636#section-3
func parseRule(rule string) *time.Location {
	const invalid = 1 // second, the offset if the time package ignores the footer
	header := func(transitions, types, chars uint32) []byte {
		b := append([]byte("TZif2"), make([]byte, 15+3*4)...)
		for _, n := range []uint32{transitions, types, chars} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	data := append(header(0, 0, 0), header(1, 1, 4)...)
	data = binary.BigEndian.AppendUint64(data, 1<<63)   // the first transition
	data = append(data, 0)                              // to type 0,
	data = binary.BigEndian.AppendUint32(data, invalid) // with this offset,
	data = append(data, 0, 0)                           // no daylight saving,
	data = append(data, "-00\x00\n"+rule+"\n"...)       // and this abbreviation
	zone, err := time.LoadLocationFromTZData(rule, data)
	if err != nil || strings.Contains(rule, "\n") {
		return nil
	}
	if _, offset := time.Unix(0, 0).In(zone).Zone(); offset == invalid {
		return nil
	}
	return zone
}
