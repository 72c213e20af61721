// Reads the numbers of devices and the codes of receipts with the camera, or
// from a picture. A field says what it takes with data-scan: "unit" (any
// number that finds a device), "imei", "serial" or "receipt". The browser's
// own reader is used where it knows the codes; else zxing is loaded, and only
// once the reader is opened.

const kept = document.getElementById('scan-parts');
const formats = ['qr_code', 'data_matrix', 'code_128', 'code_39', 'ean_13'];

// imei is the IMEI that a text holds: fifteen digits whose last one checks
// the others (Luhn); "" where there is none.
export function imei(text) {
  for (const m of text.replace(/(\d)[ -](?=\d)/g, '$1').matchAll(/\d+/g)) {
    if (m[0].length === 15 && luhn(m[0])) return m[0];
  }
  return '';
}

function luhn(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let d = Number(digits[digits.length - 1 - i]);
    if (i % 2) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
    sum += d;
  }
  return sum % 10 === 0;
}

// receipt reads the code of a fiscal receipt; null where it is none.
export function receipt(text) {
  return russian(text) ?? bulgarian(text);
}

function russian(text) {
  const q = new URLSearchParams(text.includes('?') ? text.slice(text.indexOf('?') + 1) : text);
  const all = ['t', 's', 'fn', 'i', 'fp', 'n'].map((k) => q.get(k));
  if (all.some((v) => !v) || !/^\d{8}T\d{4,6}$/.test(all[0]) || !/^\d{16}$/.test(all[2])) return null;
  const [t, s, fn, i] = all;
  return { number: `${fn}-${i}`, date: `${t.slice(0, 4)}-${t.slice(4, 6)}-${t.slice(6, 8)}`, sum: s, currency: 'RUB', text };
}

function bulgarian(text) {
  const m = /^(\d{8})\*(\d{1,20})\*(\d{4}-\d\d-\d\d)\*\d\d:\d\d:\d\d\*(\d+(?:[.,]\d\d?)?)$/.exec(text.trim());
  if (!m) return null;
  const [, memory, number, date, sum] = m;
  return { number: `${memory}-${number}`, date, sum: sum.replace(',', '.'), currency: date < '2026-01-01' ? 'BGN' : 'EUR', text };
}

// serial is a device's serial number out of a code's bytes: GS1 separators
// and other control bytes go, a GS1 code gives its part 21, and what labels
// put before the number is left out.
export function serial(bytes) {
  const gs = 29;
  const text = (part) => new TextDecoder().decode(Uint8Array.from(part).filter((b) => b > 31 && b !== 127)).trim();
  const parts = [[]];
  for (const b of bytes) {
    if (b === gs) parts.push([]);
    else parts.at(-1).push(b);
  }
  for (const part of parts) {
    const m = /^(?:01\d{14})?21(.+)$/.exec(text(part));
    if (m && (parts.length > 1 || /^01\d{14}21/.test(text(part)))) return m[1];
  }
  return text(bytes.filter((b) => b !== gs)).replace(/^(s\/?n|serial(?: ?(?:no\.?|number))?)\s*[:.]?\s+|^s\/?n:/i, '');
}

// found sorts what was read by how well it fits the field, best first.
export function found(codes, wants) {
  const list = [];
  for (const code of codes) {
    const text = code.text.trim();
    const r = receipt(text);
    const n = imei(text);
    if (r) list.push({ kind: 'receipt', value: r.number, receipt: r, rank: wants === 'receipt' ? 0 : 3 });
    else if (n) list.push({ kind: 'imei', value: n, rank: wants === 'serial' ? 4 : 0 });
    else if (code.format === 'ean_13') list.push({ kind: 'product', value: text, rank: 5 });
    else {
      const value = serial(code.bytes);
      if (value) list.push({ kind: 'serial', value, rank: wants === 'serial' ? 0 : wants === 'imei' ? 6 : 2 });
    }
  }
  const seen = new Set();
  return list.filter((f) => !seen.has(f.value) && seen.add(f.value)).sort((a, b) => a.rank - b.rank);
}

let reader; // of pictures; made once

async function makeReader() {
  if ('BarcodeDetector' in window) {
    const known = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (['qr_code', 'data_matrix', 'code_128'].every((f) => known.includes(f))) {
      const detector = new BarcodeDetector({ formats: formats.filter((f) => known.includes(f)) });
      return async (picture) => (await detector.detect(picture)).map((c) => ({ text: c.rawValue, format: c.format, bytes: [...new TextEncoder().encode(c.rawValue)] }));
    }
  }
  await new Promise((done, fail) => {
    const script = document.createElement('script');
    script.src = kept.dataset.reader;
    script.onload = done;
    script.onerror = () => fail(new Error('reader'));
    document.head.append(script);
  });
  await ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => kept.dataset.wasm }, fireImmediately: true });
  const names = { QRCode: 'qr_code', DataMatrix: 'data_matrix', Code128: 'code_128', Code39: 'code_39', EAN13: 'ean_13' };
  return async (picture) => {
    const results = await ZXingWASM.readBarcodes(pixels(picture), { formats: Object.keys(names), tryHarder: true, maxNumberOfSymbols: 8 });
    return results.filter((c) => c.isValid).map((c) => ({ text: c.text, format: names[c.format] ?? '', bytes: [...c.bytes] }));
  };
}

