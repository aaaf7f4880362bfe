package claims

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A farm is some servers of package net/http and a reverse proxy in front of them.
type farm struct {
	servers []*http.Server
	urls    []*url.URL
	proxy   *http.Server
	at      string // the proxy's URL
	client  *http.Client

	mu     sync.Mutex
	got    []int  // requests, by server
	open   []int  // connections, by server
	sick   []bool // servers that answer 500
	next   int
	choose func(*http.Request) int // returns the server; called without the lock; nil: in turn among the healthy ones
}

// newFarm starts n servers, named a, b and so on: each answers with its name.
func newFarm(n int) (*farm, error) {
	f := &farm{got: make([]int, n), open: make([]int, n), sick: make([]bool, n), client: &http.Client{
		Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil},
	}}
	f.client.Jar, _ = cookiejar.New(nil)
	for i := range n {
		s, u, err := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.answer(i, w) }), func(_ net.Conn, state http.ConnState) {
			f.mu.Lock()
			defer f.mu.Unlock()
			switch state {
			case http.StateNew:
				f.open[i]++
			case http.StateClosed:
				f.open[i]--
			}
		})
		if err != nil {
			f.close()
			return nil, err
		}
		f.servers, f.urls = append(f.servers, s), append(f.urls, u)
	}
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil},
		ErrorLog:  log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(f.urls[f.pick(r.In)])
		},
	}
	var u *url.URL
	var err error
	if f.proxy, u, err = serve(proxy, nil); err != nil {
		f.close()
		return nil, err
	}
	f.at = u.String()
	return f, nil
}

func serve(h http.Handler, state func(net.Conn, http.ConnState)) (*http.Server, *url.URL, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	s := &http.Server{Handler: h, ConnState: state, ErrorLog: log.New(io.Discard, "", 0)}
	go s.Serve(l)
	return s, &url.URL{Scheme: "http", Host: l.Addr().String()}, nil
}

func (f *farm) close() {
	for _, s := range append(f.servers, f.proxy) {
		if s != nil {
			s.Close()
		}
	}
}

func (f *farm) answer(i int, w http.ResponseWriter) {
	f.mu.Lock()
	f.got[i]++
	sick := f.sick[i]
	f.mu.Unlock()
	if sick {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	fmt.Fprintf(w, "%c", 'a'+i)
}

func (f *farm) set(i int, sick bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sick[i] = sick
}

// by makes the proxy use the function.
func (f *farm) by(choose func(*http.Request) int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.choose = choose
}

// pick returns the next server, among those that pass a check.
func (f *farm) pick(r *http.Request) int {
	f.mu.Lock()
	choose := f.choose
	f.mu.Unlock()
	if choose != nil {
		return choose(r)
	}
	for range f.urls {
		f.mu.Lock()
		i := f.next % len(f.urls)
		f.next++
		f.mu.Unlock()
		if f.passes(i) {
			return i
		}
	}
	return 0
}

// passes checks a server with a request, as a balancer does.
func (f *farm) passes(i int) bool {
	resp, err := f.client.Get(f.urls[i].String())
	if err != nil {
		return false
	}
	resp.Body.Close()
	f.mu.Lock()
	f.got[i]-- // the check is not a request of a client
	f.mu.Unlock()
	return resp.StatusCode == http.StatusOK
}

// get returns the answer to a client's request, or x.
func (f *farm) get(url string) string {
	resp, err := f.client.Get(url)
	if err != nil {
		return "x"
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return "x"
	}
	return string(text)
}

// order returns the answers to n requests by the proxy.
func (f *farm) order(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = f.get(f.at)
	}
	return strings.Join(out, " ")
}

// withFarm calls ask with a farm.
func withFarm(n int, ask func(*farm) string) func() (string, error) {
	return func() (string, error) {
		f, err := newFarm(n)
		if err != nil {
			return "", err
		}
		defer f.close()
		return ask(f), nil
	}
}

