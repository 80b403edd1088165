package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// A User is a user of the account.
type User struct {
	ID, Name, Email             string
	FirstName, LastName         string
	Administrator, AccountOwner bool
	CreatedAt, UpdatedAt        Time
}

// UnmarshalJSON implements json.Unmarshaler.
func (u *User) UnmarshalJSON(b []byte) error {
	var w struct {
		ID            looseID
		Name, Email   looseString
		FirstName     looseString `json:"first_name"`
		LastName      looseString `json:"last_name"`
		Administrator looseBool
		AccountOwner  looseBool `json:"account_owner"`
		CreatedAt     Time      `json:"created_at"`
		UpdatedAt     Time      `json:"updated_at"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*u = User{
		ID: string(w.ID), Name: string(w.Name), Email: string(w.Email), FirstName: string(w.FirstName), LastName: string(w.LastName),
		Administrator: bool(w.Administrator), AccountOwner: bool(w.AccountOwner), CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt,
	}
	return nil
}

// A Key is an API key of a user.
type Key struct {
	Value string // secret
	Type  string // "master", "write-only" or another value; usually empty
}

// UnmarshalJSON implements json.Unmarshaler. A key is a string, or an object with a value.
func (k *Key) UnmarshalJSON(b []byte) error {
	var w struct{ Value, Type looseString }
	if json.Unmarshal(b, &w) != nil {
		_ = w.Value.UnmarshalJSON(b)
	}
	*k = Key{Value: string(w.Value), Type: string(w.Type)}
	return nil
}

// Authenticate returns the API key of the user with an e-mail address and a password. The error is an
// [ErrUnauthorized] if they are wrong.
//
// API: POST /v3/user/authenticate
func (c *Client) Authenticate(ctx context.Context, email, password string) (apiKey string, err error) {
	var answer struct{ APIKey looseString }
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/user/authenticate", form: url.Values{"user": {email}, "password": {password}},
		anonymous: true, login: true, idempotent: true, readOnly: true,
	}, func(b []byte) error {
		if err := unmarshal(b, &answer); err != nil {
			return err
		}
		if answer.APIKey == "" {
			return errors.New(`no "apikey"`)
		}
		return nil
	})
	return string(answer.APIKey), err
}

// Users returns the account's users.
//
// API: GET /v3/user/list
func (c *Client) Users(ctx context.Context) ([]User, error) {
	return fetchList[User](ctx, c, &call{method: "GET", route: "/v3/user/list"}, "users")
}

// CreateUser creates a user.
//
// API: POST /v3/user/add/:name
func (c *Client) CreateUser(ctx context.Context, name, email, password string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/add/:name", names: []string{name},
		form: url.Values{"email": {email}, "password": {password}},
	})
}

// DeleteUser deletes a user.
//
// API: POST /v3/user/remove/:user
func (c *Client) DeleteUser(ctx context.Context, user string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/user/remove/:user", names: []string{user}, deletion: true})
}

// ChangeEmail changes a user's e-mail address.
//
// API: POST /v3/user/email/change/:user
func (c *Client) ChangeEmail(ctx context.Context, user, email string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/email/change/:user", names: []string{user},
		form: url.Values{"email": {email}}, idempotent: true,
	})
}

// APIKeys returns a user's keys.
//
// API: GET /v3/user/apikey/list/:user
func (c *Client) APIKeys(ctx context.Context, user string) ([]Key, error) {
	return fetchList[Key](ctx, c, &call{method: "GET", route: "/v3/user/apikey/list/:user", names: []string{user}}, "apikeys")
}

// AddAPIKey creates another key for a user. It returns the key if the response contains it.
//
// API: POST /v3/user/apikey/add/:user
func (c *Client) AddAPIKey(ctx context.Context, user string) (apiKey string, err error) {
	var answer struct{ APIKey looseString }
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/user/apikey/add/:user", names: []string{user},
	}, decodeOptional(&answer))
	return string(answer.APIKey), err
}

// RemoveAPIKey revokes a user's key.
//
// API: POST /v3/user/apikey/remove/:user
func (c *Client) RemoveAPIKey(ctx context.Context, user, apiKey string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/apikey/remove/:user", names: []string{user},
		form: url.Values{"apikey": {apiKey}}, deletion: true,
	})
}

// ChangeUserPassword changes another user's password.
//
// API: POST /v3/user/password/change/:user
func (c *Client) ChangeUserPassword(ctx context.Context, user, password string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/password/change/:user", names: []string{user},
		form: url.Values{"password": {password}}, idempotent: true,
	})
}

// ChangePassword changes the caller's password. The call is not repeated, because the old password is invalid after
// it.
//
// API: POST /v3/user/password/change
func (c *Client) ChangePassword(ctx context.Context, oldPassword, password string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/password/change",
		form: url.Values{"old_password": {oldPassword}, "password": {password}}, login: true, neverRepeat: true,
	})
}