function pixels(picture) {
  const wide = picture.videoWidth || picture.width;
  const high = picture.videoHeight || picture.height;
  const scale = Math.min(1, 2000 / Math.max(wide, high));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale)));
  const on = canvas.getContext('2d', { willReadFrequently: true });
  on.fillStyle = '#fff';
  on.fillRect(0, 0, canvas.width, canvas.height);
  on.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return on.getImageData(0, 0, canvas.width, canvas.height);
}

// open shows the reader for a field, and closes it when something was taken.
async function open(field) {
  let dialog = document.getElementById('scan');
  if (!dialog) {
    document.body.append(kept.content.querySelector('dialog').cloneNode(true));
    dialog = document.getElementById('scan');
  }
  const video = dialog.querySelector('video');
  const says = dialog.querySelector('[role=status]');
  const picks = dialog.querySelector('.scan-found');
  const file = dialog.querySelector('input[type=file]');
  const say = (what) => { says.textContent = says.dataset[what] ?? ''; };
  let stream = null;
  let closed = false;
  picks.replaceChildren();
  file.value = '';
  video.hidden = true;
  say('starting');
  dialog.showModal();

  const close = () => {
    closed = true;
    stream?.getTracks().forEach((t) => t.stop());
    video.srcObject = null;
    file.onchange = null;
  };
  dialog.addEventListener('close', close, { once: true });

  const take = (one) => {
    dialog.close();
    fill(field, one);
  };
  // offer takes the one number that fits; where several do, they are shown.
  const offer = (codes) => {
    const list = found(codes, field.dataset.scan);
    if (list.length === 0) return false;
    if (list.length === 1 || list[0].rank === 0 && list[1].rank > 0) {
      take(list[0]);
      return true;
    }
    picks.replaceChildren(...list.map((one) => {
      const b = document.createElement('button');
      b.type = 'button';
      b.className = 'button mono';
      b.textContent = one.value;
      b.onclick = () => take(one);
      return b;
    }));
    say('several');
    picks.firstElementChild.focus();
    return true;
  };

  try {
    reader ??= await makeReader();
  } catch {
    say('failed');
    return;
  }
  if (closed) return;
  file.onchange = async () => {
    if (!file.files[0]) return;
    say('reading');
    try {
      const picture = await createImageBitmap(file.files[0]);
      if (!offer(await reader(picture))) say('nothing');
    } catch {
      say('nothing');
    }
    file.value = '';
  };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } } });
  } catch {
    say('nocamera');
    return;
  }
  if (closed) {
    stream.getTracks().forEach((t) => t.stop());
    return;
  }
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  say('aim');
  while (!closed) {
    const codes = video.readyState >= 2 ? await reader(video).catch(() => []) : [];
    if (!closed && codes.length && offer(codes)) return;
    await new Promise((next) => setTimeout(next, 150));
  }
}

// fill puts what was read into its field, and the rest of a receipt beside.
function fill(field, one) {
  const form = field.form;
  let target = field;
  if (form && one.kind === 'imei' && field.dataset.scan === 'serial') target = form.querySelector('[data-scan=imei]') ?? field;
  if (form && one.kind === 'serial' && field.dataset.scan === 'imei') target = form.querySelector('[data-scan=serial]') ?? field;
  set(target, one.receipt && field.dataset.scan === 'unit' ? one.receipt.text : one.value);
  if (one.receipt && form && field.dataset.scan === 'receipt') {
    set(form.elements.date, one.receipt.date);
    set(form.elements.price, one.receipt.sum);
    set(form.elements.currency, one.receipt.currency);
  }
  target.focus();
  if (form?.getAttribute('role') === 'search') form.requestSubmit();
}

function set(field, value) {
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

// A gun for codes types what it reads: the separators of GS1 are no text.
document.addEventListener('input', (e) => {
  if (e.target.dataset?.scan && /[\x00-\x1f]/.test(e.target.value)) e.target.value = e.target.value.replace(/[\x00-\x1f]/g, '');
});

if (kept) {
  for (const line of document.querySelectorAll('.scan-line')) {
    const button = kept.content.querySelector('.scan-button').cloneNode(true);
    button.addEventListener('click', () => open(line.querySelector('[data-scan]')));
    line.append(button);
  }
}
