package api

import (
	"context"
	"encoding/json"
	"errors"
)

// An Account describes the account to which an API key belongs.
type Account struct {
	ID              string
	Plan            Int
	StorageSize     int64 // bytes
	GuaranteedCores Int
	MaximumCores    Int
	CreatedAt       Time
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *Account) UnmarshalJSON(b []byte) error {
	var w struct {
		ID              looseID
		Plan            Int
		StorageSize     Int  `json:"storage_size"`
		GuaranteedCores Int  `json:"guaranteed_cores"`
		MaximumCores    Int  `json:"maximum_cores"`
		CreatedAt       Time `json:"created_at"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*a = Account{
		ID: string(w.ID), Plan: w.Plan, StorageSize: w.StorageSize.Value,
		GuaranteedCores: w.GuaranteedCores, MaximumCores: w.MaximumCores, CreatedAt: w.CreatedAt,
	}
	return nil
}

// Account returns the account to which the key belongs.
//
// API: GET /v3/account/show
func (c *Client) Account(ctx context.Context) (Account, error) {
	var answer struct{ Account *Account }
	err := c.fetch(ctx, &call{method: "GET", route: "/v3/account/show"}, func(b []byte) error {
		if err := unmarshal(b, &answer); err != nil {
			return err
		}
		if answer.Account == nil {
			return errors.New(`no "account"`)
		}
		return nil
	})
	if err != nil {
		return Account{}, err
	}
	return *answer.Account, nil
}
