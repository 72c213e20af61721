// What the journeys do on pages: as a customer on a phone, without JavaScript,
// and as staff at a desk.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.TALON_SHOTS; // a folder for pictures, if any are wanted
if (shots) mkdirSync(shots, { recursive: true });

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 900 };

// look checks what must hold on every page: it is there in its language, no
// text is missing, nothing is cut off at the side, and axe finds nothing
// serious. It leaves a picture to look at, where TALON_SHOTS names a folder.
export async function look(page, name, lang) {
  assert.equal(await page.getAttribute('html', 'lang'), lang, `${name}: language`);
  assert.equal(await page.locator('h1').count(), 1, `${name}: one heading`);
  const text = await page.locator('body').innerText();
  assert.doesNotMatch(text, /⟦|%!|<no value>|undefined/, `${name}: a text is missing`);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
  const measured = page.judge ? await copy(page) : page;
  const wide = await measured.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: the page is ${wide} px wider than the screen`);
  await measured.evaluate(axeSource);
  const found = await measured.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`), [], `${name}: axe`);
}

// copy shows the same page in a browser that runs scripts, for axe is one.
async function copy(page) {
  await page.judge.goto(page.url());
  await page.judge.setContent(await page.content());
  return page.judge;
}

const busy = '.htmx-request, .htmx-swapping, .htmx-settling';

// replaced waits until what a script fetched has taken the place of an element.
export async function replaced(page, element) {
  await page.waitForFunction(([old, going]) => !old.isConnected && !document.querySelector(going), [element, busy]);
}

// settled waits for what a script has asked for, until it stands on the page.
export async function settled(page) {
  await page.waitForFunction((going) => !document.querySelector(going), busy);
}

// Customer is somebody at home, with a browser that runs scripts or none.
export class Customer {
  static async come(browser, demo, retailer, { lang, viewport, scripts, name }) {
    const context = await browser.newContext({ viewport, javaScriptEnabled: scripts, bypassCSP: true, locale: lang });
    const me = new Customer();
    Object.assign(me, { demo, retailer, lang, context, page: await context.newPage(), look: `${retailer}-${name}` });
    if (!scripts) {
      const scripted = await browser.newContext({ viewport, bypassCSP: true, locale: lang });
      me.page.judge = await scripted.newPage();
    }
    return me;
  }

  // see looks at the page that is open.
  async see(name) {
    await look(this.page, `${this.look}-${name}`, this.lang);
  }

  // press sends the form's step. A form may begin with a hidden button, for who presses Enter.
  async press(step) {
    await this.page.locator(`main button[value=${step}]:not([aria-hidden])`).first().click();
  }

  // settled waits for what a script fetched after an answer.
  async settled() {
    if (!this.page.judge) await settled(this.page);
  }

  async leave() {
    await this.page.judge?.context().close();
    await this.context.close();
  }

  async open(where) {
    const answer = await this.page.goto(this.demo.address + where);
    assert.equal(answer.status(), 200, where);
  }

  form = true; // whether the pages of a request are looked at

  // ask makes a request for warranty service and gives the claim's number.
  // described are the fields of a device that the shop does not know.
  async ask({ identity, described = {}, documents, text, basis, answers = {}, phone: number = '+7 999 000-00-00' }) {
    const { page } = this;
    await this.open(`/r/${this.retailer}/request?kind=warranty_service&lang=${this.lang}`);
    if (this.form) await this.see('request');
    await page.fill('[name=serial]', identity);
    const fold = page.locator('details:has([name=category]):not([open]) > summary');
    if (Object.keys(described).length && await fold.count()) await fold.click();
    for (const [name, value] of Object.entries(described)) await fill(page.locator(`[name=${name}]`), name, value);
    await page.fill('[name=text]', text);
    await this.press('check');
    await page.locator('#stand').waitFor();
    if (this.form) await this.see('stand');
    for (const d of documents) { // a paper is asked for while it can change the decision
      const box = page.locator(`[name=documents][value=${d}]`);
      if (!(await box.count())) continue;
      await box.check();
      if (page.judge) await this.press('check');
      else await this.settled();
    }
    for (const [fact, value] of Object.entries(answers)) {
      const box = page.locator(`[name="fact.${fact}"][value="${value}"]`);
      if (await box.count()) await box.check();
      await this.settled();
    }
    if (basis) await page.check(`[name=basis][value=${basis}]`);
    for (const box of await page.locator('[name=accept]').all()) {
      await this.settled();
      await box.check();
    }
    await this.settled();
    await this.press('contact');
    await page.locator('[name=phone]').waitFor();
    if (this.form) await this.see('contact');
    await page.fill('[name=name]', 'Елена Примерова');
    await page.fill('[name=phone]', number);
    await this.press('send');
    await page.locator('.talon .big').waitFor();
    if (this.form) await this.see('receipt');
    this.number = (await page.locator('.talon .big').innerText()).trim();
    this.track = new URL(await page.locator('.secret a').innerText()).pathname;
    assert.match(this.number, /^RMA-\d{4}-\d{6}$/);
    return this.number;
  }