var (
	lbLiveSpread = withFarm(3, func(f *farm) string {
		f.order(12)
		f.mu.Lock()
		defer f.mu.Unlock()
		return strings.Trim(fmt.Sprint(f.got), "[]")
	})
	lbLiveAlone = withFarm(1, func(f *farm) string {
		count := func() (n int) {
			for range 3 {
				if f.get(f.urls[0].String()) != "x" {
					n++
				}
			}
			return n
		}
		before := count()
		f.servers[0].Close()
		return fmt.Sprint(before, " ", count())
	})
	lbLiveTwoFactors = withFarm(3, func(f *farm) string {
		f.set(1, true)
		return f.order(6)
	})
	lbLiveInTurn = withFarm(3, func(f *farm) string { return f.order(7) })
	lbLiveProbes = withFarm(1, func(f *farm) string {
		f.set(0, true)
		conn, err := net.DialTimeout("tcp", f.urls[0].Host, 10*time.Second)
		if err == nil {
			conn.Close()
		}
		return yesNo(err == nil) + " " + yesNo(f.passes(0))
	})
	lbLiveLeaves = withFarm(2, func(f *farm) string {
		var out []string
		for _, sick := range []bool{false, true, false} {
			f.set(1, sick)
			up := 0
			for i := range f.urls {
				if f.passes(i) {
					up++
				}
			}
			out = append(out, fmt.Sprint(up))
		}
		return strings.Join(out, " ")
	})
	lbLiveStateful = withFarm(3, func(f *farm) string {
		servers := func() int {
			seen := map[string]bool{}
			for range 6 {
				seen[f.get(f.at)] = true
			}
			return len(seen)
		}
		turn := servers()
		f.by(func(r *http.Request) int { // by the client's address, without its port
			host, _, _ := net.SplitHostPort(r.RemoteAddr)
			sum := 0
			for _, c := range host {
				sum += int(c)
			}
			return sum % 3
		})
		source := servers()
		// A client that keeps the cookie that the first answer sets.
		u, _ := url.Parse(f.at)
		f.by(func(r *http.Request) int {
			if c, err := r.Cookie("SRV"); err == nil {
				return int(c.Value[0] - 'a')
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			f.next++
			return f.next % 3
		})
		first := f.get(f.at)
		f.client.Jar.SetCookies(u, []*http.Cookie{{Name: "SRV", Value: first}})
		seen := map[string]bool{first: true}
		for range 5 {
			seen[f.get(f.at)] = true
		}
		return fmt.Sprint(turn, " ", source, " ", len(seen))
	})
)

// lbLiveSoftens sends five requests, closes one server, and sends five more.
func lbLiveSoftens() (string, error) {
	run := func(n int) (answered int, err error) {
		f, err := newFarm(n)
		if err != nil {
			return 0, err
		}
		defer f.close()
		for i := range 10 {
			if i == 5 {
				f.servers[0].Close()
			}
			if f.get(f.at) != "x" {
				answered++
			}
		}
		return answered, nil
	}
	one, err1 := run(1)
	two, err2 := run(2)
	return fmt.Sprint(one, " ", two), errors.Join(err1, err2)
}

// lbLiveFewest keeps two connections at a and one at b, while the proxy chooses the
// server with the fewest.
func lbLiveFewest() (string, error) {
	f, err := newFarm(3)
	if err != nil {
		return "", err
	}
	defer f.close()
	for _, i := range []int{0, 0, 1} {
		conn, err := net.Dial("tcp", f.urls[i].Host)
		if err != nil {
			return "", err
		}
		defer conn.Close()
	}
	for range 1000 { // until they are accepted
		f.mu.Lock()
		all := f.open[0] + f.open[1]
		f.mu.Unlock()
		if all == 3 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.by(func(*http.Request) int {
		f.mu.Lock()
		defer f.mu.Unlock()
		best := 0
		for i, n := range f.open {
			if n < f.open[best] {
				best = i
			}
		}
		return best
	})
	return f.order(1), nil
}

// lbLivePaths reports whether the path can be read in the middle: in plain HTTP, in TLS
// that is terminated there, and in TLS that is passed on.
func lbLivePaths() (string, error) {
	const path = "/a-path-to-look-for"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	server := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}}}
	var out []string
	for _, how := range []string{"plain", "terminated", "passed on"} {
		var seen bytes.Buffer
		client, between := net.Pipe()
		deadline := time.Now().Add(20 * time.Second)
		client.SetDeadline(deadline)
		between.SetDeadline(deadline)
		done := make(chan error, 1)
		go func() {
			var err error
			switch how {
			case "plain":
				_, err = io.Copy(&seen, between)
			case "terminated":
				_, err = io.Copy(&seen, tls.Server(between, server))
			default: // passes TLS on to a server with the certificate, and inspects the bytes
				_, err = io.Copy(io.Discard, tls.Server(tapped{between, &seen}, server))
			}
			done <- err
		}()
		conn := net.Conn(client)
		if how != "plain" {
			conn = tls.Client(client, &tls.Config{InsecureSkipVerify: true, ServerName: "localhost"})
		}
		if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return "", err
		}
		go io.Copy(io.Discard, client) // what TLS says at the end
		client.Close()
		<-done
		out = append(out, yesNo(bytes.Contains(seen.Bytes(), []byte(path))))
	}
	return strings.Join(out, " "), nil
}

// A tapped is a connection that copies the bytes read from it.
type tapped struct {
	net.Conn
	to *bytes.Buffer
}

func (t tapped) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(p)
	t.to.Write(p[:n])
	return n, err
}
