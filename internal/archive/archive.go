// Package archive reads the files of a .tar.gz, as tests have them in testdata.
package archive

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"os"
)

// Read returns the files of a .tar.gz by name. It returns an error if the file cannot be
// read, or is no such archive.
func Read(name string) (map[string][]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("archive: %s: %w", name, err)
	}
	all := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err == nil {
			all[h.Name], err = io.ReadAll(r)
		}
		if err != nil {
			return nil, fmt.Errorf("archive: %s: %w", name, err)
		}
	}
}
