// The journeys of a newcomer, each from request to hand-over, in every language.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browser, demo, useDemo } from './demo.mjs';
import { Customer, Staff, desktop, look, phone } from './pages.mjs';

// The ways there are: each journey is walked in every language, on a phone and
// at a desk, by browsers with scripts and without. The staff work in the
// customer's language; of the second way on a phone, at the bench.
const ways = [
  { of: "the shop's own language", nth: 0, viewport: phone, scripts: false, staff: desktop },
  { of: 'a second language', nth: 1, viewport: desktop, scripts: true, staff: phone },
  { of: 'a third language', nth: 2, viewport: phone, scripts: true, staff: desktop },
];
const languages = { 'bg-omni': ['bg', 'en', 'ru'], 'ru-omsk': ['ru', 'bg', 'en'], 'ru-xiaomi': ['ru', 'en', 'bg'] };
const numbers = { 'bg-omni': '+359 88 000 0000', 'ru-omsk': '+7 999 000-00-00', 'ru-xiaomi': '8 (999) 000-00-01' };

// Walk is one claim's way: the customer and the staff who carry it.
class Walk {
  static async begin(way, retailer, name) {
    const me = new Walk();
    const lang = languages[retailer][way.nth];
    Object.assign(me, { way, retailer, lang, staff: {}, name: `${name}-${lang}` });
    // At a desk without scripts, too: the last journey's second way.
    me.customer = await Customer.come(browser, demo, retailer, { lang, viewport: way.viewport, scripts: way.scripts && name !== 'law', name: me.name });
    me.customer.form = !['certificate', 'paid'].includes(name); // another journey through the same shop looks at it
    return me;
  }

  async ask(request) {
    this.number = await this.customer.ask({ ...request, phone: numbers[this.retailer] });
  }

  async by(role) {
    this.staff[role] ??= await Staff.signIn(browser, demo, `${role}@${this.retailer}.example`, this.lang, this.way.staff);
    return this.staff[role];
  }

  async act(role, command, fields) {
    await (await this.by(role)).act(this.number, command, fields);
  }

  // takeIn brings the device to the bench.
  async takeIn(diagnosis, documents) {
    const clerk = await this.by('clerk');
    await clerk.open(this.number);
    const list = clerk.page.locator('form[action$="/do/accept"] [name=place]');
    const place = (await list.inputValue()) || (await list.locator('option[value]:not([value=""])').first().getAttribute('value'));
    await this.act('clerk', 'accept', { place, condition: 'Без видими следи', documents });
    await this.act('technician', 'start_diagnosis');
    await this.act('technician', 'diagnose', diagnosis);
  }

  async repair(work) {
    await this.act('technician', 'start_repair');
    await this.act('technician', 'finish_repair', { kind: 'hardware', outcome: 'repaired', work });
  }

  async giveBack() {
    await this.act('clerk', 'mark_ready');
    await this.act('clerk', 'hand_over');
    await this.act('clerk', 'close');
  }

  // follow opens the tracking page, which tells of each thing in the customer's language.
  async follow(name, ...tells) {
    const page = await this.customer.follow(name);
    for (const words of tells) assert.match(page, words[this.lang] ?? words, `${this.name}, ${name}`);
    return page;
  }

  async look(role, name) {
    const who = await this.by(role);
    await who.open(this.number);
    await look(who.page, `${this.retailer}-${this.name}-${name}`, this.lang);
  }

  async end() {
    await this.customer.leave();
    for (const who of Object.values(this.staff)) await who.context.close();
  }
}

