// A look at every page in every language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, demo, useDemo } from './demo.mjs';
import { Staff, desktop, look, phone } from './pages.mjs';

useDemo();

for (const [retailer, languages] of [['bg-omni', ['bg', 'en', 'ru']], ['ru-omsk', ['ru', 'en', 'bg']], ['ru-xiaomi', ['ru', 'en', 'bg']]]) {
  test(`every page of ${retailer}'s portal can be read on a phone and on a desktop`, async () => {
    for (const [nth, lang] of languages.entries()) {
      for (const [size, viewport] of [['phone', phone], ['desktop', desktop]].slice(0, nth === 0 ? 2 : 1)) {
        const context = await browser.newContext({ viewport, bypassCSP: true });
        const page = await context.newPage();
        for (const where of ['', '/check', '/terms', '/request', '/request?kind=consultation', '/request?kind=video_consultation']) {
          const answer = await page.goto(`${demo.address}/r/${retailer}${where}${where.includes('?') ? '&' : '?'}lang=${lang}`);
          assert.ok([200, 422].includes(answer.status()), `${where}: ${answer.status()}`);
          await look(page, `${retailer}${where.replace(/\W+/g, '-')}-${lang}-${size}`, lang);
        }
        await context.close();
      }
    }
  });
}

test("every page of the staff's desk can be read in every language", async () => {
  const tracked = demo.showcase('fourth-failure').Claim;
  for (const lang of ['bg', 'en', 'ru']) {
    const manager = await Staff.signIn(browser, demo, 'manager@bg-omni.example', lang);
    const administrator = await Staff.signIn(browser, demo, 'administrator@bg-omni.example', lang);
    for (const [who, where] of [[manager, '/staff/work'], [manager, `/staff/claims/${tracked}`], [manager, '/staff/requests'], [manager, '/staff/intake'],
      [manager, '/staff/audit'], [manager, '/staff/policy'], [administrator, '/staff/people']]) {
      const answer = await who.page.goto(`${demo.address}${where}?lang=${lang}`);
      assert.equal(answer.status(), 200, where);
      await look(who.page, `desk${where.replace(tracked, 'one').replace(/\W+/g, '-')}-${lang}`, lang);
      await who.page.setViewportSize(phone);
      await look(who.page, `desk${where.replace(tracked, 'one').replace(/\W+/g, '-')}-${lang}-phone`, lang);
      await who.page.setViewportSize(desktop);
    }
    await manager.context.close();
    await administrator.context.close();
  }
});
