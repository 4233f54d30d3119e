// Keeps the page current: on a hint from /live it fetches the page that is open and changes its <main> into the fetched one, in place.
// Reading needs none of this. What is on both pages stays the same element, so whatever the reader has going goes on: a key or a button
// held down, focus, scroll, open details, a selection.
(() => {
  'use strict';
  const main = () => document.getElementById('main');
  const wants = main().dataset.live;
  if (!wants || wants === 'none' || !window.EventSource) return;

  const quiet = 250;       // hints of one change come in bursts
  const least = 1000;      // a storm of alerts must not become a storm of requests
  const ages = 60000;      // "3 min ago" grows old by itself
  const state = document.getElementById('live');
  let source = null, timer = 0, lastRun = 0, running = false, again = false, reconnect = 0;

  function say(word, kind) {
    if (state.textContent !== word) state.textContent = word;
    state.className = 'live ' + kind;
  }

  function schedule(wait) {
    if (timer) return;
    const due = Math.max(wait, lastRun + least - Date.now());
    timer = setTimeout(() => { timer = 0; refresh(); }, due);
  }

  async function refresh() {
    if (running) { again = true; return; }
    if (document.hidden) return;
    running = true;
    lastRun = Date.now();
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', redirect: 'follow', cache: 'no-store' });
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      take(page);
      if (source && source.readyState === EventSource.OPEN) say('Live', 'on');
    } catch {
      say('Cannot reach OpsBot; what you see may be old', 'off');
      schedule(5000);
    } finally {
      running = false;
      if (again) { again = false; schedule(quiet); }
    }
  }

  function take(page) {
    const fresh = page.getElementById('main');
    if (!fresh) return;
    const selected = selection();
    morphChildren(main(), fresh);
    if (document.title !== page.title) document.title = page.title;
    if (selected) select(selected);
  }

  // a text that changes loses the selection in it, also where the selected words are still there
  function selection() {
    const s = document.getSelection();
    return s && !s.isCollapsed && main().contains(s.anchorNode) ? [s.anchorNode, s.anchorOffset, s.focusNode, s.focusOffset] : null;
  }

  function select([anchor, from, focus, to]) {
    const s = document.getSelection();
    if (s.anchorNode === anchor && s.anchorOffset === from && s.focusNode === focus && s.focusOffset === to) return;
    const length = node => node.nodeType === Node.TEXT_NODE ? node.length : node.childNodes.length;
    if (anchor.isConnected && focus.isConnected) s.setBaseAndExtent(anchor, Math.min(from, length(anchor)), focus, Math.min(to, length(focus)));
  }

  // what an element is about: rows, sections and links come, go and change places
  const key = node => node.nodeType === Node.ELEMENT_NODE
    ? node.id || node.dataset.key || node.getAttribute('aria-labelledby') || (node.nodeName === 'A' && node.getAttribute('href')) || ''
    : '';
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);

  function morph(mine, fresh) {
    if (mine.nodeType !== Node.ELEMENT_NODE) {
      if (mine.nodeValue !== fresh.nodeValue) mine.nodeValue = fresh.nodeValue;
      return;
    }
    // whether a fold is open is the reader's business once it is there
    const own = name => name === 'open' && mine.nodeName === 'DETAILS';
    for (const { name } of [...mine.attributes]) if (!own(name) && !fresh.hasAttribute(name)) mine.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (!own(name) && mine.getAttribute(name) !== value) mine.setAttribute(name, value);
    morphChildren(mine, fresh);
  }

  function morphChildren(parent, fresh) {
    const wanted = [...fresh.childNodes];
    const keys = new Set(wanted.map(key));
    const known = new Map();
    for (const node of [...parent.children]) {
      const name = key(node);
      if (!name) continue;
      if (!keys.has(name)) node.remove();
      else if (known.has(name)) known.get(name).push(node);
      else known.set(name, [node]);
    }
    let at = parent.firstChild;
    for (const next of wanted) {
      const mine = counterpart(next, at, known);
      if (!mine) {
        parent.insertBefore(document.adoptNode(next), at);
        continue;
      }
      if (mine.contains(document.activeElement)) {
        // an element that is moved loses the focus: what is before it moves out of its way instead, and comes back in its turn
        while (at !== mine) {
          const out = at;
          at = at.nextSibling;
          out.remove();
        }
      } else if (mine !== at) parent.insertBefore(mine, at);
      morph(mine, next);
      at = mine.nextSibling;
    }
    while (at) {
      const out = at;
      at = at.nextSibling;
      out.remove();
    }
  }

  // by its key wherever it is; without one the nearest of its kind from here on, text only right here
  function counterpart(next, at, known) {
    const name = key(next);
    if (name) {
      const node = known.get(name)?.shift();
      return node && alike(node, next) ? node : null;
    }
    if (next.nodeType !== Node.ELEMENT_NODE) return at && alike(at, next) ? at : null;
    for (let node = at; node; node = node.nextSibling) if (alike(node, next)) return node;
    return null;
  }

  function connect() {
    clearTimeout(reconnect);
    if (source) return;
    source = new EventSource(wants === 'messages' || wants === 'watches' ? '/live?of=' + wants : '/live');
    // whatever changed before the stream was open had no listener
    source.addEventListener('hello', () => { say('Live', 'on'); schedule(0); });
    source.addEventListener('incident', e => { if (wants === 'all' || wants === e.data) schedule(quiet); });
    source.addEventListener('messages', () => schedule(quiet));
    source.addEventListener('watches', () => schedule(quiet));
    source.onerror = () => {
      say('Reconnecting…', 'off');
      // a refusal ends an EventSource for good; a lost connection does not
      if (source && source.readyState === EventSource.CLOSED) { disconnect(); reconnect = setTimeout(connect, 10000); }
    };
  }

  function disconnect() {
    clearTimeout(reconnect);
    if (source) source.close();
    source = null;
  }

  // a browser keeps six connections to one address: tabs nobody looks at must not hold them
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) disconnect();
    else connect();
  });
  window.addEventListener('pagehide', disconnect);
  window.addEventListener('pageshow', () => { if (!document.hidden) connect(); });
  setInterval(() => { if (!document.hidden) schedule(0); }, ages);
  document.getElementById('reload').addEventListener('click', e => { e.preventDefault(); schedule(0); });
  openTarget();
  window.addEventListener('hashchange', openTarget);

  // a citation leads to its evidence, which may be folded
  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === 'DETAILS') { target.open = true; target.querySelector('summary').focus({ preventScroll: true }); }
  }

  if (!document.hidden) connect();
})();
