// The engine answers questions: JSON in, JSON out. It is the same function, natively in
// the server that go run starts, or as WebAssembly in a worker.

const kind = document.querySelector('meta[name=engine]').content;

const patience = 60_000; // milliseconds, after which the worker is ended; the engine's bounds are far below

let worker, waiting = new Map(), last = 0;

function begin() {
  worker = new Worker('worker.js');
  worker.onmessage = e => {
    const w = waiting.get(e.data.id);
    waiting.delete(e.data.id);
    if (w) e.data.error ? w.reject(new Error(e.data.error)) : w.resolve(e.data.answer);
  };
  worker.onerror = e => fail(new Error(e.message || 'worker'));
}

function fail(err) {
  for (const w of waiting.values()) w.reject(err);
  waiting.clear();
  worker.terminate();
  worker = null;
}

// text asks with text and gives text.
export async function text(question) {
  if (kind !== 'wasm') {
    const r = await fetch('ask', {method: 'POST', body: question});
    if (!r.ok) throw new Error(`${r.status} ${(await r.text()).trim()}`);
    return r.text();
  }
  if (!worker) begin();
  const id = ++last;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => fail(new Error(`${patience / 1000} s`)), patience);
    const done = f => x => { clearTimeout(late); f(x); };
    waiting.set(id, {resolve: done(resolve), reject: done(reject)});
    worker.postMessage({id, question});
  });
}

// ask asks with an object and gives one.
export const ask = async q => JSON.parse(await text(JSON.stringify({schema: 1, ...q})));
