// An engine answers questions: JSON in, JSON out. The same function runs natively in the
// server that go run starts, and as WebAssembly in a worker. On a host of files each
// view has an engine of its own, so that a page loads what its model needs and no more.

// The views that have one; none: the server is asked. -static writes them here.
const views = [];

const schema = 1;
const patience = 60_000; // milliseconds after which a worker is ended; the engine's own bounds are far lower
const most = 3; // largest number of workers: each has memory of its own

const engines = new Map(); // by view, least recently used first

function begin(view) {
  const e = {worker: new Worker('worker.js', {name: view}), waiting: new Map(), last: 0};
  e.worker.onmessage = m => {
    const w = e.waiting.get(m.data.id);
    e.waiting.delete(m.data.id);
    if (w) m.data.error ? w.reject(new Error(m.data.error)) : w.resolve(m.data.answer);
  };
  e.fail = err => {
    for (const w of e.waiting.values()) w.reject(err);
    e.waiting.clear();
    e.worker.terminate();
    if (engines.get(view) === e) engines.delete(view);
  };
  e.worker.onerror = m => e.fail(new Error(m.message || 'worker'));
  return e;
}

function engine(view) {
  const e = engines.get(view) ?? begin(view);
  engines.delete(view);
  for (const old of engines.values()) {
    if (engines.size >= most && old.waiting.size === 0) old.fail();
  }
  engines.set(view, e);
  return e;
}

// ours returns the view whose engine has the answer. The first view's engine reports a
// mistake that is one in every view.
function ours(q) {
  const view = q.ask === 'read' ? new URLSearchParams(`${q.link ?? ''}`.replace(/^#/, '')).get('view') : q.view;
  return views.includes(view) ? view : views[0];
}

async function got(r) {
  if (!r.ok) throw new Error(`${r.status} ${(await r.text()).trim()}`);
  return r.text();
}

// text takes a question and returns the answer, both as text.
export async function text(question) {
  if (!views.length) return got(await fetch('ask', {method: 'POST', body: question}));
  let q = {};
  try {
    q = JSON.parse(question) ?? {};
  } catch { /* the engine reports it */ }
  if (q.ask === 'about' && (q.schema || schema) === schema) { // about all views, which no single engine knows
    return got(await fetch(`about.${q.lang === 'zh' ? 'zh' : 'en'}.json`));
  }
  const e = engine(ours(q)), id = ++e.last;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => e.fail(new Error(`${patience / 1000} s`)), patience);
    const done = f => x => { clearTimeout(late); f(x); };
    e.waiting.set(id, {resolve: done(resolve), reject: done(reject)});
    e.worker.postMessage({id, question});
  });
}

// ask takes a question and returns the answer, both as objects.
export const ask = async q => JSON.parse(await text(JSON.stringify({schema, ...q})));
