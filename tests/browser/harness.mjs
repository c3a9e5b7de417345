// What the browser tests share: cases with TAP, the served demonstration office, forms filled by field name.
import { chromium } from 'playwright-core';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, cpSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const FAZHI = process.env.FAZHI || join(ROOT, 'build', 'fazhi');
export const PASSWORD = 'Yuejin-2024';
export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
const CASE_MS = 60000;

const scratch = mkdtempSync(join(tmpdir(), 'fazhi-browser-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

export function contains(text, part, what) {
  check(text.includes(part), `${what}: “${part}” not in: ${text.slice(0, 1500)}`);
}

export function fazhi(...args) {
  const done = spawnSync(FAZHI, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

function run(...args) {
  const done = fazhi(...args);
  check(done.status === 0, `fazhi ${args.join(' ')}: status ${done.status}: ${done.err}`);
  return done.out;
}

// ---- the served office ----

function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}

let prototype;

// A fresh copy of the demonstration office, served. The day is fixed, so that deadlines stand where the tests want them.
export async function serve(now = '2026-11-24T09:00') {
  if (!prototype) {
    prototype = join(scratch, 'demo');
    run('demo', '--data', prototype, '--password', PASSWORD, '--now', now);
  }
  const data = mkdtempSync(join(scratch, 'data-'));
  cpSync(prototype, data, { recursive: true });
  const port = await freePort();
  const child = spawn(FAZHI, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--now', now],
    { stdio: ['ignore', 'ignore', 'inherit'] });
  let ended = false;
  child.on('exit', () => { ended = true; });
  for (let i = 0; !(await listens(port)); i++) {
    check(i < 400 && !ended, 'the server does not listen');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    base: `http://127.0.0.1:${port}`,
    data,
    list: (register, where) => JSON.parse(run('list', register, '--data', data, '--now', now, '--format', 'json',
      ...(where ? ['--where', where] : []))),
    replay: () => run('replay', '--data', data, '--now', now),
    stop: () => new Promise((resolve) => {
      if (ended) return resolve();
      child.on('exit', resolve);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 15000).unref();
    }),
  };
}

// ---- the browser ----

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// A page of its own session; faults of script fail the case that uses it.
export async function open(browser, server, viewport = WIDE) {
  const context = await browser.newContext({ viewport, baseURL: server.base, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const page = await context.newPage();
  page.setDefaultTimeout(30000); // another suite may have the processors
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (4\d\d)/.test(message.text())) page.faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.base) && !request.url().startsWith('data:')) page.faults.push('asked ' + request.url());
  });
  return page;
}

export async function signIn(page, name, password = PASSWORD) {
  await page.goto('/sign-in');
  await page.fill('#name', name);
  await page.fill('#password', password);
  await Promise.all([page.waitForLoadState(), page.click('form[action="/sign-in"] button[type=submit]')]);
}

// Fills a form by field names: text, date, select, choices, lookups, by value or by the words that are shown.
export async function fill(page, values, form = 'main form') {
  for (const [name, value] of Object.entries(values)) {
    const radios = page.locator(`${form} [name="${name}"][type=radio]`);
    const control = page.locator(`${form} [name="${name}"]:not([type=radio]):not([type=hidden])`).first();
    if (await radios.count()) {
      const byValue = page.locator(`${form} [name="${name}"][type=radio][value="${value}"]`);
      if (await byValue.count()) await byValue.first().check();
      else await page.locator(`${form} label.choice:has([name="${name}"])`, { hasText: value }).first().check();
    } else if (await control.evaluate((element) => element.tagName) === 'SELECT') {
      const option = control.locator('option', { hasText: value });
      const exact = await control.locator(`option[value="${value}"]`).count();
      await control.selectOption(exact ? value : await option.first().getAttribute('value'));
    } else {
      await control.fill(value);
    }
  }
}

export async function text(page) {
  return (await page.locator('main').innerText()).replace(/\u00a0/g, ' ');
}

// ---- cases ----

const cases = [];
export function test(name, run) {
  cases.push({ name, run });
}

export async function runAll() {
  const words = process.argv.slice(2);
  const chosen = cases.filter((c) => !words.length || words.some((word) => c.name.includes(word)));
  console.log(`1..${chosen.length}`);
  let bad = 0;
  const browser = await launch();
  const server = await serve();
  for (const [index, { name, run: body }] of chosen.entries()) {
    const pages = [];
    const context = {
      browser,
      server,
      page: async (viewport) => {
        const page = await open(browser, server, viewport);
        pages.push(page);
        return page;
      },
    };
    let timer;
    try {
      await Promise.race([
        body(context),
        new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`took over ${CASE_MS / 1000} s`)), CASE_MS); }),
      ]);
      for (const page of pages) check(!page.faults.length, 'faults in the browser: ' + page.faults.join('; '));
      console.log(`ok ${index + 1} - ${name}`);
    } catch (error) {
      bad++;
      console.log(`not ok ${index + 1} - ${name}`);
      for (const line of String(error.stack || error).split('\n').slice(0, 12)) console.log('#   ' + line);
      for (const page of pages) console.log('#   at ' + page.url());
    } finally {
      clearTimeout(timer);
      for (const page of pages) await page.context().close();
    }
  }
  await browser.close();
  await server.stop();
  return bad ? 1 : 0;
}
