// Keeps the page current: on a hint from /live it fetches the page that is open and takes over its <main>.
// Reading needs none of this. What the reader has going is kept: focus, scroll, open details, a selection.
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

  function busy() {
    const selection = document.getSelection();
    const selecting = selection && !selection.isCollapsed && main().contains(selection.anchorNode);
    const active = document.activeElement;
    const typing = active && main().contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName);
    return selecting || typing;
  }

  async function refresh() {
    if (running) { again = true; return; }
    if (document.hidden) return;
    if (busy()) { schedule(2000); return; }
    running = true;
    lastRun = Date.now();
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', redirect: 'follow', cache: 'no-store' });
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (busy()) { schedule(2000); return; }
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
    const old = main(), fresh = page.getElementById('main');
    // nothing new: leave every element where it is, somebody may be about to press one
    if (!fresh || fresh.innerHTML === old.innerHTML) return;
    const open = new Map([...old.querySelectorAll('details[id]')].map(d => [d.id, d.open]));
    const scrolls = new Map([...old.querySelectorAll('details[id] pre')].map(p => [p.closest('details').id, [p.scrollLeft, p.scrollTop]]));
    const at = locate(old);
    const y = window.scrollY;
    old.replaceChildren(...[...fresh.childNodes].map(n => document.adoptNode(n)));
    for (const d of old.querySelectorAll('details[id]')) if (open.has(d.id)) d.open = open.get(d.id);
    for (const p of old.querySelectorAll('details[id] pre')) {
      const kept = scrolls.get(p.closest('details').id);
      if (kept) p.scrollTo(kept[0], kept[1]);
    }
    document.title = page.title;
    if (at) find(old, at)?.focus({ preventScroll: true });
    window.scrollTo({ top: y, behavior: 'instant' });
  }

  // an element is found again by its id, or as the n-th of its kind below the nearest ancestor that has one
  function locate(root) {
    const active = document.activeElement;
    if (!active || active === root || !root.contains(active)) return null;
    const owner = active.closest('[id]');
    if (owner === active) return { id: active.id };
    return { id: owner.id, tag: active.tagName, index: [...owner.getElementsByTagName(active.tagName)].indexOf(active) };
  }

  function find(root, at) {
    const owner = document.getElementById(at.id);
    if (!owner || !(owner === root || root.contains(owner))) return null;
    return at.tag ? owner.getElementsByTagName(at.tag)[at.index] : owner;
  }

  function connect() {
    clearTimeout(reconnect);
    if (source) return;
    source = new EventSource('/live');
    // whatever changed before the stream was open had no listener
    source.addEventListener('hello', () => { say('Live', 'on'); schedule(0); });
    source.addEventListener('incident', e => { if (wants === 'all' || wants === e.data) schedule(quiet); });
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
