package api

import (
	"context"
	"encoding/json"
	"errors"
)

// An Account is who pays, and for how much.
type Account struct {
	ID              string
	Plan            Int
	StorageSize     int64 // bytes
	GuaranteedCores Int
	MaximumCores    Int
	CreatedAt       Time
}

// UnmarshalJSON reads an account as the service writes it.
func (a *Account) UnmarshalJSON(b []byte) error {
	var w struct {
		ID              id
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

// Account returns the account that the key belongs to: GET /v3/account/show.
func (c *Client) Account(ctx context.Context) (Account, error) {
	var answer struct{ Account *Account }
	err := c.fetch(ctx, &call{method: "GET", route: "/v3/account/show"}, func(b []byte) error {
		if err := unmarshal(b, &answer); err != nil {
			return err
		}
		if answer.Account == nil {
			return errors.New(`it has no "account"`)
		}
		return nil
	})
	if err != nil {
		return Account{}, err
	}
	return *answer.Account, nil
}
