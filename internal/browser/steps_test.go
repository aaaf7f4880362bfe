package browser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/playground"
)

// about returns the list of views.
func about(t *testing.T) *playground.About {
	t.Helper()
	var a playground.Answer
	if err := json.Unmarshal(playground.Ask([]byte(`{"ask":"about"}`)), &a); err != nil || a.About == nil {
		t.Fatal(err, a.Error)
	}
	return a.About
}

// TestEveryExample steps through every example of every view, to its end and back, and
// checks that each step looks the same on the way back. Of long runs it takes the steps
// at both ends.
func TestEveryExample(t *testing.T) {
	const walk = `(async most => {
  const all = +$('slider').max, seen = new Map();
  const see = n => {
    const p = picture();
    if (seen.has(n) && seen.get(n) !== p) throw new Error('step ' + n + ' differs on the way back');
    seen.set(n, p);
    if ($('status').textContent || $('problem').textContent) throw new Error('step ' + n + ': ' + $('status').textContent + $('problem').textContent);
  };
  see(0);
  const head = Math.min(all, most);
  for (let n = 1; n <= head; n++) { await press('step', n); see(n); }
  if (head < all) {
    await press('last', all);
    see(all);
    for (let n = all - 1; n > all - 5; n--) { await press('back', n); see(n); }
    for (let n = all - 3; n <= all; n++) { await press('step', n); see(n); }
    $('slider').value = head; $('slider').dispatchEvent(new Event('input'));
    await shows(head);
  }
  if (head === all && !$('step').disabled) throw new Error('a step beyond the end');
  for (let n = head - 1; n >= 0; n--) { await press('back', n); see(n); }
  return all;
})`
	for _, at := range sites {
		most := 250 // number of steps at the beginning; fewer as WebAssembly, since the answers are the same
		if at.name == "wasm" {
			most = 25
		}
		t.Run(at.name, func(t *testing.T) {
			k := open(t, at, "")
			for _, v := range about(t).Views {
				for _, e := range v.Examples {
					var steps int
					k.eval(fmt.Sprintf(`pick(%q, %q)`, v.ID, e.ID), nil)
					k.eval(fmt.Sprintf("%s(%d)", walk, most), &steps)
					t.Logf("%s/%s: %d steps", v.ID, e.ID, steps)
				}
			}
		})
	}
}

// TestEnginesAgree asks both engines and the function itself the same questions.
func TestEnginesAgree(t *testing.T) {
	var questions []string
	ask := func(q playground.Question) {
		text, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		questions = append(questions, string(text))
	}
	for _, lang := range []string{"en", "zh"} {
		ask(playground.Question{Ask: "about", Lang: lang})
		for _, v := range about(t).Views {
			for _, e := range v.Examples {
				for _, step := range []int{0, 1, 7, 40, 1 << 30} {
					q := playground.Question{Ask: "run", View: v.ID, Program: e.Program, Release: e.Release, Beside: e.Beside, Seed: "7", Options: e.Options, Step: step, Lang: lang, Guess: step == 7}
					ask(q)
					if step == 7 {
						q.Ask = "write"
						ask(q)
					}
				}
			}
		}
	}
	questions = append(questions, `{"ask":"run"}`, `nonsense`, `{"ask":"read","link":"v=9"}`, `{"ask":"run","view":"sched","program":"main:\n\tgo nobody\n"}`)
	list, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range sites {
		k := open(t, at, "")
		var got []string
		k.eval(fmt.Sprintf(`import('./engine.js').then(async e => { const out = []; for (const q of %s) out.push(await e.text(q)); return out; })`, list), &got)
		for i, q := range questions {
			if want := string(playground.Ask([]byte(q))); got[i] != want {
				t.Errorf("%s, %.200s: %.300s, want %.300s", at.name, q, got[i], want)
			}
		}
		t.Logf("%s: %d answers", at.name, len(got))
	}
}

// TestLinks opens the page's link in another tab, and checks that it shows the same
// picture.
func TestLinks(t *testing.T) {
	for _, at := range sites {
		a := open(t, at, "")
		for _, v := range about(t).Views {
			for i, e := range v.Examples {
				a.eval(fmt.Sprintf(`pick(%q, %q)`, v.ID, e.ID), nil)
				if i == 1 { // the user's own program, in Chinese
					a.eval(`(async () => { $('program').value += '\n'; delete document.body.dataset.shown; $('program').dispatchEvent(new Event('input')); await until(() => document.body.dataset.shown, 'it'); })()`, nil)
					a.eval(`(async () => { $('lang').click(); await until(() => document.body.dataset.shown.endsWith('zh'), 'zh'); })()`, nil)
				}
				if i == 0 {
					a.eval(`pickSeed(20260)`, nil)
				}
				var link, want, got string
				a.eval(`(async () => { const n = Math.min(9, +$('slider').max); $('slider').value = n; $('slider').dispatchEvent(new Event('input')); await shows(n);
  delete document.body.dataset.link; await until(() => document.body.dataset.link, 'the link'); return location.hash; })()`, &link)
				if i == 0 && !strings.Contains(link, "&seed=20260") {
					t.Errorf("%s, %s: no seed", at.name, link)
				}
				a.eval(`picture() + $('program').value + $('release').value + $('beside').value + $('seed').value`, &want)
				b := open(t, at, link)
				b.eval(`picture() + $('program').value + $('release').value + $('beside').value + $('seed').value`, &got)
				if got != want {
					t.Errorf("%s, %s: another picture", at.name, link)
				}
				if i == 1 {
					a.eval(`(async () => { $('lang').click(); await until(() => document.body.dataset.shown.endsWith('en'), 'en'); })()`, nil)
				}
				if i == 2 {
					break
				}
			}
		}
	}
}

