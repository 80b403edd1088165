package config

import (
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	const (
		accountOff = "[account]\nhistory = off\n[profile jp]\nuser = me\n[profile eu]\nhistory = On\n"
		profileOff = "[account]\nuser = me\n[profile jp]\nhistory=OFF\n"
	)
	for _, tt := range []struct {
		name, file string
		flags      Flags
		env        string // TD_HISTORY
		off        bool
		failure    string
	}{
		{name: "no file"},
		{name: "account", file: accountOff, off: true},
		{name: "before any section", file: "history = off\n[account]\nuser = me\n", off: true},
		{name: "profile without the setting", file: accountOff, flags: Flags{Profile: "jp"}, off: true},
		{name: "profile with the setting", file: accountOff, flags: Flags{Profile: "eu"}},
		{name: "profile only", file: profileOff, flags: Flags{Profile: "jp"}, off: true},
		{name: "not the profile", file: profileOff},
		{name: "environment", file: accountOff, env: "on"},
		{name: "environment with a profile", file: accountOff, flags: Flags{Profile: "eu"}, env: "off", off: true},
		{name: "invalid in the file", file: "[account]\nhistory = fasle\n", failure: `td.conf:2: history must be on or off, not "fasle"`},
		{name: "invalid in the environment", env: "0", failure: `TD_HISTORY: history must be on or off, not "0"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home, _ := write(t, tt.file)
			c, err := Load(tt.flags, env(map[string]string{"HOME": home, "TD_HISTORY": tt.env}))
			switch {
			case tt.failure == "" && err != nil, tt.failure != "" && (err == nil || !strings.Contains(err.Error(), tt.failure)):
				t.Errorf("error %v, want %q", err, tt.failure)
			case c.HistoryOff != tt.off:
				t.Errorf("off is %v, want %v", c.HistoryOff, tt.off)
			}
		})
	}
}

func TestHeartbeatHosts(t *testing.T) {
	const file = "[account]\nheartbeat_hosts = HC-ping.com, 127.0.0.1:8000\n[profile jp]\nuser = me\n[profile eu]\nheartbeat_hosts = example.com\n"
	for profile, want := range map[string]string{"": "hc-ping.com 127.0.0.1:8000", "jp": "hc-ping.com 127.0.0.1:8000", "eu": "example.com"} {
		home, _ := write(t, file)
		c, err := Load(Flags{Profile: profile}, env(map[string]string{"HOME": home, "TD_HEARTBEAT_HOSTS": "example.org"}))
		if got := strings.Join(c.HeartbeatHosts, " "); err != nil || got != want {
			t.Errorf("profile %q: %q, %v; want %q", profile, got, err, want)
		}
	}
}
