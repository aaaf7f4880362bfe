// The page: it asks questions, and has the stepper and the editor.

import {ask} from './engine.js';
import {draw, el, moves} from './draw.js';

const $ = id => document.getElementById(id);
const s = {view: '', example: '', program: '', release: '', beside: '', seed: '1', options: {}, step: 0, lang: 'en', guess: false};
let about, view, answer, steps = 0, playing = 0, score = {right: 0, all: 0}, log = 0;

const word = (key, args = {}) => (about.words[key] ?? key).replace(/\{(\w+)\}/g, (_, k) => args[k] ?? '');

// --- asking: answers to older questions are dropped.

let busy = false, next = null;

async function show(change = {}) {
  Object.assign(s, change);
  next = {...s};
  if (busy) return;
  busy = true;
  try {
    while (next) {
      const q = next;
      next = null;
      const got = await ask({ask: 'run', view: q.view, program: q.program, release: q.release, beside: q.beside, seed: q.seed,
        options: q.options, step: q.step, lang: q.lang, guess: q.guess, log});
      $('status').textContent = '';
      if (!next) present(got);
    }
  } catch (err) {
    $('status').textContent = word('broken', {what: err.message});
  } finally {
    busy = false;
  }
}

// --- showing the answer.

function present(got) {
  const error = got.error;
  problem(error);
  if (!got.runs) {
    if (error && !error.line) $('status').textContent = error.text;
    return;
  }
  answer = got;
  steps = Math.max(...got.runs.map(r => r.steps));
  s.step = Math.min(s.step, steps);
  $('slider').max = steps;
  $('slider').value = s.step;
  $('slider').setAttribute('aria-valuetext', word('of', {n: s.step, all: steps}));
  $('count').textContent = word('of', {n: s.step, all: steps});
  const waits = s.guess && !!got.runs[0].guess;
  for (const id of ['step', 'last', 'play']) $(id).disabled = s.step >= steps || waits;
  for (const id of ['first', 'back']) $(id).disabled = s.step === 0;
  $('slider').disabled = s.guess;
  $('differ').hidden = got.runs.length < 2 || s.guess;
  $('differ').disabled = !got.differ;
  $('differ').textContent = got.differ ? word('differ', {n: got.differ}) : word('same');
  moves($('panes'), () => $('panes').replaceChildren(...got.runs.map(pane)));
  for (const e of document.querySelectorAll('.log')) {
    const now = e.querySelector('.now');
    if (now) e.scrollTop = now.offsetTop - e.clientHeight / 2;
  }
  $('live').textContent = got.runs.map(r => r.now.text).join(' | ');
  marks(got.runs[0].acting, error);
  quiz(got.runs[0].guess);
  if (s.step >= steps) pause();
  remember();
  document.body.dataset.shown = `${s.view} ${s.step} ${s.lang}`; // for tests that drive the page
}

function pane(r, i) {
  const last = r.step >= r.steps;
  const say = el('div', {class: 'say'},
    el('p', {class: 'text'}, el('span', {class: 'n'}, `${r.step}`), ' ', r.now.text, r.now.time && el('span', {class: 'time'}, r.now.time)));
  if (r.now.rule) say.append(rule(r.now.rule));
  if (last && r.end) say.append(el('p', {class: 'end'}, r.end));
  if (last && r.cut) say.append(el('p', {class: 'end'}, r.cut));
  return el('article', {class: 'pane', 'data-pane': i},
    (r.release || r.headline) && el('h2', {}, r.release, r.headline && el('span', {class: 'headline'}, r.headline)),
    say, ...r.panels.map((p, j) => draw(p, `p${i}-${j}`, s.guess)), steplog(r, i));
}

const signs = {observed: '●', read: '◐', simplified: '○', omitted: '✕'};

