package workflow

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// NewCheck returns the command workflow:check.
func NewCheck(env *cli.Env) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "workflow:check",
		Short: "Check the workflow files in a directory",
		Long: `Check the workflow files (*.dig) in a directory: parse each file and count its tasks. The
service checks the parameters of operators when the project is pushed.`,
		Example: "  td workflow check\n  td workflow check --project ./sales",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return check(env, dir)
		},
	}
	cmd.Flags().StringVar(&dir, "project", ".", "check this `DIR`")
	complete.Flags(cmd.Flags(), complete.Folder, "project")
	return cmd
}

func check(env *cli.Env, dir string) error {
	definitions, err := load(dir)
	if err != nil {
		return err
	}
	for _, d := range definitions {
		env.Print("%s (%d tasks)", d.name, d.tasks)
	}
	return nil
}

// A definition is a parsed workflow file.
type definition struct {
	name  string
	tasks int
}

// load reads the workflows in a directory. It stops at the first invalid file.
func load(dir string) ([]definition, error) {
	files, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.dig"))
	if err != nil {
		return nil, err
	}
	var definitions []definition
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".dig")
		if strings.HasPrefix(name, ".") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		tasks, err := countTasks(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		definitions = append(definitions, definition{name, tasks})
	}
	if len(definitions) == 0 {
		return nil, cli.Usagef("no workflow (*.dig) in %s", dir)
	}
	return definitions, nil
}

// escapeGlob returns a pattern that matches exactly path.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// countTasks counts the keys of a definition with the prefix +.
func countTasks(text []byte) (int, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return 0, err
	}
	if len(document.Content) == 0 {
		return 0, errors.New("the file is empty")
	}
	if document.Content[0].Kind != yaml.MappingNode {
		return 0, errors.New("the file is not a YAML mapping")
	}
	return tasksIn(document.Content[0])
}

func tasksIn(node *yaml.Node) (n int, err error) {
	taken := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if !strings.HasPrefix(key.Value, "+") {
			continue
		}
		if taken[key.Value] {
			return n, fmt.Errorf("line %d: duplicate task %q", key.Line, key.Value)
		}
		taken[key.Value] = true
		n++
		if value.Kind == yaml.MappingNode {
			more, err := tasksIn(value)
			if n += more; err != nil {
				return n, err
			}
		}
	}
	return n, nil
}
