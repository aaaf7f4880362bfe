package alloclive

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/again"
)

const largestEnv = "ORRERY_LARGEST"

// TestLargest compares the longest slice that make does not refuse: a process that asks for
// it ends for lack of memory, and one more element is a panic.
func TestLargest(t *testing.T) {
	if kind, n, ok := strings.Cut(os.Getenv(largestEnv), " "); ok {
		size, err := strconv.Atoi(n)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			fmt.Println(largestEnv, recover())
			os.Exit(0)
		}()
		if kind == "byte" {
			byteSink = make([]byte, size)
		} else {
			pointerSink = make([]*byte, size)
		}
		return
	}
	r, err := alloc.ForRelease("running")
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.WithWordSize(int(word)); err != nil {
		t.Fatal(err)
	}
	for kind, size := range map[string]int64{"byte": 1, "*byte": word} {
		ask := func(n int64) string {
			out, _ := again.Run(t, fmt.Sprintf("%s=%s %d", largestEnv, kind, n))
			return out
		}
		e := alloc.Type{Size: size, Noscan: kind == "byte"}
		most, refused := int64(0), int64(1<<62)
		for most+1 < refused {
			if n := most + (refused-most)/2; fits(r, e, n) {
				most = n
			} else {
				refused = n
			}
		}
		if strconv.IntSize == 64 || most < 1<<31 {
			if text := ask(most); !again.NoMemory(text) {
				t.Errorf("make([]%s, %d): %.300s", kind, most, text)
			}
		}
		if strconv.IntSize == 64 || refused < 1<<31 {
			if text := ask(refused); !strings.Contains(text, largestEnv+" "+alloc.MakeSliceLen.Text) {
				t.Errorf("make([]%s, %d): %.300s", kind, refused, text)
			}
		}
		if most*size > r.MaxAlloc() || refused*size <= r.MaxAlloc() {
			t.Errorf("[]%s: %d elements and not %d, of %d bytes", kind, most, refused, r.MaxAlloc())
		}
	}
}

func fits(r *alloc.Rules, e alloc.Type, n int64) bool {
	_, err := r.MakeSlice(e, n, n)
	return err == nil
}
