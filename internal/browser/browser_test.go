package browser

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A site is the page with one of its engines.
type site struct{ name, url string }

var (
	sites   []site
	files   string          // the folder of the static one
	browser context.Context // of the allocator
)

func TestMain(m *testing.M) {
	code, err := testAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		if os.Getenv("ORRERY_FULL") == "1" || code == 1 {
			os.Exit(1)
		}
		fmt.Println("skipped")
		return
	}
	os.Exit(code)
}

func testAll(m *testing.M) (int, error) {
	for _, name := range []string{"chromium", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return 0, err
		}
	}
	dir, err := os.MkdirTemp("", "playground")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "playground")
	if err := command("go", "build", "-o", program, "./examples/playground"); err != nil {
		return 1, err
	}
	server := exec.Command(program)
	out, err := server.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := server.Start(); err != nil {
		return 1, err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return 1, err
	}
	address, _, _ := strings.Cut(line, " ")
	files = filepath.Join(dir, "site")
	begin := time.Now()
	if err := command(program, "-static", files); err != nil {
		return 1, err
	}
	fmt.Printf("the static site was made in %v\n", time.Since(begin).Round(100*time.Millisecond))
	static := httptest.NewServer(http.FileServer(http.Dir(files)))
	defer static.Close()
	sites = []site{{"native", address}, {"wasm", static.URL + "/"}}

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Flag("lang", "en-US"))
	all, end := chromedp.NewExecAllocator(context.Background(), options...)
	defer end()
	first, cancel := chromedp.NewContext(all)
	defer cancel()
	if err := chromedp.Run(first); err != nil {
		return 1, err
	}
	browser = first
	return m.Run(), nil
}

// command runs a command in the module's root.
func command(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}

// A tab is a page that is open.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string // messages in the console
}

// open opens the page of a site, and waits for its picture. At the end of the test it
// checks that the page has reported no error.
func open(t *testing.T, at site, link string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, 15*time.Minute)
	t.Cleanup(stop)
	k := &tab{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(e any) {
		k.mu.Lock()
		defer k.mu.Unlock()
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			k.errors = append(k.errors, e.ExceptionDetails.Text+" "+fmt.Sprint(e.ExceptionDetails.Exception))
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
				k.errors = append(k.errors, fmt.Sprintf("console.%s", e.Type))
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
				k.errors = append(k.errors, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	t.Cleanup(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, e := range k.errors {
			t.Errorf("%s: %s", at.name, e)
		}
	})
	k.run(log.Enable(), runtime.Enable(), chromedp.Navigate(at.url+link))
	k.run(chromedp.Poll(`document.body && document.body.dataset.shown`, nil, chromedp.WithPollingTimeout(time.Minute)))
	k.eval(driver, nil)
	return k
}

func (k *tab) run(actions ...chromedp.Action) {
	k.t.Helper()
	if err := chromedp.Run(k.ctx, actions...); err != nil {
		k.t.Fatal(err)
	}
}

// eval evaluates an expression, and waits for its promise.
func (k *tab) eval(expression string, out any) {
	k.t.Helper()
	k.run(chromedp.Evaluate(expression, out, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}

// driver are functions in the page, for the tests.
const driver = `
window.$ = id => document.getElementById(id);
window.until = async (f, what) => {
  const begin = performance.now();
  while (!f()) {
    if (performance.now() - begin > 30000) throw new Error('waited for ' + what + ', shown is ' + document.body.dataset.shown + ', status ' + $('status').textContent);
    await new Promise(r => setTimeout(r, 1));
  }
};
window.at = () => +document.body.dataset.shown.split(' ')[1];
window.shows = n => until(() => at() === n, 'step ' + n);
window.press = async (id, n) => { $(id).click(); await shows(n); };
window.picture = () => $('panes').innerHTML + $('marks').innerHTML;
window.pick = async (view, example) => {
  delete document.body.dataset.shown;
  document.querySelector('nav [data-view=' + view + ']').click();
  await until(() => (document.body.dataset.shown || '').startsWith(view + ' '), view);
  if ($('example').value !== example) {
    delete document.body.dataset.shown;
    $('example').value = example;
    $('example').dispatchEvent(new Event('change'));
    await until(() => document.body.dataset.shown, example);
  }
};
window.pickSeed = async seed => {
  delete document.body.dataset.shown;
  $('seed').value = seed;
  $('seed').dispatchEvent(new Event('change'));
  await until(() => document.body.dataset.shown, 'seed ' + seed);
};
true`
