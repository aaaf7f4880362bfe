package locks

import (
	"strings"
	"testing"
)

// TestCheckNotices damages objects in ways that Check detects, and checks that Check
// reports it.
func TestCheckNotices(t *testing.T) {
	for name, damage := range map[string]struct {
		do   func(m *Locks)
		want string
	}{
		"readers that a writer waits for, without one": {func(m *Locks) { m.objects[2].readerWait = 1 }, "readerCount 0, readerWait 1"},
		"fewer than no readers to wait for":            {func(m *Locks) { m.objects[2].readerWait = -1 }, "readerWait -1"},
		"a writer without the writers' mutex":          {func(m *Locks) { m.objects[2].readerCount = -rwmutexMaxReaders }, "without the writers' mutex"},
		"more readers gone than there can be":          {func(m *Locks) { m.objects[2].readerCount = -rwmutexMaxReaders - 1 }, "readerCount"},
		"a counter below 0":                            {func(m *Locks) { m.objects[3].counter = -1 }, "counter -1"},
		"a goroutine that waits nowhere":               {func(m *Locks) { m.gs[1].status = waiting }, "goroutine 1"},
	} {
		m, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []func() (ID, error){m.NewMutex, m.NewRWMutex, m.NewWaitGroup} {
			if _, err := f(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Go(); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		damage.do(m)
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), damage.want) {
			t.Errorf("%s: %v, want %q", name, err, damage.want)
		}
	}
}
