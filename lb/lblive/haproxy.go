package lblive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// haproxyMethods are the configuration lines that select the method of a backend.
var haproxyMethods = map[lb.Method]string{
	lb.HARoundRobinMethod: "balance roundrobin",
	lb.HAStaticMethod:     "balance static-rr",
	lb.HALeastConnMethod:  "balance leastconn",
	lb.HASourceMethod:     "balance source",
	lb.HAURIMethod:        "balance uri",
	lb.HAConsistentMethod: "balance uri\n  hash-type consistent",
	lb.HABoundedMethod:    "balance uri\n  hash-type consistent\n  hash-balance-factor 150",
}

// startHAProxy starts a HAProxy with one thread.
func startHAProxy(ctx context.Context, dir string, c Case) (*balancer, error) {
	line, ok := haproxyMethods[c.Method]
	if !ok {
		return nil, fmt.Errorf("lblive: haproxy has no %v", c.Method)
	}
	b, err := launch(ctx, dir, "haproxy", func(string) string {
		var u strings.Builder
		for i, w := range c.Weights {
			addr := c.server(i)
			if name, ok := strings.CutPrefix(addr, "unix:"); ok {
				addr = "unix@" + filepath.Join(dir, name)
			}
			fmt.Fprintf(&u, "  server %c %s weight %d\n", letters[i], addr, w)
		}
		return fmt.Sprintf(`global
  nbthread 1
  maxconn 1000
  stats socket %s level admin
defaults
  mode http
  timeout connect 5s
  timeout client 20s
  timeout server 20s
  retries 0
  http-reuse never
frontend f
  bind fd@3
  default_backend u
backend u
  %s
%s`, filepath.Join(dir, "admin.sock"), line, u.String())
	}, "-db", "-q", "-f", "haproxy.conf")
	if err != nil {
		return nil, err
	}
	admin := filepath.Join(dir, "admin.sock")
	b.admin = func(command string) error { return tell(admin, command) }
	for range 500 { // the socket appears a little after the process, and listens a little later
		var dial *net.OpError
		if err = b.admin("help"); !errors.As(err, &dial) || dial.Op != "dial" {
			return b, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.stop()
	return nil, err
}

// tell sends a command to a HAProxy's admin socket.
func tell(socket, command string) error {
	conn, err := net.DialTimeout("unix", socket, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, command+"\n"); err != nil {
		return err
	}
	answer, err := io.ReadAll(conn)
	if text := strings.TrimSpace(string(answer)); err == nil && text != "" {
		err = fmt.Errorf("lblive: %q: %s", command, text)
	}
	return err
}

// adminCommand returns the HAProxy command for a step.
func adminCommand(s Step) string {
	if s.Verb == Weigh {
		return fmt.Sprintf("set server u/%c weight %d", letters[s.N], s.Weight)
	}
	state := "ready"
	switch s.State {
	case lb.Down:
		state = "maint"
	case lb.Drain:
		state = "drain"
	}
	return fmt.Sprintf("set server u/%c state %s", letters[s.N], state)
}
