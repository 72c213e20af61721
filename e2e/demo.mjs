// A demo of the built program, in a folder of its own, for one test file.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

// The demo and the browser of the test file, from its first test to its last.
export let demo;
export let browser;

// useDemo has both run while a file's tests do, and holds at the end that the
// server had nothing to complain of.
export function useDemo() {
  before(async () => {
    demo = await startDemo();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
    assert.equal(demo?.errors(), '', 'the server complained');
  });
}

function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

async function startDemo() {
  const dir = await mkdtemp(path.join(tmpdir(), 'talon-e2e-'));
  if (process.env.TALON_DEMO) await cp(path.join(process.env.TALON_DEMO, 'filled'), dir, { recursive: true });
  // No visitor is as quick as a browser that is driven.
  const limits = ['--forms-per-minute', '6000', '--lookups-per-minute', '6000'];
  const child = spawn(process.env.TALON_BIN, ['demo', '--dir', dir, '--addr', '127.0.0.1:0', ...limits], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stderr.on('data', (b) => { err += b; });
  const address = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`talon demo ended with ${code}\n${out}\n${err}`)));
    child.stdout.on('data', (b) => {
      out += b;
      const at = /^Talon demo +(http:\/\/\S+)$/m.exec(out);
      if (at && out.includes('Stop with Ctrl-C')) resolve(at[1]);
    });
  });
  const guide = JSON.parse(await readFile(path.join(dir, 'guide.json'), 'utf8'));
  return {
    address,
    guide,
    device: (id, nth = 0) => guide.Devices.filter((d) => d.ID === id)[nth],
    showcase: (id) => guide.Showcases.find((s) => s.ID === id),
    errors: () => err,
    async stop() {
      child.removeAllListeners('exit');
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
