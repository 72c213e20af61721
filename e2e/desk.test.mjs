// The desk with scripts: codes read from pictures, keys, and what is shown
// while a form is filled in. The pages' own policy holds here.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browser, demo, useDemo } from './demo.mjs';
import { desktop, phone, settled } from './pages.mjs';

const codes = path.join(path.dirname(fileURLToPath(import.meta.url)), 'codes');

useDemo();

async function at(role, retailer, viewport = desktop, by = browser) {
  const context = await by.newContext({ viewport, locale: 'en' });
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error') page.problems.push(m.text()); });
  await page.goto(`${demo.address}/staff/sign-in?lang=en`);
  await page.fill('[name=email]', `${role}@${retailer}.example`);
  await page.fill('[name=password]', demo.guide.Password);
  await page.click('main button');
  await page.waitForURL('**/staff/work*');
  return page;
}

// focused waits until a page has put the focus where one goes on.
const focused = (page, id) => page.waitForFunction((want) => document.activeElement.id === want, id);

// pair presses two keys as quickly as a hand does, however slow the machine is.
const pair = (page, first, second) => Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);

// read opens the reader beside a field and gives it a picture.
async function read(page, field, picture) {
  await page.locator('.scan-line').filter({ has: page.locator(field) }).locator('.scan-button').click();
  await page.locator('#scan [role=status]', { hasText: /photo or a file/ }).waitFor();
  await page.setInputFiles('#scan input[type=file]', path.join(codes, picture));
}

test('codes are read from pictures into the right fields', async () => {
  const page = await at('clerk', 'ru-omsk');
  await page.goto(`${demo.address}/staff/intake?new=1`);
  await read(page, '#imei', 'label.png');
  await page.locator('#scan').waitFor({ state: 'hidden' });
  assert.equal(await page.inputValue('#imei'), '490154203237518', 'the IMEI among the codes of a label');
  await read(page, '#serial', 'serial.png');
  await page.locator('#scan').waitFor({ state: 'hidden' });
  assert.equal(await page.inputValue('#serial'), 'LNV-77X01', 'the serial number without what stands before it');
  await read(page, '#receipt', 'receipt.png');
  await page.locator('#scan').waitFor({ state: 'hidden' });
  assert.equal(await page.inputValue('#receipt'), '9288000100192401-439');
  assert.equal(await page.inputValue('#date'), '2026-03-01');
  assert.equal(await page.inputValue('#price'), '1999.00');
  await read(page, '#serial', 'blank.png');
  await page.locator('#scan [role=status]', { hasText: /No code was found/ }).waitFor();
  await page.keyboard.press('Escape');
  await read(page, '#q', 'label.png');
  await page.waitForURL(/q=490154203237518/);
  assert.deepEqual(page.problems, []);
});

// film makes of a picture what a camera would see of it: a label held into
// the middle of the view, as raw video.
async function film(picture) {
  const page = await browser.newPage();
  const png = (await readFile(path.join(codes, picture))).toString('base64');
  const size = { wide: 1280, high: 720 };
  const grey = await page.evaluate(async ({ png, wide, high }) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(wide, high);
    const on = canvas.getContext('2d');
    on.fillStyle = '#ccc';
    on.fillRect(0, 0, wide, high);
    const scale = Math.min((wide * 0.7) / image.width, (high * 0.7) / image.height);
    on.drawImage(image, (wide - image.width * scale) / 2, (high - image.height * scale) / 2, image.width * scale, image.height * scale);
    const { data } = on.getImageData(0, 0, wide, high);
    let text = '';
    for (let i = 0; i < data.length; i += 4) text += String.fromCharCode(Math.round(16 + (0.257 * data[i] + 0.504 * data[i + 1] + 0.098 * data[i + 2])));
    return btoa(text);
  }, { png, ...size });
  await page.close();
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(grey, 'base64'), Buffer.alloc((size.wide * size.high) / 2, 128)]);
  const dir = await mkdtemp(path.join(tmpdir(), 'talon-film-'));
  const file = path.join(dir, 'camera.y4m');
  await writeFile(file, Buffer.concat([Buffer.from(`YUV4MPEG2 W${size.wide} H${size.high} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]));
  return { file, remove: () => rm(dir, { recursive: true, force: true }) };
}

// filmed runs a test in a browser whose camera sees a picture.
async function filmed(picture, run) {
  const seen = await film(picture);
  const camera = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${seen.file}`],
  });
  try {
    await run(camera);
  } finally {
    await camera.close();
    await seen.remove();
  }
}

