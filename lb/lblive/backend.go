package lblive

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// backends are the servers that the balancer sends requests to. Each listens on a
// socket in the file system, and tells of each request that comes.
type backends struct {
	listeners []net.Listener
	came      chan arrival

	mu     sync.Mutex
	broken []bool
}

// An arrival is a request that a backend got.
type arrival struct {
	backend int
	failed  bool
	finish  chan struct{} // to be closed when it is to end
}

// newBackends makes n of them, in a folder.
func newBackends(dir string, n int) (*backends, error) {
	b := &backends{came: make(chan arrival, 64), broken: make([]bool, n)}
	for i := range n {
		name := filepath.Join(dir, strings.TrimPrefix(server(i), "unix:"))
		l, err := net.Listen("unix", name)
		if err == nil {
			err = os.Chmod(name, 0o777)
		}
		if err != nil {
			b.close()
			return nil, fmt.Errorf("lblive: %w", err)
		}
		b.listeners = append(b.listeners, l)
		go b.serve(i, l)
	}
	return b, nil
}

func (b *backends) close() {
	for _, l := range b.listeners {
		l.Close()
	}
}

func (b *backends) set(i int, broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken[i] = broken
}

func (b *backends) serve(i int, l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go b.answer(i, conn)
	}
}

// answer answers one request, when it may end; a broken backend hangs up.
func (b *backends) answer(i int, conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return // a check of the balancer's own
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	b.mu.Lock()
	failed := b.broken[i]
	b.mu.Unlock()
	a := arrival{i, failed, make(chan struct{})}
	b.came <- a
	if failed {
		return
	}
	<-a.finish
	fmt.Fprintf(conn, "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n%c", 'a'+i)
}