const day = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);
const broken = { 'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'diagnosis.failed_part': 'mainboard' };

for (const way of ways) {
  describe(`in ${way.of}, on a ${way.viewport === phone ? 'phone' : 'desktop'} ${way.scripts ? 'with' : 'without'} scripts`, () => {
    useDemo();

    // Walks: B4, B5, B6, B7, B8, B10, B11, D2, D3, D4, D5.
    test('a laptop of bg-omni fails a fourth time: the customer chooses the price back', async () => {
      const walk = await Walk.begin(way, 'bg-omni', 'fourth');
      await walk.ask({ identity: demo.device('fourth-failure').Identity, documents: ['invoice', 'warranty_card'], text: 'Лаптопът отново не се включва.' });
      await walk.takeIn(broken, ['invoice', 'warranty_card', 'return_request']);
      await walk.look('clerk', 'claim-decided');
      await walk.follow('decided',
        { bg: /След три хардуерни ремонта/, en: /three hardware repairs/i, ru: /тр[её]х аппаратных ремонтов/i },
        { bg: /престой в сервиза: \d+ дни/i, en: /\d+ days/, ru: /\d+ (день|дня|дней)/ });
      await walk.customer.choose('choose_remedy', 'refund');
      await walk.act('manager', 'approve_refund');
      await walk.act('manager', 'pay_refund', { reference: 'BG-000123' });
      await walk.act('manager', 'close');
      const closed = await walk.follow('closed', /BG-000123/);
      assert.doesNotMatch(closed, / 0 (от|of|из) /, 'a step that is none');
      await walk.end();
    });

    // Walks: A2, D2, D3, D4, D5.
    test('a phone of ru-omsk with its IMEI on the receipt is repaired on the receipt alone', async () => {
      const walk = await Walk.begin(way, 'ru-omsk', 'receipt');
      await walk.ask({ identity: demo.device('certificate-year', 0).Identity, documents: ['receipt'], text: 'Не заряжается.', basis: 'warranty' });
      await walk.takeIn(broken, ['receipt']);
      await walk.follow('decided', { ru: /достаточно кассового чека/, en: /receipt/i, bg: /бон/i });
      await walk.repair('Заменена системная плата');
      await walk.giveBack();
      await walk.follow('closed', { ru: /(1 день|2 дня)/, en: /(1 day|2 days)/, bg: /(1 ден|2 дни)/ }); // midnight may come between
      await walk.end();
    });

    // Walks: A6, A7, A9, A10, A15.
    test('the phone in its certificate year is covered by the certificate, with all three papers', async () => {
      const walk = await Walk.begin(way, 'ru-omsk', 'certificate');
      const papers = ['receipt', 'warranty_card', 'certificate'];
      await walk.ask({ identity: demo.device('certificate-year', 1).Identity, documents: papers, text: 'Выключается под нагрузкой.' });
      await walk.takeIn(broken, papers);
      await walk.follow('decided',
        { ru: /Сертификат/i, en: /certificate/i, bg: /сертификат/i },
        { ru: /предъявлены все три документа/, en: /all three/i, bg: /и трите/i },
        { ru: /Окончание ремонта: до/, en: /repair/i, bg: /ремонт/i },
        { ru: /Учтено время в ремонте: 19 дней/, en: /19 days/, bg: /19 дни/ });
      await walk.repair('Заменена системная плата');
      await walk.giveBack();
      await walk.follow('closed');
      await walk.end();
    });

    // Walks: C1, C3, C4, C7, C8, C11.
    test('a customer of ru-xiaomi chooses the law where the limited warranty refuses', async () => {
      const walk = await Walk.begin(way, 'ru-xiaomi', 'law');
      await walk.ask({ identity: demo.device('law-instead').Identity, documents: ['receipt'], text: 'Не включается.', basis: 'statute', answers: { 'unit.lock_active': 'false' } });
      await walk.takeIn({ 'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'finding.serial_illegible': 'external' }, ['receipt']);
      await walk.follow('decided');
      await walk.customer.choose('choose_remedy', 'repair');
      await walk.repair('Заменена плата');
      await walk.giveBack();
      await walk.follow('closed');
      await walk.end();
    });

    // Walks: A11, D2, D3, D4.
    test('a telephone that fell into water is repaired for money once its owner agrees', async () => {
      const walk = await Walk.begin(way, 'ru-omsk', 'paid');
      const described = { category: 'phone', brand: 'Honor', model: 'Проба 5', sale_date: day(-100), warranty_months: '12' };
      await walk.ask({ identity: `ВОДА-${walk.lang}-77`, described, documents: ['receipt', 'warranty_card'], text: 'Упал в воду.' });
      await walk.takeIn({ 'diagnosis.confirmed': 'true', 'diagnosis.kind': 'hardware', 'finding.liquid': 'external' }, ['receipt', 'warranty_card']);
      await walk.act('technician', 'offer_estimate', { work: 'Чистка платы, замена разъёма', 'amount.sum': '3490' });
      await walk.follow('offered', /3[.,\s]?490/);
      await walk.customer.choose('answer_estimate', 'true');
      await walk.repair('Заменён разъём');
      await walk.giveBack();
      await walk.follow('closed', /3[.,\s]?490/);
      await walk.end();
    });

    // Walks: A1, D2.
    test('a customer books a video consultation, moves it, takes it to a calendar and cancels it', async () => {
      const retailer = 'ru-omsk';
      const lang = languages[retailer][way.nth];
      const customer = await Customer.come(browser, demo, retailer, { lang, viewport: way.viewport, scripts: way.scripts, name: `video-${lang}` });
      await customer.open(`/r/${retailer}/request?kind=video_consultation&lang=${lang}`);
      const { page } = customer;
      await page.fill('[name=text]', 'Не разбирам настройките.');
      await page.locator('label:has([name=slot])').first().click();
      await page.fill('[name=name]', 'Елена Примерова');
      await page.fill('[name=phone]', numbers[retailer]);
      await page.locator('main form button.primary').last().click();
      await page.locator('.talon .big').waitFor();
      customer.track = new URL(await page.locator('.secret a').innerText()).pathname;
      await customer.follow('booked');
      const calendar = await customer.context.request.get(`${demo.address}${customer.track}/consultation.ics`);
      assert.match(await calendar.text(), /BEGIN:VEVENT[\s\S]+https:\/\/meet\.example\//);
      await page.locator('#slot summary').first().click();
      const before = await page.locator('#slot time, #slot strong').first().innerText();
      await page.locator('#slot label:has([name=slot])').nth(3).click();
      await page.locator('#slot form:has([name=slot]) button').click();
      await page.waitForLoadState();
      assert.notEqual(await page.locator('#slot time, #slot strong').first().innerText(), before, 'another time');
      await page.locator('#slot summary').last().click();
      await page.locator('#slot form[action$="/cancel"] button').click();
      await page.waitForLoadState();
      await customer.follow('cancelled');
      assert.equal(await page.locator('#slot form[action$="/cancel"]').count(), 0);
      await customer.leave();
    });
  });
}
