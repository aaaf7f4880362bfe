// The ledger: what is claimed about Go, and what Go does. Filters are in the address.

import {ask} from './engine.js';
import {el} from './draw.js';

const $ = id => document.getElementById(id);
const filters = ['section', 'verdict', 'model', 'search'];
const signs = {holds: '✓', imprecise: '≈', wrong: '✗', outdated: '↺'};
let rows = [], words = {}, lang = 'en';

const word = (key, args = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, k) => args[k] ?? '');

async function speak(to) {
  lang = to;
  words = (await ask({ask: 'about', lang})).about.words;
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = `${word('ledger')} · Orrery`;
  for (const e of document.querySelectorAll('[data-word]')) e.textContent = word(e.dataset.word);
  for (const e of document.querySelectorAll('[data-label]')) e.setAttribute('aria-label', word(e.dataset.label));
  choices('section', [...new Set(rows.map(r => r.section))], s => s);
  choices('verdict', [...new Set(rows.map(r => r.verdict))], v => `${signs[v]} ${rows.find(r => r.verdict === v).texts[lang].verdict}`);
  choices('model', [...new Set(rows.map(r => r.package))].sort(), m => m);
  show();
}

function choices(id, list, text) {
  const was = $(id).value;
  $(id).replaceChildren(new Option(word('any'), ''), ...list.map(v => new Option(text(v), v)));
  $(id).value = was;
}

function show() {
  const want = Object.fromEntries(filters.map(id => [id, $(id).value]));
  const text = want.search.trim().toLowerCase();
  const list = rows.filter(r => (!want.section || r.section === want.section) && (!want.verdict || r.verdict === want.verdict) && (!want.model || r.package === want.model) &&
    (!text || [r.id, r.package, r.source, ...Object.values(r.texts[lang])].join(' ').toLowerCase().includes(text)));
  $('count').textContent = word('rows', {n: list.length, all: rows.length});
  $('rows').replaceChildren(...list.map(row));
  const hash = new URLSearchParams(Object.entries(want).filter(([, v]) => v));
  if (lang === 'zh') hash.set('lang', 'zh');
  history.replaceState(null, '', `${hash}` ? `#${hash}` : location.pathname);
  document.body.dataset.shown = `${list.length} ${lang}`;
}

function row(r) {
  const t = r.texts[lang];
  const out = el('li', {class: `claim ${r.verdict}`, id: `row-${r.id}`},
    el('div', {class: 'claim-head'}, el('b', {}, r.id), el('span', {class: 'badge'}, `${signs[r.verdict]} ${t.verdict}`), el('code', {}, r.package)),
    el('p', {class: 'claimed'}, t.claim));
  if (t.fact) out.append(el('p', {}, t.fact));
  if (t.asks) out.append(el('p', {class: 'asks'}, `${t.asks}: `, el('code', {}, r.expect), r.claimed && el('span', {class: 'note'}, ` (${word('claims', {what: r.claimed})})`)));
  out.append(el('p', {class: 'note'}, r.source));
  if (r.why) out.append(el('p', {class: 'why'}, r.why[lang]));
  if (r.try) out.append(el('p', {}, el('a', {href: `./#${r.try}${lang === 'zh' ? '&lang=zh' : ''}`}, r.exact ? word('try') : word('open'))));
  return out;
}

function follow() {
  const hash = new URLSearchParams(location.hash.slice(1));
  for (const id of filters) $(id).value = hash.get(id) ?? '';
  return hash.get('lang');
}

async function begin() {
  const r = await fetch('ledger.json');
  if (!r.ok) throw new Error(`ledger.json: ${r.status}`);
  rows = await r.json();
  const hash = location.hash;
  await speak(new URLSearchParams(hash.slice(1)).get('lang') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en'));
  if (hash.length > 1) {
    history.replaceState(null, '', hash);
    follow();
    show();
  }
  for (const id of filters) $(id).oninput = show;
  $('controls').onsubmit = e => e.preventDefault();
  $('lang').onclick = () => speak(lang === 'zh' ? 'en' : 'zh');
  addEventListener('hashchange', () => { follow(); show(); });
}

begin().catch(err => { $('status').textContent = err.message; });
