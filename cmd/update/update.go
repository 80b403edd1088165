// Package update implements the update command, which prints how to update td.
package update

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
)

const releases = "https://github.com/td-cli/td/releases"

// Commands returns the command update.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "update", New: New, ReadOnly: true},
	}
}

// New returns the command update.
func New(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "update",
		Short:   "Print how td was installed and how to update it",
		Long:    "Print how td was installed and how to update it. Nothing is downloaded.",
		Example: "  td update",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return update(env)
		},
	}
}

func update(env *cli.Env) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	how, next := installed(filepath.ToSlash(path), downloaded(), goBins(env.Getenv), exists)
	env.Print("Version   : %s", env.Version)
	env.Print("Path      : %s", path)
	env.Print("Installed : %s", how)
	env.Print("Update    : %s", next)
	return nil
}

// installed returns how the program at path was installed and how to update it. The flag
// module means that it was built from a downloaded module; goBins are the directories of go
// install, and exists reports whether a file exists.
func installed(path string, module bool, goBins []string, exists func(string) bool) (how, next string) {
	dir := path[:strings.LastIndexByte(path, '/')+1]
	switch {
	case strings.Contains(path, "/Caskroom/"), strings.Contains(path, "/Cellar/"):
		return "by Homebrew", "brew upgrade td"
	case strings.Contains(path, "/scoop/apps/"):
		return "by Scoop", "scoop update td"
	case path == "/td":
		return "in the container image", "docker pull ghcr.io/td-cli/td"
	case dir == "/usr/bin/" && exists("/usr/share/doc/td/changelog.Debian.gz"):
		return "from a deb package", "download the new one from " + releases + ", then: sudo dpkg -i td_*.deb"
	case dir == "/usr/bin/":
		return "from a package", "download the new one from " + releases + ", then: sudo rpm -U td_*.rpm"
	}
	for _, bin := range goBins {
		module = module || dir == strings.TrimRight(filepath.ToSlash(bin), "/")+"/"
	}
	switch {
	case module:
		return "by go install", "go install github.com/td-cli/td@latest"
	case exists(dir + "go.mod"):
		return "in a checkout, by make", "git pull && make"
	}
	return "from an archive", "download the new one from " + releases + " and replace this file with its td"
}

// downloaded reports whether this program was built from a module that go downloaded.
// Builds in a checkout, including releases, contain the commit.
func downloaded() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && strings.HasPrefix(info.Main.Version, "v") &&
		!slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "vcs.revision" })
}

// goBins returns the directories in which go install may install programs.
func goBins(getenv func(string) string) []string {
	var bins []string
	if bin := getenv("GOBIN"); bin != "" {
		bins = append(bins, bin)
	}
	for _, path := range filepath.SplitList(getenv("GOPATH")) {
		bins = append(bins, filepath.Join(path, "bin"))
	}
	for _, home := range []string{getenv("HOME"), getenv("USERPROFILE")} {
		if home != "" {
			bins = append(bins, filepath.Join(home, "go", "bin"))
		}
	}
	return bins
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
