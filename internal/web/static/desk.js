// Keys of the desk. They work where nothing is being typed; every one of them
// only does what a link or a field of the page does as well.

const $ = (sel, root = document) => root.querySelector(sel);
const typing = (el) => el instanceof HTMLElement && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(checkbox|radio|button|submit|file)$/.test(el.type));
const rows = () => [...document.querySelectorAll('main td.head a, main [data-list] a')].filter((a) => a.offsetParent);

let before = ''; // the first key of a pair
let since = 0;

document.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && e.target.form) {
    e.preventDefault();
    e.target.form.requestSubmit($('[data-send]', e.target.form));
    return;
  }
  if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === 'Escape') {
    leave(e);
    return;
  }
  if (typing(e.target) || $('dialog[open]')) return;
  const pair = e.timeStamp - since < 1200 ? before : '';
  before = '';
  const key = latin(e);
  const act = pair === 'g' ? goes[key] : acts[key];
  if (key === 'g' && pair === '') {
    before = 'g';
    since = e.timeStamp;
    return;
  }
  if (act && act(e) !== false) e.preventDefault();
});

// latin is the key by its letter, or by its place on a Cyrillic keyboard.
function latin(e) {
  if (/^[a-z]$/i.test(e.key)) return e.key.toLowerCase();
  if (/^Key[A-Z]$/.test(e.code)) return e.code.slice(3).toLowerCase();
  if (e.code === 'Slash' && /^[.,]$/.test(e.key)) return e.shiftKey ? '?' : '/';
  return e.key;
}

// follow opens a page that the menu offers; where it does not, nothing happens.
function follow(href) {
  const a = $(`.top a[href="${href}"]`);
  if (!a) return false;
  location.assign(a.href);
  return true;
}

const goes = {
  w: () => follow('/staff/work'),
  n: () => follow('/staff/intake'),
  r: () => follow('/staff/requests'),
  a: () => follow('/staff/alerts'),
};

const acts = {
  '/': () => {
    const field = $('main input[type=search]') || $('main #next input:not([type=hidden]), main #next textarea, main #next select');
    if (!field) return follow('/staff/work');
    field.focus();
    field.select?.();
  },
  n: () => follow('/staff/intake'),
  j: () => move(1),
  k: () => move(-1),
  '?': help,
};

// move goes up and down a list by its links, so that Enter opens one and a
// reader of the screen is told which.
function move(step) {
  const list = rows();
  if (list.length === 0) return false;
  const here = list.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(here + step, 0), list.length - 1);
  list[next].focus();
  list[next].scrollIntoView({ block: 'nearest' });
  return true;
}

function help() {
  const kept = $('#desk-help');
  if (!kept) return false;
  let dialog = $('dialog#keys');
  if (!dialog) {
    document.body.append(kept.content.cloneNode(true));
    dialog = $('dialog#keys');
  }
  dialog.showModal();
  return true;
}

// leave closes an open part of the menu, or leaves the field.
function leave(e) {
  const menu = $('details.menu[open]');
  if (menu) {
    menu.open = false;
    $('summary', menu).focus();
  } else if (typing(e.target)) e.target.blur();
}

document.addEventListener('click', (e) => {
  if (e.target.closest?.('[data-keys]')) help();
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(e.target)) menu.open = false;
});

// In a form with data-enter, Enter goes to the next field; Ctrl+Enter or the
// button sends it.
document.addEventListener('keydown', (e) => {
  const form = e.target.form;
  if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.shiftKey || e.isComposing || !form?.hasAttribute('data-enter')) return;
  if (!(typing(e.target) || /^(checkbox|radio)$/.test(e.target.type)) || e.target.tagName === 'TEXTAREA') return;
  const fields = [...form.elements].filter((f) => f.type !== 'hidden' && !f.disabled && f.tagName !== 'FIELDSET' && f.offsetParent && f.tabIndex >= 0);
  const next = fields[fields.indexOf(e.target) + 1];
  e.preventDefault();
  next?.focus();
});

