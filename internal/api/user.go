package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// A User is one of the account's people.
type User struct {
	ID, Name, Email             string
	FirstName, LastName         string
	Administrator, AccountOwner bool
	CreatedAt, UpdatedAt        Time
}

// UnmarshalJSON reads a user as the service writes it.
func (u *User) UnmarshalJSON(b []byte) error {
	var w struct {
		ID            id
		Name, Email   text
		FirstName     text `json:"first_name"`
		LastName      text `json:"last_name"`
		Administrator flag
		AccountOwner  flag `json:"account_owner"`
		CreatedAt     Time `json:"created_at"`
		UpdatedAt     Time `json:"updated_at"`
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

// A Key is one of a user's keys.
type Key struct {
	Value string // secret
	Type  string // "master", "write-only" …; mostly empty
}

// UnmarshalJSON reads a key: a string, or an object with a value.
func (k *Key) UnmarshalJSON(b []byte) error {
	var w struct{ Value, Type text }
	if json.Unmarshal(b, &w) != nil {
		_ = w.Value.UnmarshalJSON(b)
	}
	*k = Key{Value: string(w.Value), Type: string(w.Type)}
	return nil
}

// Authenticate returns the API key of the user with an e-mail address and a password:
// POST /v3/user/authenticate. Wrong ones are [ErrUnauthorized].
func (c *Client) Authenticate(ctx context.Context, email, password string) (apiKey string, err error) {
	var answer struct{ APIKey text }
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/user/authenticate", form: url.Values{"user": {email}, "password": {password}},
		anonymous: true, login: true, harmless: true,
	}, func(b []byte) error {
		if err := unmarshal(b, &answer); err != nil {
			return err
		}
		if answer.APIKey == "" {
			return errors.New(`it has no "apikey"`)
		}
		return nil
	})
	return string(answer.APIKey), err
}

// Users lists the account's users: GET /v3/user/list.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	return fetchList[User](ctx, c, &call{method: "GET", route: "/v3/user/list"}, "users")
}

// CreateUser adds a user: POST /v3/user/add/:name.
func (c *Client) CreateUser(ctx context.Context, name, email, password string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/add/:name", names: []string{name},
		form: url.Values{"email": {email}, "password": {password}},
	})
}

// DeleteUser removes a user: POST /v3/user/remove/:user.
func (c *Client) DeleteUser(ctx context.Context, user string) error {
	return c.send(ctx, &call{method: "POST", route: "/v3/user/remove/:user", names: []string{user}, gone: true})
}

// ChangeEmail changes a user's e-mail address: POST /v3/user/email/change/:user.
func (c *Client) ChangeEmail(ctx context.Context, user, email string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/email/change/:user", names: []string{user},
		form: url.Values{"email": {email}}, harmless: true,
	})
}

// APIKeys lists a user's keys: GET /v3/user/apikey/list/:user.
func (c *Client) APIKeys(ctx context.Context, user string) ([]Key, error) {
	return fetchList[Key](ctx, c, &call{method: "GET", route: "/v3/user/apikey/list/:user", names: []string{user}}, "apikeys")
}

// AddAPIKey makes another key for a user and returns it, if the service tells:
// POST /v3/user/apikey/add/:user.
func (c *Client) AddAPIKey(ctx context.Context, user string) (apiKey string, err error) {
	var answer struct{ APIKey text }
	err = c.fetch(ctx, &call{
		method: "POST", route: "/v3/user/apikey/add/:user", names: []string{user},
	}, optional(&answer))
	return string(answer.APIKey), err
}

// RemoveAPIKey revokes a user's key: POST /v3/user/apikey/remove/:user.
func (c *Client) RemoveAPIKey(ctx context.Context, user, apiKey string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/apikey/remove/:user", names: []string{user},
		form: url.Values{"apikey": {apiKey}}, gone: true,
	})
}

// ChangeUserPassword changes another user's password: POST /v3/user/password/change/:user.
func (c *Client) ChangeUserPassword(ctx context.Context, user, password string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/password/change/:user", names: []string{user},
		form: url.Values{"password": {password}}, harmless: true,
	})
}

// ChangePassword changes one's own password: POST /v3/user/password/change. Once it is
// changed the old one is wrong, so the call is not repeated.
func (c *Client) ChangePassword(ctx context.Context, oldPassword, password string) error {
	return c.send(ctx, &call{
		method: "POST", route: "/v3/user/password/change",
		form: url.Values{"old_password": {oldPassword}, "password": {password}}, login: true, onlyOnce: true,
	})
}
