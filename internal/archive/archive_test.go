package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
)

func TestRead(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for _, name := range []string{"a", "b"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 3}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("of" + name))
	}
	w.Close()
	z.Close()
	file := filepath.Join(t.TempDir(), "files.tar.gz")
	write := func(data []byte) {
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(packed.Bytes())
	all, err := Read(file)
	if err != nil || len(all) != 2 || string(all["a"]) != "ofa" || string(all["b"]) != "ofb" {
		t.Errorf("%q, %v", all, err)
	}
	for _, n := range []int{0, 5, packed.Len() / 2} {
		write(packed.Bytes()[:n])
		if all, err := Read(file); err == nil {
			t.Errorf("the first %d bytes: %q", n, all)
		}
	}
	if _, err := Read(file + ".none"); !os.IsNotExist(err) {
		t.Error(err)
	}
}
