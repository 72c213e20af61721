// The customer's pages on small and unusual screens: a phone that shows
// everything at twice the size, paper, a link into a folded part; what was
// chosen stays, and the question just answered stays where it is.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { browser, demo, useDemo } from './demo.mjs';
import { phone, replaced } from './pages.mjs';

useDemo();

const pages = (retailer) => ['', '/terms', '/check', '/products', '/request', '/request?kind=warranty_service', '/request?kind=consultation',
  '/request?kind=video_consultation'].map((where) => `/r/${retailer}${where}`);

async function visit(options) {
  const context = await browser.newContext({ viewport: phone, locale: 'ru', ...options });
  return context.newPage();
}

test('nothing runs off the side of a screen, however narrow', async () => {
  const shops = { 'bg-omni': ['bg', 'fourth-failure'], 'ru-omsk': ['ru', 'certificate-year'], 'ru-xiaomi': ['en', 'law-instead'] };
  for (const width of [195, 320, 768]) {
    const page = await visit({ viewport: { width, height: 800 } });
    for (const [retailer, [lang, showcase]] of Object.entries(shops)) {
      for (const where of ['/', ...pages(retailer), `/track/${demo.showcase(showcase).Token}`]) {
        await page.goto(`${demo.address}${where}${where.includes('?') ? '&' : '?'}lang=${lang}`);
        const wide = await page.evaluate(() => {
          for (const fold of document.querySelectorAll('details')) fold.open = true;
          return document.documentElement.scrollWidth - document.documentElement.clientWidth;
        });
        assert.ok(wide <= 0, `${where} in ${lang} is ${wide} px wider than ${width}`);
      }
    }
    await page.context().close();
  }
});

test('a clause is found by its link, on paper and on a wide screen, though its part is folded on a phone', async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await visit({ javaScriptEnabled });
    await page.goto(`${demo.address}/r/ru-omsk/terms?lang=ru`);
    const clauses = page.locator('.clauses > li');
    const last = clauses.nth(20);
    assert.equal(await last.isVisible(), false, 'the parts are folded on a phone');
    const id = await last.getAttribute('id');
    await page.goto(`${demo.address}/r/ru-omsk/terms?lang=ru#${id}`);
    await page.locator(`[id="${id}"]`).waitFor({ state: 'visible' });
    await page.emulateMedia({ media: 'print' });
    assert.equal(await clauses.nth(2).isVisible(), true, 'paper shows every clause');
    assert.equal(await page.locator('.toc').isVisible(), false);
    assert.equal(await page.locator('.anchor').first().isVisible(), true, 'a clause has its number on paper');
    await page.emulateMedia({ media: 'screen' });
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.equal(await clauses.nth(2).isVisible(), true, 'a wide screen shows every clause');
    await page.context().close();
  }
});

test('the tracking page on paper has no buttons and no menu', async () => {
  const page = await visit({});
  await page.goto(`${demo.address}/track/${demo.showcase('law-instead').Token}?lang=ru`);
  assert.ok(await page.locator('form:visible').count() > 0);
  await page.emulateMedia({ media: 'print' });
  for (const what of ['form', 'button', '.button', '.nav', '.langs']) assert.equal(await page.locator(`${what}:visible`).count(), 0, what);
  assert.ok(await page.locator('#status h1').isVisible());
  await page.context().close();
});

// Walks: D1.
test('photos and what was typed outlast a wrong phone and another language, without scripts', async () => {
  const page = await visit({ javaScriptEnabled: false, locale: 'bg' });
  await page.goto(`${demo.address}/r/bg-omni/request?kind=consultation&lang=bg`);
  await page.fill('[name=text]', 'Кой кабел?');
  await page.fill('[name=name]', 'Елена Примерова');
  await page.fill('[name=phone]', '12');
  await page.setInputFiles('[name=photo]', path.join(import.meta.dirname, 'codes', 'label.png'));
  await page.locator('[name=phone]').press('Enter'); // sends, and does not change the language
  assert.equal(await page.locator('html').getAttribute('lang'), 'bg');
  assert.match(await page.locator('.kept-files').innerText(), /label\.png/);
  assert.ok(await page.locator('.kept-files img').evaluate((img) => img.naturalWidth > 0), 'the preview is shown');
  await page.click('.langs button[lang=en]');
  assert.equal(await page.inputValue('[name=text]'), 'Кой кабел?');
  assert.match(await page.locator('.kept-files').innerText(), /Do not send/);
  await page.fill('[name=phone]', '+359 88 000 0000');
  await page.click('main button[value=send]');
  await page.goto(new URL(await page.locator('.secret a').getAttribute('href'), demo.address).href);
  assert.match(await page.locator('#files').innerText(), /label\.png/);
  await page.context().close();
});

