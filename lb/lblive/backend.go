package lblive

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// backends are the servers that the balancer sends requests to. Each listens on a socket
// in the file system, and reports each request that arrives.
type backends struct {
	listeners []net.Listener
	came      chan arrival

	mu     sync.Mutex
	broken []bool
}

// An arrival is a request that a backend has received.
type arrival struct {
	backend int
	failed  bool
	finish  chan struct{} // closed to end the request
}

// ErrTaken is returned if a port that a case names is taken.
var ErrTaken = errors.New("lblive: a port is taken")

// newBackends makes the backends of a case, in a folder unless they have ports.
func newBackends(dir string, c Case) (*backends, error) {
	b := &backends{came: make(chan arrival, 64), broken: make([]bool, len(c.Weights))}
	for i := range c.Weights {
		l, err := c.listen(dir, i)
		if err != nil {
			b.close()
			return nil, fmt.Errorf("lblive: %w", err)
		}
		b.listeners = append(b.listeners, l)
		go b.serve(i, l)
	}
	return b, nil
}

func (c Case) listen(dir string, i int) (net.Listener, error) {
	name, ok := strings.CutPrefix(c.server(i), "unix:")
	if !ok {
		l, err := net.Listen("tcp", name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTaken, err)
		}
		return l, nil
	}
	name = filepath.Join(dir, name)
	l, err := net.Listen("unix", name)
	if err == nil {
		err = os.Chmod(name, 0o777)
	}
	return l, err
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

// answer answers one request when it may end; a broken backend hangs up.
func (b *backends) answer(i int, conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return // a health check of the balancer
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
	fmt.Fprintf(conn, "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n%c", letters[i])
}
