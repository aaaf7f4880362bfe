package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/playground"
)

func TestServes(t *testing.T) {
	server := httptest.NewServer(handler())
	defer server.Close()
	for _, name := range []string{"/", "/app.js", "/engine.js", "/draw.js", "/style.css", "/icon.svg", "/ledger.html", "/ledger.js", "/ledger.json", "/worker.js"} {
		r, err := http.Get(server.URL + name)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusOK || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Errorf("%s: %s, policy %q", name, r.Status, r.Header.Get("Content-Security-Policy"))
		}
	}
	r, err := http.Post(server.URL+"/ask", "application/json", strings.NewReader(`{"ask":"run","view":"chanq","example":"ring","step":3}`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var a playground.Answer
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil || a.Error != nil || len(a.Runs) != 1 || a.Runs[0].Step != 3 {
		t.Errorf("%v: %+v", err, a)
	}
}

// TestRefuses sends requests that do not come from the page.
func TestRefuses(t *testing.T) {
	for _, tt := range []struct {
		host, method, path, body string
		want                     int
	}{
		{"localhost:1", "GET", "/", "", 200},
		{"127.0.0.1:1", "GET", "/", "", 200},
		{"[::1]:1", "GET", "/", "", 200},
		{"evil.example:1", "GET", "/", "", 403},
		{"192.0.2.1", "POST", "/ask", "{}", 403},
		{"localhost", "GET", "/ask", "", 404},
		{"localhost", "POST", "/", "", 405},
		{"localhost", "GET", "/../main.go", "", 307},
		{"localhost", "POST", "/ask", strings.Repeat(" ", playground.MaxQuestion+1), 413},
	} {
		r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
		r.Host = tt.host
		w := httptest.NewRecorder()
		handler().ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s %s of %s: %d, want %d", tt.method, tt.path, tt.host, w.Code, tt.want)
		}
	}
	if l, err := listen("0.0.0.0:0"); err == nil {
		l.Close()
		t.Error("it listens to the whole world")
	}
	l, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !l.Addr().(*net.TCPAddr).IP.IsLoopback() {
		t.Error(l.Addr())
	}
}

// TestEngines has a static site's page know the engines that are beside it.
func TestEngines(t *testing.T) {
	script, err := withEngines([]byte(read(t, "page/engine.js")), []string{"sched", "gc"})
	if err != nil || !strings.Contains(string(script), `const views = ["sched","gc"];`) {
		t.Errorf("%v: %.900s", err, script)
	}
	if _, err := withEngines(script, nil); err == nil {
		t.Error("a script that has engines gets others")
	}
}

// TestPageWords checks that the engine knows every word that the page asks for.
func TestPageWords(t *testing.T) {
	var a playground.Answer
	if err := json.Unmarshal(playground.Ask([]byte(`{"ask":"about"}`)), &a); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range []string{"page/index.html", "page/app.js", "page/ledger.html", "page/ledger.js"} {
		text := read(t, name)
		for _, m := range regexp.MustCompile(`data-(?:word|label)="([^"]+)"|\bword\('([^']+)'|label\([^,]+, '([^']+)'\)|page\([^)]*?, '([^']+)'\)`).FindAllStringSubmatch(text, -1) {
			key := m[1] + m[2] + m[3] + m[4]
			used[key] = true
			if a.About.Words[key] == "" {
				t.Errorf("%s: no word %q", name, key)
			}
		}
	}
	if len(used) < 20 {
		t.Errorf("only %d words are used", len(used))
	}
	for key := range a.About.Words {
		if !used[key] {
			t.Errorf("no page uses the word %q", key)
		}
	}
}

func read(t *testing.T, name string) string {
	f, err := files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
