// Package lblive runs real balancers, nginx and HAProxy, on the loopback interface, with
// the configurations and requests for which package lb makes predictions, and reports
// the backend of each request.
package lblive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// ErrNotInstalled is returned if the balancer is not installed on this machine.
var ErrNotInstalled = errors.New("lblive: the balancer is not installed")

// ErrLate is returned if the machine was too slow for a case in which time matters.
var ErrLate = errors.New("lblive: late")

// patience is the longest time that a request may take.
const patience = 10 * time.Second

// A balancer is a running nginx or HAProxy.
type balancer struct {
	dir   string
	addr  string // address at which it accepts requests
	cmd   *exec.Cmd
	log   bytes.Buffer
	admin func(command string) error
}

// Live runs a case on the real balancer, and returns the picks in the form of [Model].
// It returns [ErrNotInstalled] if the balancer is not installed.
func Live(ctx context.Context, c Case) (picks string, err error) {
	dir, err := os.MkdirTemp("", "lblive")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	back, err := newBackends(dir, c)
	if err != nil {
		return "", err
	}
	defer back.close()
	b, err := start(ctx, dir, c)
	if err != nil {
		return "", err
	}
	defer b.stop()
	picks, err = drive(c, b, back)
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, b.log.Bytes())
	}
	return picks, err
}

// start starts the balancer of the case's method.
func start(ctx context.Context, dir string, c Case) (*balancer, error) {
	if isHAProxy(c.Method) {
		return startHAProxy(ctx, dir, c)
	}
	return startNginx(ctx, dir, c)
}

// launch starts the command, which inherits as descriptor 3 the socket that accepts its
// requests: with an address alone, another process could come to listen there first, or,
// since HAProxy sets SO_REUSEPORT, a second HAProxy of the same user at the same time.
func launch(ctx context.Context, dir, name string, config func(addr string) string, args ...string) (*balancer, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			return nil, fmt.Errorf("%w: %s", ErrNotInstalled, name)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	b := &balancer{dir: dir, addr: l.Addr().String()}
	if err := os.WriteFile(filepath.Join(dir, name+".conf"), []byte(config(b.addr)), 0o666); err != nil {
		return nil, err
	}
	b.cmd = exec.CommandContext(ctx, path, args...)
	b.cmd.Cancel = func() error { return b.cmd.Process.Signal(syscall.SIGTERM) } // nginx ends its worker then
	b.cmd.Dir = dir
	b.cmd.ExtraFiles = []*os.File{socket}
	b.cmd.Env = append(os.Environ(), "NGINX=3;") // the name by which nginx hears of it
	b.cmd.Stdout, b.cmd.Stderr = &b.log, &b.log
	return b, b.cmd.Start()
}

func (b *balancer) stop() {
	b.cmd.Cancel()
	b.cmd.Wait()
}

// A heldRequest is a request that stays open.
type heldRequest struct {
	finish chan struct{}
	answer <-chan error
}

// drive performs the steps.
func drive(c Case, b *balancer, back *backends) (string, error) {
	var out strings.Builder
	var held []heldRequest
	now := time.Now()
	if c.waits() { // begin away from the end of a second
		now = now.Truncate(time.Second).Add(1300 * time.Millisecond)
		time.Sleep(time.Until(now))
	}
	for i, s := range c.Steps {
		switch s.Verb {
		case Get, Hold:
			answer := b.request(s)
			h, err := arrivals(&out, back, answer)
			if err != nil {
				return "", fmt.Errorf("lblive: %s, step %d: %w", c.Name, i, err)
			}
			if s.Verb == Hold {
				held = append(held, h)
				break
			}
			if err := h.end(); err != nil {
				return "", fmt.Errorf("lblive: %s, step %d: %w", c.Name, i, err)
			}
		case Release:
			if err := held[s.N].end(); err != nil {
				return "", fmt.Errorf("lblive: %s, step %d: %w", c.Name, i, err)
			}
		case Break, Mend:
			back.set(s.N, s.Verb == Break)
		case Set, Weigh:
			if err := b.admin(adminCommand(s)); err != nil {
				return "", fmt.Errorf("lblive: %s, step %d: %w", c.Name, i, err)
			}
		case Wait:
			now = now.Add(s.Time)
			if time.Until(now) < 0 || time.Since(now)+s.Time > 500*time.Millisecond {
				return "", ErrLate
			}
			time.Sleep(time.Until(now))
		}
	}
	if c.waits() && time.Since(now) > 500*time.Millisecond {
		return "", ErrLate
	}
	return out.String(), nil
}

// end ends a request, and waits for its answer.
func (h heldRequest) end() error {
	if h.finish == nil {
		return nil
	}
	close(h.finish)
	select {
	case err := <-h.answer:
		return err
	case <-time.After(patience):
		return errors.New("no answer")
	}
}

// arrivals records the backends that a request reaches, until one succeeds or the
// balancer gives an answer of its own.
func arrivals(out *strings.Builder, back *backends, answer <-chan error) (heldRequest, error) {
	for {
		select {
		case a := <-back.came:
			out.WriteByte(letters[a.backend])
			if !a.failed {
				return heldRequest{a.finish, answer}, nil
			}
		case err := <-answer:
			if !errors.Is(err, errNobody) {
				return heldRequest{}, fmt.Errorf("an answer without a backend: %v", err)
			}
			for len(back.came) > 0 { // arrived before the answer
				a := <-back.came
				out.WriteByte(letters[a.backend])
			}
			out.WriteByte('-')
			return heldRequest{}, nil
		case <-time.After(patience):
			return heldRequest{}, errors.New("no backend and no answer")
		}
	}
}

// errNobody is the balancer's answer if no backend can be used.
var errNobody = errors.New("lblive: 502 or 503")

// request sends a request, and returns a channel that receives its end.
func (b *balancer) request(s Step) <-chan error {
	answer := make(chan error, 1)
	dialer := net.Dialer{Timeout: patience}
	if s.Source != (lb.Addr{}) {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(s.Source.String())}
	}
	key := s.Key
	if key == "" {
		key = "/"
	}
	go func() {
		conn, err := dialer.Dial("tcp", b.addr)
		if err != nil {
			answer <- err
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET %s HTTP/1.0\r\nHost: h\r\n\r\n", key)
		text, err := io.ReadAll(conn)
		switch status, _, _ := bytes.Cut(text, []byte("\r\n")); {
		case err != nil:
			answer <- err
		case bytes.Contains(status, []byte(" 200 ")):
			answer <- nil
		case bytes.Contains(status, []byte(" 502 ")), bytes.Contains(status, []byte(" 503 ")):
			answer <- errNobody
		default:
			answer <- fmt.Errorf("lblive: answer %.80q", text)
		}
	}()
	return answer
}
