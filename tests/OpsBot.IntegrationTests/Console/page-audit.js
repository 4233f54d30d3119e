// What an automatic reader of a page can find wrong with it. Gives a list of sentences; empty is good.
() => {
  const wrong = [];
  const name = e => `${e.tagName.toLowerCase()}${e.id ? '#' + e.id : ''}${e.classList.length ? '.' + [...e.classList].join('.') : ''}`;
  const seen = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== 'hidden';
  const label = e => (e.getAttribute('aria-label') || e.textContent || '').trim();

  if (document.querySelectorAll('h1').length !== 1) wrong.push('the page has not exactly one h1');
  if (!document.documentElement.lang) wrong.push('html has no lang');
  if (!document.title) wrong.push('the page has no title');
  for (const landmark of ['main', 'header', 'nav']) if (!document.querySelector(landmark)) wrong.push(`no <${landmark}>`);
  for (const svg of document.querySelectorAll('svg, img')) {
    const labelled = svg.getAttribute('role') === 'img' && svg.getAttribute('aria-label');
    if (!labelled && svg.getAttribute('aria-hidden') !== 'true' && !svg.alt) wrong.push(`${name(svg)} is neither labelled nor hidden`);
  }
  for (const field of document.querySelectorAll('input:not([type=hidden])')) if (!field.labels.length) wrong.push(`${name(field)} has no label`);
  for (const e of document.querySelectorAll('a[href], button, summary')) if (!label(e)) wrong.push(`${name(e)} has no name`);
  for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) wrong.push(`${name(e)} changes the order of tabbing`);
  for (const e of document.querySelectorAll('[onclick], [style]')) wrong.push(`${name(e)} has inline script or style`);
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) wrong.push(`id ${id} is there twice`);
  for (const e of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
    const to = e.getAttribute('aria-labelledby') || e.getAttribute('aria-describedby');
    if (!document.getElementById(to)) wrong.push(`${name(e)} is labelled by ${to}, which is not there`);
  }
  for (const a of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(a.getAttribute('href').slice(1))) wrong.push(`${name(a)} leads to ${a.getAttribute('href')}, which is not there`);
  }
  let level = 0;
  for (const h of document.querySelectorAll('h1, h2, h3, h4')) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) wrong.push(`heading "${label(h)}" skips a level`);
    level = n;
  }

  const wide = document.scrollingElement;
  if (wide.scrollWidth > wide.clientWidth) wrong.push(`the page is ${wide.scrollWidth} px wide in a window of ${wide.clientWidth} px`);

  for (const e of document.querySelectorAll('header a, header button, button')) {
    const words = document.createRange();
    words.selectNodeContents(e);
    if (/^\S+$/.test(label(e)) && !e.children.length && words.getClientRects().length > 1) wrong.push(`${name(e)} "${label(e)}" is broken in the middle`);
  }

  const rgba = colour => (colour.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const told = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !seen(e)) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(rgba(style.color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const needed = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (ratio < needed && !told.has(name(e))) {
      told.add(name(e));
      wrong.push(`${name(e)} "${walk.currentNode.textContent.trim().slice(0, 20)}" has a contrast of ${ratio.toFixed(2)}, ${needed} is needed`);
    }
  }
  return wrong;
}
