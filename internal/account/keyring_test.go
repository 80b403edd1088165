package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// bus is the environment of a session that has a keyring.
func bus(name string) string {
	if name == "DBUS_SESSION_BUS_ADDRESS" {
		return "unix:path=/nowhere"
	}
	return ""
}

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	ctx := t.Context()
	item, err := itemName("td.conf", "jp")
	if err != nil || !strings.HasSuffix(item, "td.conf jp") || item == "td.conf jp" {
		t.Fatalf("item %q, %v", item, err)
	}
	if _, err := readKeyring(ctx, bus, item); !errors.Is(err, errNoItem) || !strings.Contains(err.Error(), item) {
		t.Errorf("an absent key: %v", err)
	}
	if err := writeKeyring(ctx, bus, item, "1/abc"); err != nil {
		t.Fatal(err)
	}
	if key, err := readKeyring(ctx, bus, item); key != "1/abc" || err != nil {
		t.Errorf("found %q, %v", key, err)
	}
	for range 2 {
		if err := deleteFromKeyring(ctx, bus, item); err != nil {
			t.Error(err)
		}
	}
	if err := writeKeyring(ctx, bus, item, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := readKeyring(ctx, bus, item); err == nil {
		t.Error("an empty key is a key")
	}
	keyring.MockInitWithError(errors.New("locked"))
	if _, err := readKeyring(ctx, bus, item); err == nil || err.Error() != "cannot use the OS keyring: locked" {
		t.Errorf("a failure: %v", err)
	}
}

func TestKeyringIsNotWaitedFor(t *testing.T) {
	hung := make(chan struct{})
	defer close(hung)
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	err := callKeyring(late, bus, "x", func() error { <-hung; return nil })
	if err == nil || !strings.Contains(err.Error(), "did not respond in time") {
		t.Errorf("error %v", err)
	}
}
