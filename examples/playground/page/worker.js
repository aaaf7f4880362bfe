// The engine of one view in a worker named after the view. Questions and answers are
// messages.
importScripts('wasm_exec.js');

const questions = [];
let ready = false;

self.orreryReady = () => {
  ready = true;
  for (const q of questions.splice(0)) answer(q);
};

function answer({id, question}) {
  try {
    postMessage({id, answer: self.orreryAsk(question)});
  } catch (err) {
    postMessage({id, error: String(err)});
  }
}

onmessage = e => ready ? answer(e.data) : questions.push(e.data);

(async () => {
  const go = new Go(), url = `${self.name}.wasm`, file = await fetch(url);
  if (!file.ok) throw new Error(`${url}: ${file.status}`);
  // Streaming refuses the content type of a host that does not know .wasm.
  const {instance} = file.headers.get('Content-Type') === 'application/wasm'
    ? await WebAssembly.instantiateStreaming(file, go.importObject)
    : await WebAssembly.instantiate(await file.arrayBuffer(), go.importObject);
  await go.run(instance);
  throw new Error('the engine has ended');
})().catch(err => { throw err; });