async function aim(page, field) {
  await page.locator('.scan-line').filter({ has: page.locator(field) }).locator('.scan-button').click();
}

test('the camera reads codes into the fields', async () => {
  await filmed('label.png', async (camera) => {
    const page = await at('clerk', 'ru-omsk', phone, camera);
    await page.goto(`${demo.address}/staff/intake?new=1`);
    assert.ok(await page.evaluate(() => !('BarcodeDetector' in window)), 'this browser has no reader of its own: ours is tried');
    await aim(page, '#imei');
    await page.waitForFunction(() => document.querySelector('#imei').value !== '');
    assert.equal(await page.inputValue('#imei'), '490154203237518');
    assert.ok(!(await page.locator('#scan').isVisible()), 'the reader has closed');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'imei');
    assert.equal(await page.evaluate(() => document.querySelector('#scan video').srcObject), null, 'the camera is off');
    await page.goto(`${demo.address}/staff/work`);
    await aim(page, '#q');
    await page.waitForURL(/q=490154203237518/);
    assert.deepEqual(page.problems, []);
  });
  await filmed('receipt.png', async (camera) => {
    const page = await at('clerk', 'ru-omsk', phone, camera);
    await page.goto(`${demo.address}/staff/intake?new=1`);
    await aim(page, '#receipt');
    await page.waitForFunction(() => document.querySelector('#receipt').value !== '');
    assert.deepEqual([await page.inputValue('#receipt'), await page.inputValue('#date'), await page.inputValue('#price')], ['9288000100192401-439', '2026-03-01', '1999.00']);
    assert.deepEqual(page.problems, []);
  });
});

test("the browser's own reader of codes is used where there is one", async () => {
  await filmed('blank.png', async (camera) => {
    const page = await at('clerk', 'ru-omsk', desktop, camera);
    await page.addInitScript(() => {
      window.looks = 0;
      window.BarcodeDetector = class {
        static getSupportedFormats() { return Promise.resolve(['qr_code', 'data_matrix', 'code_128', 'ean_13']); }
        constructor({ formats }) { window.asked = formats; }
        async detect(picture) {
          window.looks += 1;
          if (!(picture instanceof HTMLVideoElement) || window.looks < 3) return [];
          return [{ rawValue: '4006381333931', format: 'ean_13' }, { rawValue: 'IMEI 490154203237518', format: 'code_128' }];
        }
      };
    });
    await page.goto(`${demo.address}/staff/intake?new=1`);
    await aim(page, '#imei');
    await page.waitForFunction(() => document.querySelector('#imei').value !== '');
    assert.equal(await page.inputValue('#imei'), '490154203237518');
    assert.deepEqual(await page.evaluate(() => window.asked), ['qr_code', 'data_matrix', 'code_128', 'ean_13'], 'only codes that it knows are asked for');
    assert.equal(await page.locator('script[src*=zxing]').count(), 0, 'ours is not loaded');
    assert.deepEqual(page.problems, []);
  });
});

test('numbers are told from codes by their bytes', async () => {
  const page = await at('clerk', 'bg-omni');
  const got = await page.evaluate(async () => {
    const m = await import(document.querySelector('script[src*="scan.js"]').src);
    const bytes = (s) => [...new TextEncoder().encode(s)];
    return {
      imei: [m.imei('IMEI1: 490154203237518 / 01'), m.imei('490154203237517'), m.imei('1234567890123456')],
      serial: [m.serial(bytes('\x1d01095011015300032100AB-9\x1d10LOT')), m.serial(bytes('010950110153000321SER777')), m.serial(bytes('SN: C02XL\x1d')), m.serial(bytes('SNX99'))],
      order: m.found([{ text: '4006381333931', format: 'ean_13', bytes: [] }, { text: '490154203237518', format: 'code_128', bytes: [] }, { text: 'X1', format: 'code_128', bytes: bytes('X1') }], 'serial').map((f) => f.kind),
      receipt: m.receipt('https://example.org/?t=20260301T1432&s=5.00&fn=9288000100192401&i=7&fp=1&n=1')?.number ?? null,
      bulgarian: [m.receipt('02517985*0000085*2025-12-31*13:55:18*30.00'), m.receipt(' 02517985*0000085*2026-01-01*13:55:18*30,5')].map((r) => [r.number, r.date, r.sum, r.currency].join(' ')),
      other: [m.receipt('https://example.org/?t=1'), m.receipt('02517985*0000085*2026-01-01')],
    };
  });
  assert.deepEqual(got, {
    imei: ['490154203237518', '', ''], serial: ['00AB-9', 'SER777', 'C02XL', 'SNX99'], order: ['serial', 'imei', 'product'],
    receipt: '9288000100192401-7', bulgarian: ['02517985-0000085 2025-12-31 30.00 BGN', '02517985-0000085 2026-01-01 30.5 EUR'], other: [null, null],
  });
});

