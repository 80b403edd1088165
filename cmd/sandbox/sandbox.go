// Package sandbox is the commands on the embedded server.
package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/cli"
)

// Dir is where the sandbox keeps its data: TD_SANDBOX_DIR, or ~/.td/sandbox.
func Dir(getenv func(string) string) (string, error) {
	if dir := getenv("TD_SANDBOX_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	home := getenv("HOME")
	if home == "" && runtime.GOOS == "windows" {
		home = getenv("USERPROFILE")
	}
	if home == "" {
		return "", cli.ConfigError{Err: errors.New("no home directory; set TD_SANDBOX_DIR to where the sandbox may keep its data")}
	}
	return filepath.Join(home, ".td", "sandbox"), nil
}

// ScheduledTime is TD_SANDBOX_SCHEDULED_TIME, in seconds since 1970, or the zero time.
func ScheduledTime(getenv func(string) string) (time.Time, error) {
	text := getenv("TD_SANDBOX_SCHEDULED_TIME")
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("TD_SANDBOX_SCHEDULED_TIME is seconds since 1970, not %q", text)
	}
	return time.Unix(n, 0).UTC(), nil
}