function rule(k) {
  const own = about.rules?.[`${k.model.split('/')[0]}/${k.id}`] ?? {}; // in this language
  return el('p', {class: `rule ${k.status}`},
    el('span', {class: 'badge', title: own.why ?? k.shownBy}, `${signs[k.status] ?? ''} ${k.says}`), ' ',
    el('span', {}, own.rule ?? k.rule), ' ', ...k.sources.map(c => el('code', {}, c)));
}

function steplog(r, i) {
  const list = el('ol', {class: 'log', tabindex: 0, 'aria-label': word('log')});
  const page = (from, key) => {
    const b = el('button', {type: 'button', class: 'more'}, word(key));
    b.onclick = () => { log = Math.max(1, from); show(); };
    return el('li', {}, b);
  };
  if (r.logFrom > 1) list.append(page(r.logFrom - 200, 'earlier'));
  for (const k of r.log) {
    const line = el('button', {type: 'button', class: k.n === r.step ? 'now' : '', 'data-step': k.n, 'aria-current': k.n === r.step ? 'step' : undefined},
      el('span', {class: 'n'}, `${k.n}`), el('span', {class: 'time'}, k.time ?? ''), el('span', {class: 'what'}, k.text),
      el('span', {class: `from ${k.mark ?? ''}`}, k.name ? `${signs[k.mark] ?? ''} ${k.name}` : ''));
    line.onclick = () => go(k.n);
    list.append(el('li', {}, line));
  }
  const end = r.logFrom + r.log.length;
  if (end <= r.steps && !s.guess) list.append(page(end, 'later'));
  return list;
}

// --- the editor.

function problem(error) {
  const at = error && error.line;
  $('problem').textContent = at ? word('line', error) : '';
  $('program').setAttribute('aria-invalid', at ? 'true' : 'false');
  if (at) marks([], error);
}

function marks(acting, error) {
  const byLine = new Map();
  for (const a of acting) {
    const m = byLine.get(a.line) ?? {by: [], now: false};
    m.by.push(a.by);
    m.now ||= a.now;
    byLine.set(a.line, m);
  }
  const list = [...byLine].map(([line, m]) => mark(line, `acting${m.now ? ' now' : ''}`, el('span', {}, m.by.slice(0, 4).join(' ') + (m.by.length > 4 ? ' …' : ''))));
  if (error && error.line) {
    const caret = el('i', {class: 'caret'});
    caret.style.left = `calc(${(error.column || 1) - 1} * 1ch)`;
    list.push(mark(error.line, 'wrong', caret));
  }
  $('marks').replaceChildren(...list);
}

function mark(line, kind, ...inside) {
  const e = el('div', {class: `mark-line ${kind}`}, ...inside);
  e.style.top = `calc(${line - 1} * var(--line))`;
  return e;
}

function edited() {
  const text = $('program').value;
  let n = 1;
  for (let i = 0; i < text.length && n < 3000; i++) if (text[i] === '\n') n++;
  if ($('gutter').dataset.n !== `${n}`) {
    $('gutter').dataset.n = n;
    $('gutter').textContent = Array.from({length: n}, (_, i) => i + 1).join('\n');
  }
}

function scrolled() {
  $('gutter').style.transform = `translateY(${-$('program').scrollTop}px)`;
  $('marks').style.transform = `translate(${-$('program').scrollLeft}px, ${-$('program').scrollTop}px)`;
}

let typing = 0;
function typed() {
  edited();
  scrolled();
  clearTimeout(typing);
  typing = setTimeout(() => {
    const text = $('program').value, e = view.examples.find(e => e.program === text);
    s.example = e ? e.id : '';
    $('example').value = s.example;
    log = 0;
    pause();
    show({program: text, step: 0});
  }, 250);
}

// --- the stepper.

function go(n) {
  log = 0;
  show({step: Math.max(0, Math.min(n, steps))});
}

function pause() {
  clearInterval(playing);
  playing = 0;
  $('play').textContent = '▷';
  label($('play'), 'play');
}

