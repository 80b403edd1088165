package account

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/zalando/go-keyring"
)

// keyringService is the service name of td's items in the keyring.
const keyringService = "treasure-data"

var (
	errNoKeyring = errors.New("no OS keyring is available: no session bus (DBUS_SESSION_BUS_ADDRESS is not set)")
	errNoItem    = errors.New("the OS keyring has no such key")
)

// itemName returns the name of the keyring item for a profile of a configuration file.
func itemName(path, profile string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return path + " " + profile, nil
}

// writeKeyring stores a key in the keyring.
func writeKeyring(ctx context.Context, getenv func(string) string, item, key string) error {
	return callKeyring(ctx, getenv, item, func() error { return keyring.Set(keyringService, item, key) })
}

// readKeyring returns a key from the keyring. A missing one is errNoItem.
func readKeyring(ctx context.Context, getenv func(string) string, item string) (key string, err error) {
	found := make(chan string, 1)
	err = callKeyring(ctx, getenv, item, func() error {
		key, err := keyring.Get(keyringService, item)
		found <- key
		return err
	})
	if err != nil {
		return "", err
	}
	if key = <-found; key == "" {
		return "", fmt.Errorf("the key %q in the OS keyring is empty", item)
	}
	return key, nil
}

// deleteFromKeyring removes a key from the keyring. A missing one is not an error.
func deleteFromKeyring(ctx context.Context, getenv func(string) string, item string) error {
	err := callKeyring(ctx, getenv, item, func() error { return keyring.Delete(keyringService, item) })
	if errors.Is(err, errNoItem) {
		return nil
	}
	return err
}

// callKeyring sends a request to the keyring. The keyring may prompt the user for any length of time and cannot
// be interrupted: callKeyring returns when ctx is done, and leaves the request running.
func callKeyring(ctx context.Context, getenv func(string) string, item string, request func() error) error {
	if !hasKeyring(getenv) {
		return errNoKeyring
	}
	answer := make(chan error, 1)
	go func() { answer <- request() }() // ends with the process at the latest
	select {
	case err := <-answer:
		switch {
		case errors.Is(err, keyring.ErrNotFound):
			return fmt.Errorf("%w: %q", errNoItem, item)
		case err != nil:
			return fmt.Errorf("cannot use the OS keyring: %w", err)
		}
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errors.New("the OS keyring did not respond in time; is it locked?")
		}
		return ctx.Err()
	}
}

// hasKeyring reports whether a keyring can be reached. On systems with a session bus, a request without a bus
// would start one, which would then keep running.
func hasKeyring(getenv func(string) string) bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" || getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	for _, name := range []string{"bus", "dbus-session"} {
		_, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), name))
		if !errors.Is(err, fs.ErrNotExist) {
			return err == nil
		}
	}
	return false
}
