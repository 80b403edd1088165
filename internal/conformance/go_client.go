//go:build ignore

// This program runs the official Go client, which must be checked out: it is not a module that
// the Go proxy provides. The client parses responses strictly: an additional key is an error.
package main

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	td "github.com/treasure-data/td-client-go"
)

// A reporter reports steps.
type reporter struct{ steps int }

func (r *reporter) print(v any) { _ = json.NewEncoder(os.Stdout).Encode(v) }

// step reports whether call returns want.
func (r *reporter) step(name string, want any, call func() (any, error)) {
	r.steps++
	got, err := call()
	if err != nil {
		got = err
	}
	ok := reflect.DeepEqual(want, got)
	r.print(map[string]any{"step": name, "ok": ok, "want": fmt.Sprint(want), "got": fmt.Sprint(got)})
}

// succeed reports whether call succeeds.
func (r *reporter) succeed(name string, call func() error) {
	r.step(name, nil, func() (any, error) { return nil, call() })
}

// fail reports whether the type of call's error is want.
func (r *reporter) fail(name string, want int, call func() error) {
	r.step(name, want, func() (any, error) {
		err := call()
		var e *td.APIError
		if errors.As(err, &e) {
			return e.Type, nil
		}
		return nil, err
	})
}

func connect(key string) (*td.TDClient, error) {
	roots := x509.NewCertPool()
	if os.Getenv("UNTRUSTED") == "" {
		pem, err := os.ReadFile(os.Getenv("CACERT"))
		if err != nil {
			return nil, err
		}
		roots.AppendCertsFromPEM(pem)
	}
	endpoint, err := url.Parse(os.Getenv("ENDPOINT"))
	if err != nil {
		return nil, err
	}
	return td.NewTDClient(td.Settings{ApiKey: key, RootCAs: roots, Router: &td.FixedEndpointRouter{Endpoint: endpoint.Host}})
}

func main() {
	client, err := connect(os.Getenv("APIKEY"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	r := &reporter{}
	if os.Getenv("UNTRUSTED") != "" {
		r.step("status: untrusted certificate", true, func() (any, error) {
			_, err := client.ListDatabases()
			return err != nil && strings.Contains(err.Error(), "certificate"), nil
		})
	} else {
		checkAll(r, client, fmt.Sprintf("go_%d_%d", time.Now().UnixNano(), os.Getpid()))
	}
	r.print(map[string]int{"done": r.steps})
}

func checkAll(r *reporter, client *td.TDClient, db string) {
	checkAccount(r, client)
	checkDatabases(r, client, db)
	checkTables(r, client, db)
	checkImports(r, client, db)
	checkJobs(r, client, db)
	checkBulkImport(r, client, db)
	checkSchedules(r, client, db)
	checkResults(r, client, db)
	checkUsers(r, client, db)
	r.succeed("databases: delete", func() error { return client.DeleteDatabase(db) })
	r.fail("databases: delete again", td.NotFoundError, func() error { return client.DeleteDatabase(db) })
}

func checkAccount(r *reporter, client *td.TDClient) {
	r.step("status: server_status", "ok", func() (any, error) {
		status, err := client.ServerStatus()
		if err != nil {
			return nil, err
		}
		return status.Status, nil
	})
	r.fail("status: wrong key", td.AuthError, func() error {
		wrong, err := connect("1/wrong")
		if err != nil {
			return err
		}
		_, err = wrong.ListDatabases()
		return err
	})
	r.step("account: show", []int{1, 4}, func() (any, error) {
		account, err := client.ShowAccount()
		if err != nil {
			return nil, err
		}
		return []int{account.Id, account.MaximumCores}, nil
	})
}

// checkUsers uses names, because the client escapes the @ of an address twice.
func checkUsers(r *reporter, client *td.TDClient, db string) {
	r.step("users: authenticate", true, func() (any, error) {
		a, err := client.Authenticate("sandbox@example.com", os.Getenv("APIKEY"))
		if err != nil {
			return nil, err
		}
		return a.APIKey != "", nil
	})
	r.succeed("users: add", func() error { return client.AddUser(db, "", db+"@example.com", "secret-12345") })
	r.fail("users: add again", td.AlreadyExistsError, func() error { return client.AddUser(db, "", db+"@example.com", "secret-12345") })
	r.step("users: list", true, func() (any, error) {
		list, err := client.ListUsers()
		if err != nil {
			return nil, err
		}
		for _, u := range *list {
			if u.Email == db+"@example.com" {
				return u.Name == db, nil
			}
		}
		return false, nil
	})
	r.succeed("users: add a key", func() error { _, err := client.AddAPIKey(db); return err })
	var keys []string
	r.step("users: list keys", 1, func() (any, error) {
		list, err := client.ListAPIKeys(db)
		if err != nil {
			return nil, err
		}
		keys = list.APIKeys
		return len(keys), nil
	})
	r.succeed("users: remove a key", func() error { return client.RemoveAPIKey(db, keys[len(keys)-1]) })
	r.succeed("users: remove", func() error { return client.RemoveUser(db) })
	r.fail("users: remove again", td.NotFoundError, func() error { return client.RemoveUser(db) })
}