function play() {
  if (playing) return pause();
  if (s.step >= steps || s.guess) return;
  $('play').textContent = '❙❙';
  label($('play'), 'pause');
  playing = setInterval(() => { if (!busy) s.step >= steps ? pause() : go(s.step + 1); }, 700);
}

function keys(e) {
  if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest('textarea, select, input')) return;
  const does = {ArrowRight: 'step', ArrowLeft: 'back', Home: 'first', End: 'last', ' ': 'play'}[e.key];
  if (!does || e.key === ' ' && e.target.closest('button, a, summary')) return;
  e.preventDefault();
  if (!$(does).disabled) $(does).click();
}

// --- guessing.

function quiz(g) {
  const box = $('quiz');
  box.hidden = !g;
  if (!g) return box.replaceChildren();
  const buttons = g.choices.map((text, i) => {
    const b = el('button', {type: 'button'}, text);
    b.onclick = () => {
      score.all++;
      if (i === g.right) score.right++;
      $('score').textContent = word('score', score);
      buttons.forEach((b, j) => {
        b.disabled = true;
        if (j === g.right) b.prepend('✓ ');
        else if (j === i) b.prepend('✗ ');
        b.className = j === g.right ? 'right' : j === i ? 'wrong' : '';
      });
      const onward = el('button', {type: 'button', id: 'onward'}, `${i === g.right ? word('right') : word('wrong', {what: g.choices[g.right]})} ▶`);
      onward.onclick = () => go(s.step + 1);
      box.append(onward);
      onward.focus();
    };
    return b;
  });
  box.replaceChildren(el('h2', {}, word('next')), el('div', {class: 'choices'}, ...buttons));
}

// --- links.

let writing = 0, link = '';
function remember() {
  clearTimeout(writing);
  writing = setTimeout(async () => {
    const a = await ask({...question(), ask: 'write'}).catch(() => ({}));
    if (!a.link) return;
    link = '#' + a.link;
    if (location.hash !== link) history.replaceState(null, '', link);
    document.body.dataset.link = link;
  }, 150);
}

const question = () => ({view: s.view, program: s.program, release: s.release, beside: s.beside, seed: s.seed, options: s.options, step: s.step, lang: s.lang});

async function follow() {
  if (location.hash === link && link) return;
  const a = await ask({ask: 'read', link: location.hash.slice(1), lang: s.lang});
  if (a.error) {
    $('status').textContent = a.error.text;
    return false;
  }
  const q = a.question;
  if (q.lang && q.lang !== s.lang) await speak(q.lang);
  choose(q.view, {program: q.program, release: q.release ?? '', beside: q.beside ?? '', seed: q.seed ?? '1', options: q.options ?? {}, step: q.step ?? 0});
  return true;
}

// --- the controls.

function label(e, key) {
  const text = word(key);
  e.setAttribute('aria-label', text);
  if (e.tagName === 'BUTTON') e.title = text;
}

async function speak(lang) {
  s.lang = lang;
  about = (await ask({ask: 'about', lang})).about;
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = word('title');
  for (const e of document.querySelectorAll('[data-word]')) e.textContent = word(e.dataset.word);
  for (const e of document.querySelectorAll('[data-label]')) label(e, e.dataset.label);
  $('views').replaceChildren(...about.views.map(v => {
    const a = el('a', {href: `#v=1&view=${v.id}`, 'data-view': v.id}, v.title);
    return a;
  }));
  if (view) controls(about.views.find(v => v.id === view.id));
}

function options(select, list, value) {
  select.replaceChildren(...list.map(([v, text]) => new Option(text, v)));
  select.value = value;
}

