package workflow

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/td-cli/td/internal/api"
)

// pack returns the files below a directory as a tar.gz, except hidden files. Symbolic links
// must not point outside the directory.
func pack(dir string) ([]byte, error) {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	w := tar.NewWriter(z)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == dir:
			return nil
		case strings.HasPrefix(d.Name(), ".") && d.IsDir():
			return fs.SkipDir
		case strings.HasPrefix(d.Name(), "."), d.IsDir():
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return add(w, dir, path, filepath.ToSlash(name))
	})
	err = errors.Join(err, w.Close(), z.Close())
	return buf.Bytes(), err
}

func add(w *tar.Writer, dir, path, name string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	link := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		if link, err = resolveLink(dir, path); err != nil {
			return err
		}
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file or a symbolic link", path)
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = name
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	if err := w.WriteHeader(header); err != nil || link != "" {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return errors.Join(err, f.Close())
}

// resolveLink returns the target of a link, which must be below dir.
func resolveLink(dir, path string) (string, error) {
	link, err := os.Readlink(path)
	if err != nil {
		return "", err
	}
	target := filepath.Join(filepath.Dir(path), link)
	rel, err := filepath.Rel(dir, target)
	if filepath.IsAbs(link) || err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("the link %s points outside the project: %s", path, link)
	}
	return filepath.ToSlash(link), nil
}

// unpack extracts a tar.gz below a directory and returns the number of files. Existing files
// are replaced. Nothing is written outside the directory.
func unpack(archive []byte, dir string) (files int, err error) {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return 0, fmt.Errorf("cannot read the archive: %w: %w", api.ErrAnswer, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(dir) // rejects names and links that lead outside
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	r := tar.NewReader(z)
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return files, fmt.Errorf("cannot read the archive: %w: %w", api.ErrAnswer, err)
		}
		if err := extract(root, r, header); err != nil {
			return files, err
		}
		if header.Typeflag != tar.TypeDir {
			files++
		}
	}
}

func extract(root *os.Root, r io.Reader, header *tar.Header) error {
	name := filepath.FromSlash(strings.TrimSuffix(header.Name, "/"))
	if header.Typeflag == tar.TypeDir {
		return root.MkdirAll(name, 0o755)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch header.Typeflag {
	case tar.TypeSymlink:
		if strings.HasPrefix(header.Linkname, "/") || filepath.IsAbs(header.Linkname) ||
			!filepath.IsLocal(filepath.Join(filepath.Dir(name), header.Linkname)) {
			return fmt.Errorf("the link %s in the archive points outside the project", header.Name)
		}
		return root.Symlink(header.Linkname, name)
	case tar.TypeReg:
	default:
		return fmt.Errorf("%s in the archive is not a regular file or a symbolic link", header.Name)
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, fs.FileMode(header.Mode)&0o755|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
