package cmd

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// Variables that -ldflags -X sets in releases.
var (
	version string
	commit  string //nolint:gochecknoglobals // the linker can set nothing else
)

// Version returns the version of td without the prefix "v": that of the release or of the
// module.
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

// versionLine returns the output of td --version. The Ruby toolbelt prints only the
// version, which is therefore the first word.
func versionLine() string {
	revision := commit
	if info, ok := debug.ReadBuildInfo(); ok && revision == "" {
		revision = vcsRevision(info.Settings)
	}
	if revision == "" {
		return Version() + " (" + runtime.Version() + ")"
	}
	return Version() + " (commit " + revision + ", " + runtime.Version() + ")"
}

// vcsRevision returns the short commit in the build settings, or "".
func vcsRevision(settings []debug.BuildSetting) string {
	revision, suffix := "", ""
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 7)]
		case s.Key == "vcs.modified" && s.Value == "true":
			suffix = "-dirty"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + suffix
}