function controls(v) {
  view = v;
  for (const a of $('views').children) a.dataset.view === v.id ? a.setAttribute('aria-current', 'page') : a.removeAttribute('aria-current');
  $('view-title').textContent = v.title;
  $('about').textContent = v.about;
  $('language-of').textContent = v.language;
  options($('example'), [...v.examples.map(e => [e.id, e.title]), ['', word('own')]], s.example);
  const none = v.releases.length === 0;
  $('release-label').hidden = $('beside-label').hidden = none;
  if (none) {
    $('release').replaceChildren();
    $('beside').replaceChildren();
  } else {
    const known = r => !r || v.releases.includes(r) ? v.releases : [r, ...v.releases];
    options($('release'), known(s.release).map(r => [r, r]), s.release || v.releases[0]);
    options($('beside'), [['', word('nothing')], ...known(s.beside).map(r => [r, r])], s.beside);
  }
  $('seed').value = s.seed;
  $('options').replaceChildren(...v.options.map(o => {
    let input;
    if (o.choices.length) {
      input = el('select', {'data-option': o.id});
      options(input, o.choices.map(c => [c.id, c.label]), s.options[o.id] ?? o.default);
    } else {
      input = el('input', {type: 'number', min: o.min, max: o.max, 'data-option': o.id});
      input.value = s.options[o.id] ?? o.default;
    }
    input.onchange = () => {
      if (input.type === 'number') input.value = Math.max(o.min, Math.min(o.max, Math.trunc(+input.value) || 0));
      again({options: {...s.options, [o.id]: input.value}});
    };
    return el('label', {}, `${o.label} `, input);
  }));
}

// choose switches to a view, with the settings of a link or an example.
function choose(id, with_) {
  const v = about.views.find(v => v.id === id);
  pause();
  log = 0;
  Object.assign(s, {view: id, release: '', beside: '', seed: '1', options: {}, step: 0}, with_);
  const e = v.examples.find(e => e.program === s.program);
  s.example = e ? e.id : '';
  $('program').value = s.program;
  edited();
  controls(v);
  show();
}

const example = (v, e) => choose(v.id, {program: e.program, release: e.release ?? '', beside: e.beside ?? '', seed: e.seed ?? '1', options: {...e.options}});

function again(change) {
  log = 0;
  pause();
  show(change);
}

async function begin() {
  await speak(navigator.language.startsWith('zh') ? 'zh' : 'en');
  $('first').onclick = () => go(0);
  $('back').onclick = () => go(s.step - 1);
  $('step').onclick = () => go(s.step + 1);
  $('last').onclick = () => go(steps);
  $('play').onclick = play;
  $('slider').oninput = () => go(+$('slider').value);
  $('differ').onclick = () => go(answer.differ);
  $('example').onchange = () => { const e = view.examples.find(e => e.id === $('example').value); if (e) example(view, e); };
  $('release').onchange = () => again({release: $('release').value === view.releases[0] ? '' : $('release').value});
  $('beside').onchange = () => again({beside: $('beside').value});
  $('seed').onchange = () => { $('seed').value = $('seed').value.replace(/\D/g, '') || '1'; again({seed: $('seed').value}); };
  $('guess').onchange = () => { score = {right: 0, all: 0}; $('score').textContent = ''; again({guess: $('guess').checked}); };
  $('program').oninput = typed;
  $('program').onscroll = scrolled;
  $('controls').onsubmit = e => e.preventDefault();
  $('lang').onclick = async () => { await speak(s.lang === 'zh' ? 'en' : 'zh'); show(); };
  $('link').onclick = async () => {
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    $('live').textContent = word('copied');
    $('link').textContent = '✓ ' + word('copied');
    setTimeout(() => $('link').textContent = word('link'), 1500);
  };
  $('views').onclick = e => {
    const a = e.target.closest('a');
    if (!a) return;
    e.preventDefault();
    const v = about.views.find(v => v.id === a.dataset.view);
    example(v, v.examples[0]);
  };
  document.addEventListener('keydown', keys);
  addEventListener('hashchange', follow);
  const v = about.views[0];
  if (location.hash.length < 2) example(v, v.examples[0]);
  else if (!await follow()) {
    const broken = $('status').textContent;
    example(v, v.examples[0]);
    setTimeout(() => $('status').textContent = broken, 300);
  }
}

begin().catch(err => { $('status').textContent = err.message; });
