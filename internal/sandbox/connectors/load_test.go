package connectors

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/connectorfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/tables"
)

func TestSetTime(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.FixedZone("", 3600))
	const text = "2026-01-02 02:04:05.678"
	now := time.Unix(1000, 0)
	tests := []struct {
		name, timeColumn string
		record, want     engine.Record
	}{
		{"no time", "", engine.Record{{Key: "a", Value: "x"}}, engine.Record{{Key: "a", Value: "x"}, {Key: "time", Value: int64(1000)}}},
		{"time", "", engine.Record{{Key: "time", Value: int64(7)}}, engine.Record{{Key: "time", Value: int64(7)}}},
		{"null time", "", engine.Record{{Key: "time"}}, engine.Record{{Key: "time", Value: int64(1000)}}},
		{"timestamp as time", "", engine.Record{{Key: "time", Value: at}}, engine.Record{{Key: "time", Value: at.Unix()}}},
		{"time column", "at", engine.Record{{Key: "at", Value: at}}, engine.Record{{Key: "at", Value: text}, {Key: "time", Value: at.Unix()}}},
		{"time column and time", "at", engine.Record{{Key: "time", Value: int64(7)}, {Key: "at", Value: int64(8)}}, engine.Record{{Key: "time", Value: int64(8)}, {Key: "at", Value: int64(8)}}},
		{"time column is time", "time", engine.Record{{Key: "time", Value: int64(7)}}, engine.Record{{Key: "time", Value: int64(7)}}},
		{"missing time column", "at", engine.Record{{Key: "time", Value: int64(7)}}, engine.Record{{Key: "time", Value: int64(1000)}}},
		{"null time column", "at", engine.Record{{Key: "at"}}, engine.Record{{Key: "at"}, {Key: "time"}}},
		{"empty column name", "", engine.Record{{Key: "", Value: "x"}}, engine.Record{{Key: "", Value: "x"}, {Key: "time", Value: int64(1000)}}},
		{"other timestamps", "", engine.Record{{Key: "a", Value: at}}, engine.Record{{Key: "a", Value: text}, {Key: "time", Value: int64(1000)}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := &loader{timeColumn: test.timeColumn, now: now}
			if diff := cmp.Diff(test.want, l.setTime(test.record)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCanSkip(t *testing.T) {
	skipped := &connectorfile.SkippedError{File: "f", Record: 1, Err: errors.New("bad")}
	invalid := tables.CheckRecord(engine.Record{{Key: "time", Value: "noon"}}, 10)
	other := errors.New("disk full")
	for _, stop := range []bool{false, true} {
		l := &loader{config: &connectorfile.Config{In: connectorfile.Input{Parser: &connectorfile.Parser{StopOnError: stop}}}}
		for _, err := range []error{skipped, invalid} {
			if l.canSkip(err) == stop {
				t.Errorf("stop_on_invalid_record %v: canSkip(%v) = %v", stop, err, !stop)
			}
		}
		for _, err := range []error{nil, other} {
			if l.canSkip(err) {
				t.Errorf("canSkip(%v) = true", err)
			}
		}
	}
}