  // follow opens the tracking link and gives the text of the page.
  async follow(name) {
    await this.open(this.track);
    await this.see(`track-${name}`);
    return (await this.page.locator('main').innerText()).replace(/\u00a0/g, ' ');
  }

  // choose presses one of the customer's own buttons on the tracking page.
  async choose(command, value) {
    await this.open(this.track);
    const form = this.page.locator(`form:has(input[name=command][value=${command}])`);
    const field = { choose_remedy: 'remedy', choose_basis: 'basis' }[command];
    if (field) await form.locator(`[name=${field}][value=${value}]`).check();
    const answer = this.page.waitForResponse((r) => r.request().method() === 'POST');
    await form.locator(command.startsWith('answer') ? `button[value="${value}"]` : 'button').first().click();
    assert.ok((await answer).status() < 400, `${command}: refused`);
    await this.page.waitForLoadState();
  }
}

// Staff is one member of staff at a desk.
export class Staff {
  static async signIn(browser, demo, email, lang, viewport = desktop) {
    const context = await browser.newContext({ viewport, bypassCSP: true, locale: lang });
    const me = new Staff();
    Object.assign(me, { demo, lang, context, page: await context.newPage() });
    await me.page.goto(`${demo.address}/staff/sign-in?lang=${lang}`);
    await me.page.fill('[name=email]', email);
    await me.page.fill('[name=password]', demo.guide.Password);
    await me.page.click('main button');
    await me.page.waitForURL('**/staff/work*');
    return me;
  }

  async open(number) {
    const answer = await this.page.goto(`${this.demo.address}/staff/claims/${number}`);
    assert.equal(answer.status(), 200, number);
  }

  // act gives a claim one command through its form.
  async act(number, command, fields = {}) {
    await this.open(number);
    const form = this.page.locator(`form[action$="/do/${command}"]`);
    if (await form.count() !== 1) {
      const offered = await this.page.locator('form[action*="/do/"]').evaluateAll((list) => list.map((f) => f.action.split('/').pop()));
      assert.fail(`${number}: ${command} is not offered, but: ${offered.join(', ')}; ${await this.page.locator('.blocked').allInnerTexts()}`);
    }
    const fold = this.page.locator(`details:has(form[action$="/do/${command}"]):not([open]) > summary`);
    while (await fold.count()) await fold.first().click(); // the outermost first
    for (const [name, value] of Object.entries(fields)) {
      const code = /^finding\.(.+)$/.exec(name)?.[1];
      if (!code) continue;
      const box = form.locator(`[name$=".code"][value="${code}"]`);
      await box.check();
      await form.locator(`[name="${(await box.getAttribute('name')).replace(/code$/, 'cause')}"]`).selectOption(value);
      delete fields[name];
    }
    for (const [name, value] of Object.entries(fields)) await fill(form.locator(`[name="${name}"]`), name, value);
    await form.locator('button:not([formaction]):not([type=button])').last().click();
    await this.page.waitForLoadState();
    const wrong = await this.page.locator('main [role=alert], main .error').allInnerTexts();
    assert.deepEqual(wrong, [], `${number}: ${command} was refused`);
  }

  state() {
    return this.page.locator('h1 .tag').first().innerText();
  }
}

async function fill(field, name, value) {
  assert.ok(await field.count() > 0, `there is no field ${name}`);
  const kind = await field.first().evaluate((e) => (e.tagName === 'INPUT' ? e.type : e.tagName));
  if (kind === 'radio' || kind === 'checkbox') {
    for (const v of [value].flat()) await field.and(field.page().locator(`[value="${v}"]`)).check();
  } else if (kind === 'SELECT') await field.selectOption(String(value));
  else await field.fill(String(value));
}