// What was found as one typed: the arrows lead to it and through it.
document.addEventListener('keydown', (e) => {
  if (!/^Arrow(Down|Up)$/.test(e.key) || e.ctrlKey || e.metaKey || e.altKey || e.target.tagName === 'SELECT') return;
  const down = e.key === 'ArrowDown';
  const from = e.target.closest?.('[data-finds]');
  const item = e.target.closest?.('.people button');
  const list = [...(from ? document.getElementById(from.dataset.finds) : item?.closest('.people'))?.querySelectorAll('button') ?? []];
  const next = item ? list[list.indexOf(item) + (down ? 1 : -1)] : down && list[0];
  if (!next && !item) return;
  e.preventDefault();
  (next || $(`[data-finds="${item.closest('.people').parentElement.id}"] input`))?.focus();
});

// A part of a form that was put in anew says where to go on.
document.addEventListener('htmx:afterSettle', (e) => {
  const then = e.detail.elt?.dataset?.then;
  if (then) document.getElementById(then)?.focus();
});

// A list that is searched as one types: items of the element that data-narrow
// names are hidden where they do not hold the words.
document.addEventListener('input', (e) => {
  const target = e.target.dataset?.narrow && document.getElementById(e.target.dataset.narrow);
  if (!target) return;
  const words = e.target.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const group of target.querySelectorAll('[data-group]')) {
    let left = 0;
    for (const item of group.querySelectorAll('[data-item]')) {
      const text = item.textContent.toLocaleLowerCase();
      item.hidden = !item.querySelector(':checked') && !words.every((w) => text.includes(w));
      left += item.hidden ? 0 : 1;
    }
    group.hidden = left === 0;
    if (words.length && left && 'open' in group) group.open = true;
  }
});

// Chips add their words to the field they belong to; again takes them out.
document.addEventListener('click', (e) => {
  const chip = e.target.closest?.('button[data-adds]');
  if (!chip) return;
  const field = document.getElementById(chip.dataset.adds);
  const joint = field.tagName === 'TEXTAREA' ? '\n' : ', ';
  const parts = field.value.split(joint === '\n' ? /\n/ : /,\s*/).map((p) => p.trim()).filter(Boolean);
  const word = chip.textContent.trim();
  const at = parts.findIndex((p) => p.toLocaleLowerCase() === word.toLocaleLowerCase());
  if (at < 0) parts.push(word);
  else parts.splice(at, 1);
  field.value = parts.join(joint);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  pressed();
});

function pressed() {
  for (const chip of document.querySelectorAll('button[data-adds]')) {
    const field = document.getElementById(chip.dataset.adds);
    const parts = field ? field.value.toLocaleLowerCase().split(/,\s*|\n/).map((p) => p.trim()) : [];
    chip.setAttribute('aria-pressed', String(parts.includes(chip.textContent.trim().toLocaleLowerCase())));
  }
}
for (const box of document.querySelectorAll('[data-chips]')) box.hidden = false;
pressed();
document.addEventListener('input', (e) => { if (e.target.id && document.querySelector(`[data-adds="${CSS.escape(e.target.id)}"]`)) pressed(); });

// The timeline's filter: kinds of entries are shown and hidden where they are.
document.addEventListener('click', (e) => {
  const pick = e.target.closest?.('button[data-show]');
  if (!pick) return;
  for (const other of pick.parentElement.querySelectorAll('button[data-show]')) other.setAttribute('aria-pressed', String(other === pick));
  const list = document.getElementById(pick.dataset.of);
  for (const item of list.children) item.hidden = pick.dataset.show !== '' && item.dataset.kind !== pick.dataset.show;
});

// A finding that is not ticked says nothing of a part or a cause.
document.addEventListener('change', (e) => {
  if (e.target.type !== 'checkbox' || e.target.checked) return;
  for (const list of e.target.closest('.findings li')?.querySelectorAll('select') ?? []) list.value = '';
});

// What an address within the page points at is unfolded.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let box = target && target.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
  if (target) target.scrollIntoView();
}
addEventListener('hashchange', unfold);
if (location.hash) unfold();

// What is shown at once needs no button to show it.
if (window.htmx) for (const button of document.querySelectorAll('button[data-plain]')) button.hidden = true;
