package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/td-cli/td/internal/text"
)

// Limits are the settings that bound the time of queries and the size of results. 0 is no limit.
type Limits struct {
	MaxTime       time.Duration // key max_time
	MaxRows       int64         // key max_rows
	MaxResultSize int64         // key max_result_size; bytes on the server
}

// setLimits parses the settings of the limits.
func (c *Config) setLimits() error {
	for _, limit := range []struct {
		key string
		set func(value string) error
	}{
		{"max_time", func(value string) (err error) { c.Limits.MaxTime, err = ParseMaxTime(value); return err }},
		{"max_rows", func(value string) (err error) { c.Limits.MaxRows, err = ParseMaxRows(value); return err }},
		{"max_result_size", func(value string) (err error) { c.Limits.MaxResultSize, err = text.ParseSize(value); return err }},
	} {
		s := c.Setting(limit.key)
		if s.Value == "" {
			continue
		}
		if err := limit.set(s.Value); err != nil {
			return fmt.Errorf("%s: %s %w, not %q", s.Where, limit.key, err, s.Value)
		}
	}
	return nil
}

// ParseMaxTime parses a duration such as 30m or 1h30m. The error is the rule that s violates.
func ParseMaxTime(s string) (time.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSpace(s))
	if err != nil || d < 0 {
		return 0, errors.New("must be a duration such as 30m or 1h30m, or 0 for no limit")
	}
	return d, nil
}

// ParseMaxRows parses a number of rows. The error is the rule that s violates.
func ParseMaxRows(s string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0, errors.New("must be a number of rows such as 1000000, or 0 for no limit")
	}
	return n, nil
}
