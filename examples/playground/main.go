// Playground serves a page on which the models run a step at a time, forwards and back.
//
//	go run ./examples/playground                    serve it, and print the address
//	go run ./examples/playground -addr localhost:8080
//	go run ./examples/playground -static DIR        write it for a host of files, with the models as WebAssembly
package main

import (
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/orrery-go/orrery/playground"
)

//go:embed page
var files embed.FS

func main() {
	log.SetFlags(0)
	log.SetPrefix("playground: ")
	addr := flag.String("addr", "localhost:0", "the address to serve on; port 0 is any that is free")
	dir := flag.String("static", "", "write the page to this folder instead, with the models as WebAssembly")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected %q: see -help", flag.Args())
	}
	if *dir != "" {
		if err := static(*dir); err != nil {
			log.Fatal(err)
		}
		return
	}
	l, err := listen(*addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/   (Ctrl-C ends it)\n", l.Addr())
	server := &http.Server{Handler: handler(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(l))
}

// listen listens on the loopback interface only: the page is for the user of this
// machine.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if at, ok := l.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("%s is no address of the loopback interface", addr)
	}
	return l, nil
}

// handler serves the page and answers its questions.
func handler() http.Handler {
	page, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(page))
	mux.HandleFunc("POST /ask", func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(http.MaxBytesReader(w, r.Body, playground.MaxQuestion))
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
			return
		} else if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(playground.Ask(question)) // the browser may have gone away
	})
	mux.HandleFunc("GET /ledger.json", func(w http.ResponseWriter, r *http.Request) {
		rows, err := ledger()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(rows)
	})
	return local(mux)
}

// local refuses requests that do not name the loopback interface as their host, such as
// those of a page whose site lets its own name point here, and tells the browser to load
// nothing from elsewhere.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.Trim(host, "[]")
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this page is for localhost", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}