test('keys move about the desk, and are only letters in a field', async () => {
  const page = await at('clerk', 'bg-omni');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  const first = page.locator('main td.head a').first();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), await first.innerText());
  await page.keyboard.press('Enter');
  await page.waitForURL('**/staff/claims/**');
  await pair(page, 'g', 'w');
  await page.waitForURL('**/staff/work');
  await page.keyboard.press('/');
  await page.keyboard.type('gn?');
  assert.equal(await page.inputValue('#q'), 'gn?');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+Slash');
  assert.ok(await page.locator('dialog#keys').isVisible(), 'the help');
  await page.keyboard.press('n');
  assert.ok(await page.locator('dialog#keys').isVisible(), 'no key works under a dialog but its own');
  await page.keyboard.press('Escape');
  assert.ok(!(await page.locator('dialog#keys').isVisible()));
  await page.keyboard.press('n');
  await page.waitForURL('**/staff/intake');
  assert.deepEqual(page.problems, []);
});

test('the counter shows the decision as the form is filled in, and takes the device in', async () => {
  const page = await at('clerk', 'bg-omni', phone);
  await page.goto(`${demo.address}/staff/intake?q=RZ-DEMO-0011`);
  await focused(page, 'text'); // the first thing to type
  const before = await page.locator('#stand').innerText();
  await page.fill('#text', 'Does not charge');
  await page.locator('.chips button', { hasText: 'scratches' }).click();
  assert.equal(await page.inputValue('#condition'), 'scratches');
  for (const paper of ['receipt', 'invoice', 'warranty_card']) await page.check(`[name=documents][value=${paper}]`);
  await page.waitForFunction((was) => document.querySelector('#stand').innerText !== was, before);
  for (const box of await page.locator('[name=ids]').all()) await box.check();
  await page.locator('#intake-form .button.primary').click();
  await page.waitForURL('**/staff/claims/RMA-*');
  assert.match(await page.locator('main').innerText(), /device is taken in/);
  assert.deepEqual(page.problems, []);
});

test('a clerk takes a known device in by keys alone, in a few', async () => {
  const page = await at('clerk', 'bg-omni');
  await page.evaluate(() => fetch('/staff/units', { method: 'POST', body: new URLSearchParams({ category: 'phone', brand: 'Samsung', model: 'Galaxy A55', serial: 'KEYS-0001',
    date: '2026-06-01', receipt: '77', warranty_months: '24', warranty_issuer: 'manufacturer' }) }));
  let keys = 0;
  const press = async (...list) => { for (const key of list) { await page.keyboard.press(key); keys += 1; } };
  const type = async (text) => { await page.keyboard.type(text); keys += text.length; };
  await press('n');
  await page.waitForURL('**/staff/intake');
  await focused(page, 'q');
  await type('KEYS-0001');
  await press('Enter');
  await page.waitForURL(/q=KEYS-0001/);
  await focused(page, 'text');
  await type('no sound');
  await press('Tab', 'Tab', 'Space');
  assert.notEqual(await page.inputValue('#condition'), '', 'a word for the condition');
  await page.focus('#phone'); // past what is not asked today
  const found = page.waitForResponse((r) => r.url().endsWith('/staff/intake/customers') && r.request().postData().includes('000016'));
  await type('000016'); // the end of a number is enough
  await found;
  await settled(page);
  await press('ArrowDown', 'Enter');
  await page.locator('#who [name=customer]').waitFor({ state: 'attached' });
  await focused(page, 'return');
  await press('Control+Enter');
  await page.waitForURL('**/staff/claims/RMA-*');
  assert.match(await page.locator('main').innerText(), /device is taken in/);
  assert.ok(keys < 40, `${keys} keys`);
  assert.deepEqual(page.problems, []);
});

