// The customer's way with scripts, under the pages' own policy: every answer
// shows at once where one stands, in every language of a retailer, on a phone
// and at a desk; and every other page of the desk, by day and by night.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, demo, useDemo } from './demo.mjs';
import { Staff, desktop, look, phone, replaced } from './pages.mjs';

useDemo();

async function visitor(viewport, lang, colorScheme = 'light') {
  const context = await browser.newContext({ viewport, locale: lang, colorScheme });
  const page = await context.newPage();
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(String(e)));
  // A second answer takes the place of the first one's question to the server: htmx tells of it as of an error.
  const meant = /status of 4|^htmx:(sendAbort|afterRequest)\b/;
  page.on('console', (m) => { if (m.type() === 'error' && !meant.test(m.text())) page.problems.push(m.text()); });
  return page;
}

// seen looks at a page, after the browser had nothing to complain of: axe and
// the camera bring styles of their own, which the pages' policy refuses.
async function seen(page, name, lang) {
  assert.deepEqual(page.problems, [], `${name}: the browser complained`);
  await look(page, name, lang);
  page.problems.length = 0;
}

const devices = { 'bg-omni': 'fourth-failure', 'ru-omsk': 'certificate-year', 'ru-xiaomi': 'law-instead' };
const texts = { bg: 'Не се включва.', ru: 'Не включается.', en: 'It does not start.' };

// describe tells of a device that the shop does not know.
async function describe(page, retailer, lang) {
  await page.fill('[name=serial]', `E2E${retailer.length}${lang}77`.toUpperCase());
  const fold = page.locator('details:has([name=category]):not([open]) > summary');
  if (await fold.count()) await fold.click();
  await page.selectOption('[name=category]', retailer === 'bg-omni' ? 'laptop' : 'phone');
  await page.fill('[name=brand]', { 'bg-omni': 'Lenovo', 'ru-omsk': 'Honor', 'ru-xiaomi': 'Xiaomi' }[retailer]);
  await page.fill('[name=model]', 'Proba 5');
  await page.fill('[name=sale_date]', new Date(Date.now() - 100 * 86400e3).toISOString().slice(0, 10));
  await page.fill('[name=warranty_months]', '24');
}

// Walks: D1, D2, D3.
for (const [retailer, languages] of [['bg-omni', ['bg', 'en', 'ru']], ['ru-omsk', ['ru', 'en', 'bg']], ['ru-xiaomi', ['ru', 'bg', 'en']]]) {
  test(`a customer of ${retailer} sees where they stand after each answer, in every language`, async () => {
    for (const [nth, lang] of languages.entries()) {
      const size = nth === 1 ? 'desktop' : 'phone';
      const page = await visitor(nth === 1 ? desktop : phone, lang, nth === 2 ? 'dark' : 'light');
      const name = `with-scripts-${retailer}-${lang}-${size}`;
      await page.goto(`${demo.address}/r/${retailer}/request?kind=warranty_service&lang=${lang}`);
      if (nth === 0) {
        await page.fill('[name=serial]', demo.device(devices[retailer]).Identity);
        await page.locator('[name=text]').focus();
        await page.locator('#known :visible').first().waitFor(); // the device is found while one goes on writing
      } else {
        await describe(page, retailer, lang);
      }
      await page.fill('[name=text]', texts[lang]);
      await page.click('button[value=check]');

      const address = page.url();
      const before = await page.locator('#stand .stand-now').innerText();
      let stand = await page.locator('#stand').elementHandle();
      const answer = page.waitForResponse((r) => r.request().method() === 'POST' && r.request().headers()['hx-request'] === 'true');
      await page.locator('#stand .stand-ask input:not(:checked):not([value=""])').first().check();
      const fragment = await (await answer).text();
      assert.doesNotMatch(fragment, /<html/, `${name}: a part of the page is fetched, not the page`);
      assert.match(fragment, /id="stand"/);
      await replaced(page, stand);
      if (retailer === 'bg-omni' && nth === 0) assert.notEqual(await page.locator('#stand .stand-now').innerText(), before);
      assert.equal(page.url(), address);
      assert.ok((await page.locator('#stand-said').innerText()).length > 10, `${name}: what changed is said aloud`);
      for (const box of await page.locator('[name=accept]').all()) {
        stand = await page.locator('#stand').elementHandle();
        await box.check();
        await replaced(page, stand);
      }
      await seen(page, `${name}-stand`, lang);
      await page.click('button[value=contact]');
      await seen(page, `${name}-contact`, lang);
      await page.fill('[name=name]', '<b>Примерова</b> & Co');
      await page.fill('[name=phone]', retailer === 'bg-omni' ? '+359 88 000 0000' : '+7 999 000-00-00');
      await page.click('button[value=send]');
      await seen(page, `${name}-receipt`, lang);
      assert.match(await page.locator('.talon .big').innerText(), /^RMA-\d{4}-\d{6}$/);
      assert.equal(await page.locator('svg.qr path').count(), 1, `${name}: the link as a code`);
      await page.goto(new URL(await page.locator('.secret a').getAttribute('href'), demo.address).href);
      await seen(page, `${name}-track`, lang);
      await page.context().close();
    }
  });
}

const places = {
  manager: ['/staff/report', '/staff/alerts', '/staff/money', '/staff/certificates', '/staff/shipments', '/staff/uncollected', '/staff/loaners', '/staff/recovery',
    '/staff/products', '/staff/consultations', '/staff/messages'],
  administrator: ['/staff/jobs', '/staff/webhooks'],
};

test("every other page of the staff's desk can be read in every language, by day and by night", async () => {
  for (const [nth, lang] of ['bg', 'en', 'ru'].entries()) {
    for (const [role, list] of Object.entries(places)) {
      const who = await Staff.signIn(browser, demo, `${role}@ru-omsk.example`, lang);
      await who.page.emulateMedia({ colorScheme: nth === 1 ? 'dark' : 'light' });
      for (const where of list) {
        const answer = await who.page.goto(`${demo.address}${where}?lang=${lang}`);
        assert.equal(answer.status(), 200, where);
        await who.page.setViewportSize(nth === 2 ? phone : desktop);
        await look(who.page, `desk${where.replace(/\W+/g, '-')}-${lang}-${nth === 2 ? 'phone' : 'desktop'}`, lang);
      }
      await who.context.close();
    }
  }
});

test('pages are readable by night', async () => {
  const tracked = `/track/${demo.showcase('certificate-year').Token}`;
  const page = await visitor(phone, 'ru', 'dark');
  for (const where of ['/r/ru-omsk', '/r/ru-omsk/terms', '/r/ru-omsk/products', tracked]) {
    const answer = await page.goto(`${demo.address}${where}?lang=ru`);
    assert.equal(answer.status(), 200, where);
    await look(page, `night${where === tracked ? '-track' : where.replace(/\W+/g, '-')}`, 'ru');
  }
  await page.context().close();
  const clerk = await Staff.signIn(browser, demo, 'clerk@ru-omsk.example', 'ru');
  await clerk.page.emulateMedia({ colorScheme: 'dark' });
  for (const where of ['/staff/work', `/staff/claims/${demo.showcase('certificate-year').Claim}`, `/staff/intake?q=${demo.device('certificate-year').Identity}`]) {
    await clerk.page.goto(demo.address + where);
    await look(clerk.page, `night-desk${where.replace(/\W+/g, '-').slice(0, 30)}`, 'ru');
  }
  await clerk.context.close();
});