// TestChinese checks that no text is missing in either language: of the page, and of the
// steps of an example of each view.
func TestChinese(t *testing.T) {
	const look = `(async () => {
  const out = [], see = () => {
    for (const e of document.querySelectorAll('[data-word]')) if (!e.textContent || e.textContent === e.dataset.word && document.documentElement.lang !== 'en') out.push('word ' + e.dataset.word);
    for (const e of document.querySelectorAll('[data-label]')) if (!e.getAttribute('aria-label') || e.getAttribute('aria-label') === e.dataset.label && document.documentElement.lang !== 'en') out.push('label ' + e.dataset.label);
    for (const e of document.querySelectorAll('option, nav a, h2, .what, #about, #language-of')) if (e.offsetParent && !e.textContent.trim()) out.push('an empty ' + e.localName + '.' + e.className);
    for (const e of document.querySelectorAll('.say .text')) if (!e.textContent.replace(/^\d+/, '').trim()) out.push('step ' + at());
    if (document.documentElement.lang !== 'en') for (const e of document.querySelectorAll('.rule > span:not(.badge)')) if (!/\p{Script=Han}/u.test(e.textContent)) out.push('the rule ' + e.textContent);
    if (document.body.textContent.includes('⟦')) out.push('a word of step ' + at());
  };
  for (let n = 0; n <= Math.min(12, +$('slider').max); n++) { $('slider').value = n; $('slider').dispatchEvent(new Event('input')); await shows(n); see(); }
  return [...new Set(out)].slice(0, 5);
})()`
	k := open(t, sites[0], "")
	for range 2 {
		for _, v := range about(t).Views {
			var missing []string
			k.eval(fmt.Sprintf(`pick(%q, %q)`, v.ID, v.Examples[0].ID), nil)
			k.eval(look, &missing)
			for _, m := range missing {
				t.Errorf("%s: %s is missing", v.ID, m)
			}
		}
		k.eval(`(async () => { $('lang').click(); await until(() => document.body.dataset.shown.endsWith('zh'), 'zh'); })()`, nil)
	}
}

// TestBad gives the page a broken link and a megabyte of text.
func TestBad(t *testing.T) {
	for _, at := range sites {
		k := open(t, at, "#v=1&view=sched&example=gone")
		var text string
		k.eval(`(async () => { await until(() => $('status').textContent, 'what is wrong'); return $('status').textContent; })()`, &text)
		if want := `the link is broken: sched has no example "gone"`; text != want {
			t.Errorf("%s: %q, want %q", at.name, text, want)
		}
		k.eval(`(async () => {
  $('program').value = 'x'.repeat(1000).concat('\n').repeat(1048); $('program').dispatchEvent(new Event('input'));
  await until(() => $('problem').textContent, 'the problem'); return $('problem').textContent; })()`, &text)
		if want := "line 66, column 1: the program has 1049048 bytes, want at most 65536"; text != want {
			t.Errorf("%s: %q, want %q", at.name, text, want)
		}
		k.eval(`(async () => {
  $('program').value = 'main:\n    go nobody\n'; $('program').dispatchEvent(new Event('input'));
  await until(() => $('problem').textContent.includes('nobody'), 'the problem');
  return $('problem').textContent + ' ' + document.querySelectorAll('.mark-line.wrong').length + $('program').getAttribute('aria-invalid'); })()`, &text)
		if want := `line 2, column 5: no function "nobody" 1true`; text != want {
			t.Errorf("%s: %q, want %q", at.name, text, want)
		}
	}
}

// TestKeys steps with the keyboard, plays, and guesses.
func TestKeys(t *testing.T) {
	k := open(t, sites[0], "#v=1&view=chanq&example=ring")
	var got []int
	k.eval(`(async () => {
  const out = [], key = async (k, n) => { document.body.dispatchEvent(new KeyboardEvent('keydown', {key: k, bubbles: true})); await shows(n); out.push(at()); };
  const all = +$('slider').max;
  await key('ArrowRight', 1); await key('ArrowRight', 2); await key('ArrowLeft', 1); await key('End', all); await key('Home', 0);
  await key(' ', 1); await key(' ', 1);
  return out; })()`, &got)
	if len(got) != 7 || !slices.Equal(got[:3], []int{1, 2, 1}) || got[4] != 0 || got[5] != 1 {
		t.Errorf("%v", got)
	}
	var score string
	k.eval(`(async () => {
  delete document.body.dataset.shown; $('guess').click(); await until(() => document.body.dataset.shown, 'guessing');
  for (let i = 0; i < 5; i++) {
    const n = at();
    if (!$('step').disabled || document.querySelectorAll('.choices button').length < 2) throw new Error('no question');
    const log = document.querySelectorAll('.log [data-step]').length;
    if (log !== n) throw new Error(log + ' lines of the log at step ' + n);
    document.querySelector('.choices button').click();
    $('onward').click();
    await shows(n + 1);
  }
  return $('score').textContent; })()`, &score)
	if len(score) < 6 || score[1:] != " of 5" {
		t.Errorf("score %q", score)
	}
}
