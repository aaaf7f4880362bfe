package draw_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/ipc"
)

func TestIPCBuffers(t *testing.T) {
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := s.Pipe(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Give(1, r, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(1, w, make([]byte, 10_000)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(1, w, make([]byte, 100_000)); err != nil {
		t.Fatal(err)
	}
	picture := draw.IPCBuffers(s.Snapshot())
	wellFormed(t, picture)
	same(t, "ipc_pipe.svg", picture)
	for _, want := range []string{`id="ipc-1-part-15"`, "pipe, read end", "1:0 2:0", "waiter 1 of process 1 sleeps"} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture has no %s", want)
		}
	}
	wellFormed(t, draw.IPCBuffers(ipc.Snapshot{}))
}
