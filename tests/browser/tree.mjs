// The district's view of its offices: side by side, sorted, down to the records, on a wide screen and on a phone.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, contains, fazhi, open, PHONE, ROOT, serve, signIn, test, text, WIDE } from './harness.mjs';

const OFFICES = [['45', '广西壮族自治区'], ['4502', '柳州市'], ['450205', '柳北区'], ['450205001', '解放街道'], ['450205002', '雅儒街道']];
const NEW_PASSWORD = 'Liubei-2025!';

function must(...args) {
  const done = fazhi(...args);
  check(done.status === 0, `fazhi ${args.join(' ')}: ${done.status} ${done.err}`);
  return done.out;
}

// A server of its own: with several offices the door asks for one.
async function district() {
  const server = await serve();
  for (const [code, name] of OFFICES) must('office', 'add', code, name, '--data', server.data);
  const out = must('user', 'add', 'quju', '--person', '韦庆云', '--roles', 'tree_manager', '--office', '450205', '--data', server.data);
  return { server, once: /：(\S+)\s*$/.exec(out)[1] };
}

async function enter(page, once) {
  await page.goto('/sign-in');
  await page.fill('#office', '柳北区');
  await page.fill('#name', 'quju');
  await page.fill('#password', once);
  await page.click('form[action="/sign-in"] button[type=submit]');
  await page.waitForURL('**/account');
  await page.fill('[name=old]', once);
  await page.fill('[name=password]', NEW_PASSWORD);
  await page.fill('[name=again]', NEW_PASSWORD);
  await page.click('main form button[type=submit]');
  await page.waitForURL('**/sign-in');
  check(await page.inputValue('#office') === '柳北区', 'the office of the last time is not remembered');
  await signIn(page, 'quju', NEW_PASSWORD);
}

// The folder with one changed time of a petition, as an archive.
function archive(data) {
  const set = join(data, 'set'), registers = join(set, 'registers');
  mkdirSync(registers, { recursive: true });
  const text = readFileSync(join(ROOT, 'definitions', 'registers', 'petition.yaml'), 'utf8');
  writeFileSync(join(registers, 'petition.yaml'), text.replace('within: 15 days', 'within: 10 days'));
  const done = spawnSync('python3', ['-m', 'zipfile', '-c', join(data, 'set.zip'), registers], { encoding: 'utf8' });
  check(done.status === 0, `zip: ${done.stderr}`);
  return join(data, 'set.zip');
}

async function issue(p, data) {
  await p.goto('/definitions');
  await p.click('main >> text=下发的定义');
  await p.click('main >> text=下发定义');
  await p.setInputFiles('[name=zip]', archive(data));
  await p.fill('[name=note]', '柳北办〔2026〕9号：受理告知改为10日');
  await p.click('main form button[type=submit]');
  contains(await text(p), '10 days', 'what the set changes');
  await p.click('main form button[type=submit]');
  contains(await text(p), '已下发', 'the set is issued');
  await p.goto('/definitions');
  contains(await text(p), '柳北区下发的第 1 份定义', 'what is in force');
}

const names = (page) => page.locator('.tree tbody td:first-child').allInnerTexts();
const overflows = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

test('the district: sign in to its office, sort by a figure, go down to the records, set a parameter', async ({ browser }) => {
  const { server, once } = await district();
  const p = await open(browser, server, WIDE);
  await enter(p, once);
  await p.click('nav >> text=下级单位');
  await p.goto('/tree?period=2024');
  check((await names(p)).join() === '解放街道,雅儒街道,跃进街道', `rows: ${await names(p)}`);
  await p.click('.tree thead a:has-text("登记信访件数")');
  await p.waitForURL(/sort=-petition/);
  check((await names(p))[0] === '跃进街道', `sorted: ${await names(p)}`);
  const bar = await p.locator('.tree tbody tr:first-child .share rect:not(.ground)').first().getAttribute('width');
  check(bar === '100', `the largest has a bar of ${bar}`);
  const shown = (await p.locator('.tree tbody tr:first-child td:nth-child(2) a').innerText()).trim();
  await p.click('.tree tbody tr:first-child td:nth-child(2) a');
  await p.waitForURL(/\/tree\/offices\/450205008\/figures\//);
  check(await p.locator('.table tbody tr').count() === Number(shown), 'as many records as the figure says');
  check(!(await p.locator('.table tbody a').count()), 'a record opens from the district');
  await p.goto('/tree?period=2024&f=petition.registered&f=hotline_order.received');
  check(await p.locator('.tree thead th').count() === 3, 'the figures chosen by hand');
  await p.goto('/parameters/training_hours');
  await p.fill('[name=value]', '80');
  await p.fill('[name=cite]', '柳北区执法培训实施方案');
  await p.click('main form button[type=submit]');
  contains(await text(p), '柳北区和全部下级单位', 'the page that asks once more');
  await p.click('main form button[type=submit]');
  contains(await text(p), '80学时', 'what was set');
  await issue(p, server.data);
  check(!p.faults.length, 'faults in the browser: ' + p.faults.join('; '));
  const phone = await open(browser, server, PHONE);
  await phone.goto('/sign-in?office=450205');
  await phone.fill('#name', 'quju');
  await phone.fill('#password', NEW_PASSWORD);
  await phone.click('form[action="/sign-in"] button[type=submit]');
  await phone.waitForLoadState();
  for (const path of ['/tree?period=2024', '/tree/reports?year=2023', '/tree/offices/450205008/figures/petition.registered?period=2024', '/parameters', '/parameters/training_hours',
    '/definitions', '/definitions/issued', '/definitions/issued/450205/1', '/definitions/issue', '/definitions/withdraw']) {
    const answer = await phone.goto(path);
    check(answer.status() === 200, `${path}: ${answer.status()}`);
    check(!(await overflows(phone)), `${path} is wider than the phone`);
  }
  check(!phone.faults.length, 'faults on the phone: ' + phone.faults.join('; '));
  await p.context().close();
  await phone.context().close();
  contains(must('replay', '--office', '450205', '--data', server.data), '一致：', 'replay of the district');
  await server.stop();
});
