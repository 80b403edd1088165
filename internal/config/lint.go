package config

import (
	"errors"
	"fmt"
	"strings"
)

// Values of the setting lint.
const (
	LintOff   = "off"
	LintWarn  = "warn"
	LintError = "error"
)

// LintModes returns the values of the setting lint.
func LintModes() []string { return []string{LintOff, LintWarn, LintError} }

// ParseLint returns a value of the setting lint in lower case. The error is the rule that s violates.
func ParseLint(s string) (string, error) {
	switch mode := strings.ToLower(strings.TrimSpace(s)); mode {
	case LintOff, LintWarn, LintError:
		return mode, nil
	}
	return "", errors.New("must be off, warn or error")
}

func (c *Config) setLint() (err error) {
	s := c.Setting("lint")
	if s.Value == "" {
		return nil
	}
	if c.Lint, err = ParseLint(s.Value); err != nil {
		return fmt.Errorf("%s: lint %w, not %q", s.Where, err, s.Value)
	}
	return nil
}
