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
		Short: "Check the files of the workflows in a directory",
		Long: `Check the files of the workflows (*.dig) in a directory: that each can be read, and how many
tasks it has. What operators are told is checked by the service when the project is pushed.`,
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

// A definition is a workflow's file, as far as it is understood here.
type definition struct {
	name  string
	tasks int
}

// load reads the workflows in a directory. The first that cannot be read is the error.
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
		return nil, cli.Usagef("there is no workflow (*.dig) in %s", dir)
	}
	return definitions, nil
}

// escapeGlob makes a pattern that matches a path.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// countTasks reads a definition and counts the keys that begin with +.
func countTasks(text []byte) (int, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return 0, err
	}
	if len(document.Content) == 0 {
		return 0, errors.New("it is empty")
	}
	if document.Content[0].Kind != yaml.MappingNode {
		return 0, errors.New("it is no list of keys and values")
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
			return n, fmt.Errorf("line %d: the task %q is there twice", key.Line, key.Value)
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