test('a known customer is found as one types, by keys', async () => {
  const page = await at('clerk', 'bg-omni', phone);
  const asked = [];
  page.on('request', (r) => { if (r.url().endsWith('/staff/intake/customers')) asked.push(r.method()); });
  await page.goto(`${demo.address}/staff/intake?new=1&q=NEW-1`);
  await focused(page, 'category');
  await page.fill('#brand', 'Asus');
  const name = await page.evaluate(async () => {
    const shown = await (await fetch('/staff/work')).text();
    return new DOMParser().parseFromString(shown, 'text/html').querySelector('td[data-label=Customer]').textContent;
  });
  await page.focus('#name');
  await page.evaluate((letters) => { // without a pause between them
    for (const letter of letters) {
      document.activeElement.value += letter;
      document.activeElement.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }, name.slice(0, name.indexOf(' ') + 3));
  await page.locator('.person').first().waitFor();
  assert.equal(asked.length, 1, 'asked while one still typed');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'person');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement.closest('[data-finds]') !== null), true, 'back in the fields');
  await page.locator('.person', { hasText: name }).first().focus();
  await page.keyboard.press('Enter');
  await page.locator('#who [name=customer]').waitFor({ state: 'attached' });
  await focused(page, 'return');
  assert.match(await page.locator('#who').innerText(), new RegExp(name));
  assert.equal(await page.inputValue('#brand'), 'Asus', 'what was typed stays');
  await page.locator('#who button[name=pick]').click();
  await focused(page, 'phone');
  assert.equal(await page.inputValue('#name'), '');
  await page.selectOption('#return', 'deliver');
  assert.ok(await page.locator('#address').isVisible(), 'an address is asked where it is needed');
  await page.selectOption('#return', 'collect');
  assert.ok(!(await page.locator('#address').isVisible()));
  assert.deepEqual(page.problems, []);
});

test('menus open by keys and close with Escape', async () => {
  const page = await at('manager', 'bg-omni');
  const menus = page.locator('details.menu > summary');
  assert.ok(await menus.count() >= 2);
  await menus.first().focus();
  await page.keyboard.press('Enter');
  assert.ok(await page.locator('details.menu[open] a').first().isVisible());
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.closest('details.menu[open]') !== null), 'its places come next');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('details.menu[open]').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY', 'where one was');
  await page.keyboard.press('Shift+Slash');
  const told = await page.locator('dialog#keys kbd').allInnerTexts();
  assert.deepEqual(told, ['/', 'g', 'w', 'n', 'g', 'r', 'g', 'a', 'j', 'k', 'Enter', '↓', '↑', 'Ctrl', 'Enter', 'Esc', '?']);
  await page.keyboard.press('Escape');
  for (const [key, to] of [['r', '/staff/requests'], ['a', '/staff/alerts'], ['w', '/staff/work']]) {
    await pair(page, 'g', key);
    await page.waitForURL(`**${to}`);
  }
  assert.deepEqual(page.problems, []);
});

test('no page of the desk is wider than a small phone', async () => {
  const page = await at('manager', 'bg-omni', { width: 320, height: 720 });
  const queue = ['/staff/work'];
  const kinds = new Set();
  while (queue.length) {
    const where = queue.shift();
    const kind = where.split('?')[0].split('/').map((part, i) => (i === 3 && part !== 'new' ? '*' : part)).join('/');
    if (kinds.has(kind) || /\.(csv|ics)|\/(files|papers|documents|label)\b/.test(where)) continue;
    kinds.add(kind);
    const res = await page.goto(`${demo.address}${where}${where.includes('?') ? '&' : '?'}lang=bg`);
    if (!(res.headers()['content-type'] ?? '').includes('html')) continue;
    assert.equal(res.status(), 200, where);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]).then(([is, may]) => is <= may), true, `${where} scrolls sideways`);
    for (const href of await page.$$eval('a[href^="/staff"]', (list) => list.map((a) => a.getAttribute('href').split('#')[0]))) if (!href.includes('lang=')) queue.push(href);
  }
  assert.ok(kinds.size > 20, `only ${kinds.size} kinds of pages`);
  assert.deepEqual(page.problems, []);
});