// Walks: D1.
test('a file that is too large, or too many together, is told of before it is sent', async () => {
  const page = await visit({});
  await page.goto(`${demo.address}/r/bg-omni/request?kind=consultation&lang=ru`);
  const folder = mkdtempSync(path.join(tmpdir(), 'talon-files-'));
  const file = (name, megabytes) => {
    writeFileSync(path.join(folder, name), '');
    truncateSync(path.join(folder, name), megabytes << 20);
    return path.join(folder, name);
  };
  const told = page.locator('#photo-size');
  const wrong = () => page.$eval('[name=photo]', (input) => input.validationMessage);
  await page.setInputFiles('[name=photo]', [file('кино.mov', 11)]);
  assert.equal(await told.innerText(), 'Файл «кино.mov» больше 10 МБ.');
  assert.equal(await wrong(), await told.innerText());
  await page.setInputFiles('[name=photo]', Array.from({ length: 7 }, (_, i) => file(`${i}.png`, 9)));
  assert.match(await told.innerText(), /занимают 63 МБ, а за один раз можно отправить не больше 60 МБ/);
  await page.setInputFiles('[name=photo]', [file('1.png', 9)]);
  assert.equal(await wrong(), '');
  assert.equal(await told.innerText(), '');
  rmSync(folder, { recursive: true });
  await page.context().close();
});

// Walks: D2.
test('the question just answered stays where it is, with the focus, and nothing jumps', async () => {
  const page = await visit({});
  await page.addInitScript(() => {
    globalThis.jumps = [];
    new PerformanceObserver((list) => {
      for (const jump of list.getEntries()) if (!jump.hadRecentInput && jump.value > 0.01) globalThis.jumps.push(jump.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(`${demo.address}/r/bg-omni/request?kind=warranty_service&lang=bg`);
  await page.fill('[name=serial]', demo.device('fourth-failure').Identity);
  await page.fill('[name=text]', 'Не се включва.');
  await page.click('main button[value=check]');
  for (const id of ['doc-receipt', 'basis-warranty', 'basis-statute']) {
    const box = page.locator(`[id="${id}"]`);
    await box.focus();
    const before = (await box.boundingBox()).y;
    const stand = await page.locator('#stand').elementHandle();
    await page.keyboard.press('Space');
    await replaced(page, stand);
    const after = (await box.boundingBox()).y;
    assert.ok(Math.abs(after - before) < 2, `${id} moved by ${after - before} px`);
    assert.equal(await page.evaluate(() => document.activeElement.id), id);
  }
  assert.deepEqual(await page.evaluate(() => globalThis.jumps), []);
  await page.context().close();
});

// Walks: D2.
test('what is fetched while one presses does not move the thing pressed', async () => {
  const page = await visit({});
  await page.addInitScript(() => { // on a slow machine the wait for the end of a press would end by itself
    const later = setTimeout;
    globalThis.setTimeout = (what, after, ...rest) => (after === 1500 ? later(() => {}) : later(what, after, ...rest));
  });
  await page.goto(`${demo.address}/r/ru-omsk/request?kind=warranty_service&lang=ru`);
  await page.fill('[name=serial]', 'E2E-PRESS-77');
  const fold = page.locator('details:has([name=category]) > summary');
  const asked = page.waitForResponse((r) => r.url().includes('/check?'));
  await fold.hover();
  await page.mouse.down(); // ends the field of the number: its device is looked for
  assert.ok(!await Promise.race([asked, page.waitForTimeout(700)]), 'the page waits for the end of the press');
  await page.mouse.up();
  await asked;
  await page.locator('#known :visible').first().waitFor();
  assert.ok(await page.locator('[name=category]').isVisible(), 'the fold was pressed and is open');
  await page.context().close();
});
