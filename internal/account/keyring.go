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

// service is what td's items in the keyring belong to.
const service = "treasure-data"

// ErrNoKeyring says that this session has no keyring.
var ErrNoKeyring = errors.New("there is no OS keyring: no session bus (DBUS_SESSION_BUS_ADDRESS is not set)")

// ErrNotFound says that the keyring does not have what td.conf says it has.
var ErrNotFound = errors.New("the OS keyring has no such key")

// Item returns what a profile's key in a configuration file is called in the keyring.
func Item(path, profile string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return path + " " + profile, nil
}

// Keep puts a key into the keyring.
func Keep(ctx context.Context, getenv func(string) string, item, key string) error {
	return ask(ctx, getenv, item, func() error { return keyring.Set(service, item, key) })
}

// Find gets a key from the keyring.
func Find(ctx context.Context, getenv func(string) string, item string) (key string, err error) {
	found := make(chan string, 1)
	err = ask(ctx, getenv, item, func() error {
		key, err := keyring.Get(service, item)
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

// Forget removes a key from the keyring, if it is there.
func Forget(ctx context.Context, getenv func(string) string, item string) error {
	err := ask(ctx, getenv, item, func() error { return keyring.Delete(service, item) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// ask asks the keyring, which may ask the person for as long as it likes and cannot be
// told to stop: when ctx ends, its answer is not waited for.
func ask(ctx context.Context, getenv func(string) string, item string, request func() error) error {
	if !hasBus(getenv) {
		return ErrNoKeyring
	}
	answer := make(chan error, 1)
	go func() { answer <- request() }() // ends with the process, if the keyring never answers
	select {
	case err := <-answer:
		switch {
		case errors.Is(err, keyring.ErrNotFound):
			return fmt.Errorf("%w: %q", ErrNotFound, item)
		case err != nil:
			return fmt.Errorf("the OS keyring cannot be used: %w", err)
		}
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errors.New("the OS keyring did not answer in time; is it locked?")
		}
		return ctx.Err()
	}
}

// hasBus reports whether the keyring can be asked. Where it is behind a session bus and
// there is none, asking would start one, that then stays.
func hasBus(getenv func(string) string) bool {
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
