package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeVersion is the version of axe-core, which only the tests use.
const axeVersion = "4.14.1"

// axe returns the source of axe-core.
func axe(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("npm", "install", "--silent", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "axe-core@"+axeVersion)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm: %v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// looks sets the appearance of the page: dark or light, and its size.
func looks(dark bool, width, height int64) chromedp.Action {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return chromedp.Tasks{
		emulation.SetDeviceMetricsOverride(width, height, 1, false),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
	}
}

// TestAxe runs axe-core on every view and on the ledger, in both languages, dark and
// light, wide and narrow.
func TestAxe(t *testing.T) {
	source := axe(t)
	const look = `axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => r.violations.map(v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] ? n.any[0].message : '')).join(' | ')))`
	check := func(k *tab, name string) {
		t.Helper()
		var found []string
		k.eval(look, &found)
		for _, f := range found {
			t.Errorf("%s: %s", name, f)
		}
	}
	k := open(t, sites[0], "")
	k.eval(source+"; true", nil)
	n := 0
	for _, v := range about(t).Views {
		for i, e := range v.Examples[:min(len(v.Examples), 4)] {
			width := []int64{1400, 360, 2560, 760}[i%4]
			k.run(looks(i%2 == 1, width, 900))
			k.eval(fmt.Sprintf(`pick(%q, %q)`, v.ID, e.ID), nil)
			k.eval(`(async () => { const n = Math.ceil($('slider').max * 0.6); $('slider').value = n; $('slider').dispatchEvent(new Event('input')); await shows(n); })()`, nil)
			check(k, fmt.Sprintf("%s/%s, %d wide", v.ID, e.ID, width))
			n++
		}
	}
	k.eval(`(async () => { await pick('sched', 'first'); delete document.body.dataset.shown; $('guess').click(); await until(() => document.body.dataset.shown, 'it');
  $('lang').click(); await until(() => document.body.dataset.shown.endsWith('zh'), 'zh');
  $('program').value = 'main:\n\tgo nobody\n'; $('program').dispatchEvent(new Event('input')); await until(() => $('problem').textContent, 'the problem'); })()`, nil)
	check(k, "guessing, in Chinese, with a problem")
	for _, dark := range []bool{false, true} {
		k := open(t, sites[0], "ledger.html#section=17")
		k.run(looks(dark, 1200, 900))
		k.eval(source+"; true", nil)
		check(k, "the ledger")
		n++
	}
	t.Logf("%d pages", n+1)
}

// TestWidths checks that nothing overflows the page from 360 to 2,560 pixels, and writes
// screenshots into the folder that ORRERY_SHOTS names.
func TestWidths(t *testing.T) {
	shots := os.Getenv("ORRERY_SHOTS")
	k := open(t, sites[0], "")
	for i, width := range []int64{360, 480, 768, 820, 1024, 1400, 1920, 2560} {
		k.run(looks(i%2 == 1, width, 1000))
		for _, v := range about(t).Views {
			for _, e := range v.Examples[:2] {
				var wide int64
				k.eval(fmt.Sprintf(`pick(%q, %q)`, v.ID, e.ID), nil)
				k.eval(`(async () => { const n = Math.ceil($('slider').max * 0.6); $('slider').value = n; $('slider').dispatchEvent(new Event('input')); await shows(n); return document.documentElement.scrollWidth; })()`, &wide)
				if wide > width {
					t.Errorf("%s/%s: %d pixels wide of %d", v.ID, e.ID, wide, width)
				}
				if shots != "" {
					var png []byte
					k.run(chromedp.FullScreenshot(&png, 100))
					if err := os.WriteFile(filepath.Join(shots, fmt.Sprintf("%s-%s-%d.png", v.ID, e.ID, width)), png, 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// TestLedger filters the ledger, and opens a program that a row is about.
func TestLedger(t *testing.T) {
	for _, at := range sites {
		k := open(t, at, "ledger.html")
		var counts []string
		k.eval(`(() => { const out = [document.body.dataset.shown];
  const set = (id, v) => { $(id).value = v; $(id).dispatchEvent(new Event('input')); out.push(document.body.dataset.shown); };
  set('section', '17'); set('verdict', 'outdated'); set('section', ''); set('verdict', ''); set('search', 'runnext'); out.push(location.hash); $('search').value = ''; $('search').dispatchEvent(new Event('input'));
  return out; })()`, &counts)
		if len(counts) != 7 || counts[0] == counts[1] || counts[1] == counts[2] || counts[3] == counts[4] || counts[6] != "#search=runnext" {
			t.Errorf("%q", counts)
		}
		var link string
		k.eval(`document.querySelector('#row-8-4 a').getAttribute('href')`, &link)
		if !strings.Contains(link, "view=chanq&example=hand-off&beside=go1.5") {
			t.Errorf("8-4 opens %q", link)
		}
		var silent []string
		k.eval(`(() => { const look = () => [...document.querySelectorAll('#rows > li')].filter(e => !(e.querySelector('.why') || e.querySelector('a') && e.querySelector('a').textContent.includes('▶'))).map(e => document.documentElement.lang + ' ' + e.id);
  const out = look(); $("lang").click(); return until(() => document.documentElement.lang === 'zh-CN', "zh").then(() => {
    const all = out.concat(look(), [...document.querySelectorAll('.why')].filter(e => !/\p{Script=Han}/u.test(e.textContent)).map(e => e.textContent));
    $('lang').click(); return until(() => document.documentElement.lang === 'en', 'en').then(() => all); }); })()`, &silent)
		for _, row := range silent {
			t.Errorf("%s: the row %s opens no program, and does not say why", at.name, row)
		}
		var dead []string
		k.eval(`[...document.querySelectorAll('#rows a')].map(a => a.getAttribute('href')).filter((h, i, all) => all.indexOf(h) === i)`, &dead)
		if len(dead) < 3 {
			t.Errorf("links %q", dead)
		}
		every := 5 // of all, TestTries of examples/playground has the answers
		if at.name == "wasm" {
			every = len(dead) / 3
		}
		for i := 0; i < len(dead); i += every {
			open(t, at, strings.TrimPrefix(dead[i], "./"))
		}
	}
}

// TestSpeed measures and logs the speed; it fails only if something is far too slow.
func TestSpeed(t *testing.T) {
	for _, at := range sites {
		begin := time.Now()
		k := open(t, at, "")
		first := time.Since(begin)
		var times []float64
		k.eval(`(async () => { await pick('sched', 'pipeline'); const out = [];
  for (let n = 1; n <= 60; n++) { const t = performance.now(); await press('step', n); await new Promise(requestAnimationFrame); out.push(performance.now() - t); }
  return out.sort((a, b) => a - b); })()`, &times)
		t.Logf("%s: first picture %v; a step and its picture: median %.1f ms, 90%% %.1f ms", at.name, first.Round(time.Millisecond), times[len(times)/2], times[len(times)*9/10])
		if first > 30*time.Second || times[len(times)/2] > 1000 {
			t.Error("that is far too slow")
		}
	}
}
