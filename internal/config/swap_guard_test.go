package config

import (
	"strings"
	"testing"
)

func TestSwapGuard(t *testing.T) {
	const both = "[account]\nswap_guard = refuse\n[profile jp]\nuser = me\n[profile eu]\nswap_guard = Warn\n"
	for _, tt := range []struct {
		name, file string
		flags      Flags
		env        string // TD_SWAP_GUARD
		want       string
		failure    string
	}{
		{name: "default", want: "off"},
		{name: "account", file: both, want: "refuse"},
		{name: "profile without the setting", file: both, flags: Flags{Profile: "jp"}, want: "refuse"},
		{name: "profile with the setting", file: both, flags: Flags{Profile: "eu"}, want: "warn"},
		{name: "environment", file: both, flags: Flags{Profile: "eu"}, env: "off", want: "off"},
		{name: "invalid in the file", file: "[account]\nswap_guard = on\n", failure: `td.conf:2: swap_guard must be off, warn or refuse, not "on"`},
		{name: "invalid in the environment", env: "yes", failure: `TD_SWAP_GUARD: swap_guard must be off, warn or refuse, not "yes"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, _ := write(t, tt.file)
			c, err := Load(tt.flags, env(map[string]string{"HOME": home, "TD_SWAP_GUARD": tt.env}))
			switch {
			case tt.failure == "" && err != nil, tt.failure != "" && (err == nil || !strings.Contains(err.Error(), tt.failure)):
				t.Errorf("error %v, want %q", err, tt.failure)
			case err == nil && c.SwapGuard != tt.want:
				t.Errorf("%q, want %q", c.SwapGuard, tt.want)
			}
		})
	}
}
