// The journeys of a newcomer, each from request to hand-over, and a look
// at every page in every language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browser, demo, useDemo } from './demo.mjs';
import { Customer, Staff, desktop, look, phone } from './pages.mjs';

useDemo();

const staff = (retailer, role, lang) => Staff.signIn(browser, demo, `${role}@${retailer}.example`, lang);

// takeIn brings the device to the bench.
async function takeIn(number, clerk, technician, diagnosis, documents) {
  const place = await firstPlace(clerk, number);
  await clerk.act(number, 'accept', { place, condition: 'Без видими следи', documents });
  await technician.act(number, 'start_diagnosis');
  await technician.act(number, 'diagnose', diagnosis);
}

async function firstPlace(clerk, number) {
  await clerk.open(number);
  const list = clerk.page.locator('form[action$="/do/accept"] [name=place]');
  const chosen = await list.inputValue();
  return chosen || list.locator('option[value]:not([value=""])').first().getAttribute('value');
}

async function giveBack(number, clerk) {
  await clerk.act(number, 'mark_ready');
  await clerk.act(number, 'hand_over');
  await clerk.act(number, 'close');
}

// Walks: B4, B5, B6, B7, B8, B10, B11, D2, D3, D4, D5.
test('a laptop of bg-omni fails a fourth time: the customer chooses the price back', async () => {
  const device = demo.device('fourth-failure');
  const customer = await Customer.come(browser, demo, 'bg-omni', 'bg');
  const number = await customer.ask({ identity: device.Identity, documents: ['invoice', 'warranty_card'], text: 'Лаптопът отново не се включва.' });
  const clerk = await staff('bg-omni', 'clerk', 'bg');
  const technician = await staff('bg-omni', 'technician', 'bg');
  const manager = await staff('bg-omni', 'manager', 'bg');
  await takeIn(number, clerk, technician, { 'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'diagnosis.failed_part': 'mainboard' }, ['invoice', 'warranty_card', 'return_request']);
  await clerk.open(number);
  await look(clerk.page, 'bg-omni-claim-decided', 'bg');

  let page = await customer.follow('decided');
  assert.match(page, /След три хардуерни ремонта/, 'the clause of the fourth failure');
  assert.match(page, /Добавен престой в сервиза: \d+ дни/, 'the prolonged end');
  await customer.choose('choose_remedy', 'refund');
  await manager.act(number, 'approve_refund');
  await manager.act(number, 'pay_refund', { reference: 'BG-000123' });
  await manager.act(number, 'close');
  page = await customer.follow('closed');
  assert.match(page, /BG-000123|Изплатен|изплатен|Върнат|възстановен/i, 'the refund is told');
});

// Walks: A2, D2, D3, D4, D5.
test('a phone of ru-omsk with its IMEI on the receipt is repaired on the receipt alone', async () => {
  const device = demo.device('certificate-year', 0);
  const customer = await Customer.come(browser, demo, 'ru-omsk', 'ru');
  const number = await customer.ask({ identity: device.Identity, documents: ['receipt'], text: 'Не заряжается.', basis: 'warranty' });
  const clerk = await staff('ru-omsk', 'clerk', 'ru');
  const technician = await staff('ru-omsk', 'technician', 'ru');
  await takeIn(number, clerk, technician, { 'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'diagnosis.failed_part': 'mainboard' }, ['receipt']);
  let page = await customer.follow('decided');
  assert.match(page, /достаточно кассового чека/, 'the receipt is enough');
  await technician.act(number, 'start_repair');
  await technician.act(number, 'finish_repair', { kind: 'hardware', outcome: 'repaired', work: 'Заменена системная плата' });
  await giveBack(number, clerk);
  page = await customer.follow('closed');
  assert.match(page, /1 день/, 'the warranty grew by the day of the repair');
});

// Walks: A6, A7, A9, A10, A15.
test('the phone in its certificate year is covered by the certificate, with all three papers', async () => {
  const device = demo.device('certificate-year', 1);
  const customer = await Customer.come(browser, demo, 'ru-omsk', 'ru');
  const number = await customer.ask({ identity: device.Identity, documents: ['receipt', 'warranty_card', 'certificate'], text: 'Выключается под нагрузкой.' });
  const clerk = await staff('ru-omsk', 'clerk', 'ru');
  const technician = await staff('ru-omsk', 'technician', 'ru');
  await takeIn(number, clerk, technician, { 'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'diagnosis.failed_part': 'mainboard' }, ['receipt', 'warranty_card', 'certificate']);
  const page = await customer.follow('decided');
  assert.match(page, /Сертификат/i);
  assert.match(page, /предъявлены все три документа/, 'all three papers');
  assert.match(page, /Окончание ремонта: до/, 'the forty-five days of the certificate');
  assert.match(page, /Учтено время в ремонте: 17 дней/, 'the certificate moved with the warranty');
  await technician.act(number, 'start_repair');
  await technician.act(number, 'finish_repair', { kind: 'hardware', outcome: 'repaired', work: 'Заменена системная плата' });
  await giveBack(number, clerk);
  await customer.follow('closed');
});

// Walks: C1, C3, C4, C7, C8, C11.
test('a customer of ru-xiaomi chooses the law where the limited warranty refuses', async () => {
  const device = demo.device('law-instead');
  const customer = await Customer.come(browser, demo, 'ru-xiaomi', 'ru');
  const number = await customer.ask({ identity: device.Identity, documents: ['receipt'], text: 'Не включается.', basis: 'statute', answers: { 'unit.lock_active': 'false' } });
  const clerk = await staff('ru-xiaomi', 'clerk', 'ru');
  const technician = await staff('ru-xiaomi', 'technician', 'ru');
  await takeIn(number, clerk, technician, {
    'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'finding.serial_illegible': 'external',
  }, ['receipt']);
  await customer.follow('decided');
  await customer.choose('choose_remedy', 'repair');
  await technician.act(number, 'start_repair');
  await technician.act(number, 'finish_repair', { kind: 'hardware', outcome: 'repaired', work: 'Заменена плата' });
  await giveBack(number, clerk);
  await customer.follow('closed');
});

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
    const manager = await staff('bg-omni', 'manager', lang);
    const administrator = await staff('bg-omni', 'administrator', lang);
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
