// Drawing turns the panels of an answer into elements.

const NS = 'http://www.w3.org/2000/svg';

// el makes an element: el('div', {class: 'x'}, child, 'text').
export function el(name, attrs = {}, ...children) {
  return fill(document.createElement(name), attrs, children);
}

function svg(name, attrs = {}, ...children) {
  return fill(document.createElementNS(NS, name), attrs, children);
}

function fill(e, attrs, children) {
  for (const [k, v] of Object.entries(attrs)) if (v !== undefined && v !== '' && v !== false) e.setAttribute(k, v === true ? '' : v);
  e.append(...children.filter(c => c !== undefined && c !== null && c !== ''));
  return e;
}

// draw returns the element of a panel. The prefix keeps the ids of two panes apart.
export function draw(panel, prefix, guess) {
  const body = {rows, lanes, graph, curves, svg: picture, text: plain}[panel.kind](panel, prefix, guess);
  return el('section', {class: `panel ${panel.kind}`}, panel.title && el('h3', {}, panel.title), body);
}

function rows(panel) {
  const box = el('div', {class: 'rows-box'});
  for (const r of panel.rows || []) {
    const groups = r.groups.map(g => {
      const cells = el('span', {class: 'cells'}, ...g.cells.map(cell));
      if (g.more) cells.append(el('span', {class: 'more'}, `+${g.more}`));
      return el('div', {class: 'group'}, g.label && el('span', {class: 'label'}, g.label),
        el('div', {class: 'held'}, cells, g.note && el('span', {class: 'note'}, g.note)));
    });
    box.append(el('div', {class: 'row' + (r.acts ? ' acts' : ''), id: undefined, 'data-id': r.id},
      el('div', {class: 'head'}, el('b', {}, r.label), r.note && el('span', {class: 'note'}, r.note)), ...groups));
  }
  return box;
}

function cell(c) {
  const classes = ['cell', c.look, c.hue ? `hue${c.hue}` : ''].filter(Boolean).join(' ');
  return el('span', {class: 'slot'},
    el('span', {class: classes, 'data-id': c.id, title: c.title}, c.text || '\u00a0'),
    c.mark && el('span', {class: 'mark'}, c.mark));
}

const units = [['s', 1e9], ['ms', 1e6], ['µs', 1e3], ['ns', 1]];
function time(ns) {
  for (const [u, n] of units) if (ns >= n) return `${+(ns / n).toPrecision(4)}${u}`;
  return '0';
}

function lanes(panel, prefix, guess) {
  const l = panel.lanes, begin = Math.min(...l.lanes.flatMap(k => k.spans.map(s => s.from)), l.now);
  const from = l.cut ? begin : 0, all = Math.max(l.end - from, 1), x = t => 100 * (t - from) / all;
  const box = el('div', {class: 'lanes-box'});
  for (const k of l.lanes) {
    const track = el('div', {class: 'track'});
    for (const s of k.spans) {
      if (guess && s.from > l.now) continue;
      const to = guess ? Math.min(s.to, l.now) : s.to;
      const state = s.from > l.now ? 'later' : s.to >= l.now ? 'now' : '';
      const e = el('span', {class: ['span', `hue${s.hue || 0}`, s.look, s.ends, state].filter(Boolean).join(' '), title: s.title}, s.text);
      e.style.left = `${x(s.from)}%`;
      e.style.width = `max(2px, ${x(to) - x(s.from)}%)`;
      track.append(e);
    }
    const now = el('i', {class: 'cursor'});
    now.style.left = `${x(Math.min(l.now, l.end))}%`;
    track.append(now);
    box.append(el('b', {}, k.label), track);
  }
  const axis = el('div', {class: 'axis', 'aria-hidden': 'true'});
  for (let i = 0; i <= 4; i++) axis.append(el('span', {}, time(from + all * i / 4)));
  box.append(el('b'), axis);
  return box;
}

const unit = {x: 84, y: 72, w: 46, h: 34};

function graph(panel, prefix) {
  const g = panel.graph, at = new Map(), marker = `${prefix}-arrow`;
  let right = 0, bottom = 0;
  for (const n of g.nodes) {
    const root = (n.look || '').includes('root');
    const p = {x: 34 + n.x * unit.x, y: 30 + n.y * unit.y, w: root ? 40 : unit.w, h: root ? 26 : unit.h};
    at.set(n.id, p);
    right = Math.max(right, p.x + 60);
    bottom = Math.max(bottom, p.y + 46);
  }
  const edges = svg('g', {class: 'edges'}), nodes = svg('g', {class: 'nodes'});
  for (const e of g.edges) {
    const a = at.get(e.from), b = at.get(e.to);
    if (!a || !b) continue;
    edges.append(svg('path', {class: `edge ${e.look || ''}`, d: path(a, b), 'marker-end': `url(#${marker})`}));
  }
  for (const n of g.nodes) {
    const p = at.get(n.id);
    const k = svg('g', {class: `node ${n.look || ''} ${n.changed ? 'changed' : ''} ${n.hue ? `hue${n.hue}` : ''}`},
      svg('title', {}, n.title || n.text),
      svg('rect', {x: p.x - p.w / 2, y: p.y - p.h / 2, width: p.w, height: p.h, rx: 6}),
      svg('text', {x: p.x, y: p.y + 5, 'text-anchor': 'middle'}, n.text));
    if (n.note) k.append(svg('text', {class: 'under', x: p.x, y: p.y + p.h / 2 + 14, 'text-anchor': 'middle'}, n.note));
    nodes.append(k);
  }
  return el('div', {class: 'scroll', tabindex: 0, role: 'group', 'aria-label': panel.title || ''}, svg('svg', {viewBox: `0 0 ${right} ${bottom}`, width: right, height: bottom, role: 'img', 'aria-label': words(g)},
    svg('defs', {}, svg('marker', {id: marker, viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: 'auto-start-reverse'},
      svg('path', {d: 'M0 0 L10 5 L0 10 z', class: 'arrow'}))), edges, nodes));
}

