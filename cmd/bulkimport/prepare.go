package bulkimport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/ingest"
	"github.com/td-cli/td/internal/partupload"
)

// NewPrepareParts returns the command bulk_import:prepare_parts.
func NewPrepareParts(env *cli.Env) *cobra.Command {
	var f readFlags
	var dir string
	cmd := &cobra.Command{
		Use:         "bulk_import:prepare_parts FILE…",
		Short:       "Convert files into parts of a bulk import session",
		Example:     "  td bulk_import:prepare_parts logs/*.csv -f csv -H -t time -o parts/",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			if dir == "" {
				return cli.Usagef("-o/--output is required")
			}
			warnIgnored(env, cmd.Flags())
			return prepare(cmd.Context(), env, f, dir, args)
		},
	}
	f.add(cmd.Flags(), bulkNoun)
	cmd.Flags().StringVarP(&dir, "output", "o", "", "write the parts to `DIR`")
	complete.Flags(cmd.Flags(), complete.Folder, "output")
	return cmd
}

// NewPrepare returns the command import:prepare.
func NewPrepare(env *cli.Env) *cobra.Command {
	var f readFlags
	var dir string
	cmd := &cobra.Command{
		Use:         "import:prepare FILE…",
		Short:       "Convert files into parts of a bulk import session",
		Example:     "  td import:prepare logs/*.csv --column-header --time-column at -o parts/",
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			warnIgnored(env, cmd.Flags())
			return prepare(cmd.Context(), env, f, dir, args)
		},
	}
	f.add(cmd.Flags(), "import")
	cmd.Flags().StringVarP(&dir, "output", "o", "out", "write the parts to `DIR`")
	complete.Flags(cmd.Flags(), complete.Folder, "output")
	return cmd
}

// prepare writes the parts of files as DIR/name_N.msgpack.gz. Each is complete or missing.
func prepare(ctx context.Context, env *cli.Env, f readFlags, dir string, paths []string) error {
	read, err := f.options()
	if err != nil {
		return err
	}
	if err := checkFiles(paths, false); err != nil {
		return err
	}
	if err := checkOptions(ctx, read, paths); err != nil {
		return err
	}
	stems, err := uniqueStems(paths, f.asRuby)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	r := newReport(env, f.progress)
	defer r.stop()
	var written int64
	sent, err := partupload.SendFiles(ctx, paths, partupload.Options{
		Progress: r.bar.Update,
		Read: func(path string) ingest.Options {
			r.print("preparing %s...", path)
			o := read(path)
			o.OnBad = r.printBad
			return o
		},
		Send: func(_ context.Context, p partupload.Part) error {
			written++
			r.bar.Count(p.Records)
			return atomicfile.WriteFile(partFile(dir, stems[p.Path], p.Index), p.Data, atomicfile.Options{})
		},
		Done: func(path string, s ingest.Stats) error {
			r.print("  prepared %s from %s in %s.", entries(s.Records), path, counted(s.Parts, "part"))
			r.printRemarks(path, s)
			return removeStale(r, dir, stems[path], int(s.Parts))
		},
	})
	r.stop()
	if err == nil && sent == 0 && r.bad > 0 {
		err = errors.New("no valid records")
	}
	if err != nil {
		return readError(err)
	}
	env.Say("%s in %s.", counted(written, "part"), dir)
	return nil
}

func partFile(dir, stem string, index int) string {
	return filepath.Join(dir, fmt.Sprintf("%s_%d.msgpack.gz", stem, index))
}

// uniqueStems returns a prefix for the part names of each file: its name up to the first dot or, as in
// the Ruby toolbelt, without the extension of its format. If another file has the same prefix, it is the whole name.
func uniqueStems(paths []string, asRuby bool) (map[string]string, error) {
	stems, owners := map[string]string{}, map[string]string{}
	for _, path := range paths {
		short, _, _ := strings.Cut(filepath.Base(path), ".")
		if asRuby {
			short = withoutFormat(filepath.Base(path))
		}
		name := stem(strings.ReplaceAll(short, ".", "_"))
		if _, taken := owners[name]; taken || short == "" {
			name = stem(path)
		}
		if other, taken := owners[name]; taken {
			return nil, cli.Usagef("the parts of %s and %s would have the same names; prepare them into different directories", other, path)
		}
		owners[name], stems[path] = path, name
	}
	return stems, nil
}

// withoutFormat returns the name of a file without an extension such as .csv or .csv.gz.
func withoutFormat(name string) string {
	plain := name
	if strings.EqualFold(filepath.Ext(name), ".gz") {
		plain = name[:len(name)-len(".gz")]
	}
	extension := filepath.Ext(plain)
	switch strings.ToLower(extension) {
	case ".csv", ".tsv", ".json", ".jsonl", ".msgpack", ".parquet":
		return strings.TrimSuffix(plain, extension)
	}
	return name
}

// removeStale removes the parts of an earlier, longer version of a file, which must not be
// uploaded.
func removeStale(r *report, dir, stem string, n int) error {
	for ; ; n++ {
		stale := partFile(dir, stem, n)
		err := os.Remove(stale)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		r.print("  removed the outdated part %s.", stale)
	}
}
