package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/td-cli/td/internal/config"
)

// SandboxDir returns the directory of the sandbox's data: TD_SANDBOX_DIR or ~/.td/sandbox.
func SandboxDir(getenv func(string) string) (string, error) {
	if dir := getenv("TD_SANDBOX_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	home := config.HomeDir(getenv)
	if home == "" {
		return "", config.Error{Err: errors.New("no home directory for the data of the sandbox: set TD_SANDBOX_DIR")}
	}
	return filepath.Join(home, ".td", "sandbox"), nil
}

// SandboxScheduledTime returns the time in TD_SANDBOX_SCHEDULED_TIME, which is in seconds
// since 1970, or the zero time if it is not set.
func SandboxScheduledTime(getenv func(string) string) (time.Time, error) {
	text := getenv("TD_SANDBOX_SCHEDULED_TIME")
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("TD_SANDBOX_SCHEDULED_TIME must be in seconds since 1970, not %q", text)
	}
	return time.Unix(n, 0).UTC(), nil
}