const words = g => g.nodes.map(n => n.title || n.text).join('; ');

// path returns an arrow between the borders of two boxes, bent so that the two directions
// differ.
function path(a, b) {
  if (a === b) return `M${a.x + a.w / 2 - 8} ${a.y - a.h / 2} c 4 -26 34 -22 ${8} ${a.h / 2 - 4}`;
  const dx = b.x - a.x, dy = b.y - a.y, d = Math.hypot(dx, dy) || 1;
  const bend = 0.14 * d, mx = (a.x + b.x) / 2 - dy / d * bend, my = (a.y + b.y) / 2 + dx / d * bend;
  const [x1, y1] = border(a, mx, my), [x2, y2] = border(b, mx, my);
  return `M${x1} ${y1} Q${mx.toFixed(1)} ${my.toFixed(1)} ${x2} ${y2}`;
}

function border(box, x, y) {
  const dx = x - box.x, dy = y - box.y;
  const k = Math.min(box.w / 2 / (Math.abs(dx) || 1e-9), box.h / 2 / (Math.abs(dy) || 1e-9));
  return [(box.x + dx * k).toFixed(1), (box.y + dy * k).toFixed(1)];
}

function curves(panel) {
  const W = 760, H = 260, L = 64, B = 34, T = 10, R = 12;
  const lines = panel.lines || [], xs = lines.flatMap(l => l.x), ys = lines.flatMap(l => l.y);
  const x0 = Math.min(...xs, 0), x1 = Math.max(...xs, x0 + 1), y1 = Math.max(...ys, 1);
  const X = v => L + (W - L - R) * (v - x0) / (x1 - x0), Y = v => H - B - (H - B - T) * v / y1;
  const out = svg('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': lines.map(l => l.label).join(', '), class: 'curves-svg'});
  for (let i = 0; i <= 4; i++) {
    const y = Y(y1 * i / 4);
    out.append(svg('line', {class: 'grid', x1: L, x2: W - R, y1: y, y2: y}),
      svg('text', {class: 'tick', x: L - 6, y: y + 4, 'text-anchor': 'end'}, `${+(y1 * i / 4).toPrecision(3)}`));
  }
  lines.forEach((l, i) => {
    const step = (l.look || '').includes('steps');
    const d = l.x.map((x, j) => (j === 0 ? 'M' : step ? `L${X(x).toFixed(1)} ${Y(l.y[j - 1]).toFixed(1)} L` : 'L') + `${X(x).toFixed(1)} ${Y(l.y[j]).toFixed(1)}`).join(' ');
    out.append(svg('path', {class: `curve line${l.hue || i + 1} ${l.look || ''}`, d}));
    if (l.now > 0 && l.now <= l.x.length) out.append(svg('circle', {class: `dot line${l.hue || i + 1}`, cx: X(l.x[l.now - 1]), cy: Y(l.y[l.now - 1]), r: 5}));
  });
  const legend = el('div', {class: 'legend'}, ...lines.map((l, i) => el('span', {}, el('i', {class: `swatch line${l.hue || i + 1} ${l.look || ''}`}), `${l.label}${l.unit ? `, ${l.unit}` : ''}`)));
  if (lines[0] && lines[0].xLabel) out.append(svg('text', {class: 'tick', x: W - R, y: H - 6, 'text-anchor': 'end'}, lines[0].xLabel));
  return el('div', {}, out, legend);
}

// picture shows a file of package draw, in a shadow root since it has its own style.
function picture(panel) {
  const host = el('div', {class: 'svg-box scroll', tabindex: 0, role: 'group', 'aria-label': panel.title || ''});
  host.attachShadow({mode: 'open'}).innerHTML = `<style>svg{max-width:max(100%,26rem);height:auto}</style>${panel.svg}`;
  return host;
}

function plain(panel) {
  return el('pre', {class: 'scroll', tabindex: 0}, panel.text);
}

// moves animates the elements that have the same id before and after a change.
export function moves(root, change) {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const seen = new Map();
  if (!calm) for (const e of root.querySelectorAll('.cell[data-id]')) seen.set(key(e), e.getBoundingClientRect());
  change();
  if (calm) return;
  for (const e of root.querySelectorAll('.cell[data-id]')) {
    const was = seen.get(key(e)), is = e.getBoundingClientRect();
    if (!was) continue;
    const dx = was.left - is.left, dy = was.top - is.top;
    if (Math.abs(dx) + Math.abs(dy) > 2) e.animate([{transform: `translate(${dx}px, ${dy}px)`}, {transform: 'none'}], {duration: 220, easing: 'ease-out'});
  }
}

const key = e => `${e.closest('.pane').dataset.pane} ${e.dataset.id}`;
