package cmd

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// The linker sets these in releases.
var (
	version string
	commit  string //nolint:gochecknoglobals // the linker can set nothing else
)

// Version is the version of this program, without a "v" before it: that of the release, or
// else what the Go command wrote into the program.
func Version() string {
	if version != "" {
		return strings.TrimPrefix(version, "v")
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return strings.TrimPrefix(strings.Trim(info.Main.Version, "()"), "v")
}

// versionLine is what td --version prints. Its first word is the version, as it is all that
// the Ruby toolbelt prints.
func versionLine() string {
	built := commit
	if info, ok := debug.ReadBuildInfo(); ok && built == "" {
		built = builtFrom(info.Settings)
	}
	if built == "" {
		return Version() + " (" + runtime.Version() + ")"
	}
	return Version() + " (commit " + built + ", " + runtime.Version() + ")"
}

// builtFrom is the commit among the settings of a build, "" when none is.
func builtFrom(settings []debug.BuildSetting) string {
	commit, modified := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 7)]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "-dirty"
		}
	}
	if commit == "" {
		return ""
	}
	return commit + modified
}
