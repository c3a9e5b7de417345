// The pages themselves: sign-in, workbench, lists, report and figures; at both widths, and their accessibility.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PASSWORD, PHONE, WIDE, check, contains, signIn, test, text } from './harness.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const MAIN_PAGES = ['/', '/r/leader_duty', '/r/petition', '/r/petition/new', '/r/decision', '/reports',
  '/reports/annual/2024', '/figures', '/import', '/definitions', '/definitions/petition', '/calculator', '/figures/leader_duty.sessions?period=2024', '/reports/check', '/account', '/search?q=审核'];

test('sign-in: wrong password, then lock-out after five', async ({ page }) => {
  const p = await page();
  for (let i = 0; i < 5; i++) {
    await signIn(p, 'shiyutong', 'Wrong-Pass-1');
    check(new URL(p.url()).pathname === '/sign-in', 'signed in with a wrong password');
    check(await p.locator('[role=alert]').count() === 1, 'nothing is said');
  }
  await signIn(p, 'shiyutong', PASSWORD);
  contains(await p.locator('[role=alert]').innerText(), '锁定', 'the right password of a locked account');
  await signIn(p, 'peixinyi');
  contains(await text(p), '裴欣怡', 'the workbench of another account');
});

test('the workbench: deadlines with their article, overdue ones first', async ({ page }) => {
  const p = await page();
  await signIn(p, 'fangzhiming');
  contains(await text(p), '期限', 'the workbench');
  const badges = await p.locator('#due .due-row .badge').evaluateAll((all) => all.map((one) => one.className));
  check(badges.length > 0, 'no deadlines on the workbench');
  const firstNotLate = badges.findIndex((name) => !name.includes('late'));
  check(firstNotLate < 0 || badges.slice(firstNotLate).every((name) => !name.includes('late')), 'overdue deadlines stand behind others');
});

test('a list: search, sorting and export live in the address', async ({ page }) => {
  const p = await page();
  await signIn(p, 'fangzhiming');
  await p.goto('/r/leader_duty?q=督办');
  const found = await p.locator('tbody tr').count();
  check(found > 0, 'nothing found');
  await p.goto('/r/leader_duty');
  check(await p.locator('tbody tr').count() > found, 'the search finds everything');
  await p.locator('thead a', { hasText: '日期' }).first().click();
  await p.waitForURL(/sort=/);
  const [download] = await Promise.all([p.waitForEvent('download'), p.locator('a', { hasText: '导出 CSV' }).click()]);
  contains(readFileSync(await download.path(), 'utf8'), '四个亲自', 'the CSV');
});

test('no link of the main pages leads nowhere', async ({ page }) => {
  const p = await page();
  await signIn(p, 'tanjingwen');
  const seen = new Set();
  for (const path of MAIN_PAGES) {
    await p.goto(path);
    const links = await p.locator('a[href^="/"]').evaluateAll((all) => all.map((one) => one.getAttribute('href').split('#')[0]));
    // Of addresses that differ only in their numbers or queries, one will do.
    for (const link of links) seen.add(link);
  }
  const kinds = new Map();
  for (const link of seen) kinds.set(link.replace(/\?.*/, '?').replace(/\d+/g, '0').replace(/^\/r\/[a-z_]+/, '/r/x'), link);
  const lost = [];
  for (const link of kinds.values()) {
    const answer = await p.request.get(link);
    if (answer.status() >= 400) lost.push(`${link} answers ${answer.status()}`);
  }
  check(!lost.length, lost.join('; '));
});

test('the report: every figure opens its meaning and its records', async ({ page }) => {
  const p = await page();
  await signIn(p, 'tanjingwen');
  await p.goto('/reports/annual/2024');
  const link = p.locator('main a[href*="/figures/leader_duty.sessions"]').first();
  contains(await link.innerText(), '16', 'the figure in the text');
  await link.click();
  await p.waitForLoadState('load');
  const shown = await text(p);
  for (const part of ['16', '口径', '算式']) contains(shown, part, 'the figure\'s page');
  const behind = p.locator('main table').last().locator('tbody');
  check(await behind.locator('tr').count() === 16, 'the records behind it are not 16');
  await behind.locator('a').first().click();
  await p.waitForLoadState('load');
  contains(await text(p), '全过程记录', 'a record behind the figure');
});

test('nothing overflows a phone, and no script from elsewhere is asked for', async ({ page }) => {
  const p = await page(PHONE);
  await signIn(p, 'tanjingwen');
  for (const path of MAIN_PAGES) {
    const answer = await p.goto(path);
    if (answer.status() === 403) continue;
    check(answer.status() === 200, `${path} answers ${answer.status()}`);
    const wide = await p.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(wide <= 0, `${path} is ${wide} px too wide`);
  }
});

for (const [name, viewport] of [['1440', WIDE], ['390', PHONE]]) {
  test(`axe finds nothing serious on the main pages at ${name}`, async ({ page }) => {
    const p = await page(viewport);
    await p.goto('/sign-in');
    const bad = [];
    const look = async (path) => {
      await p.evaluate(AXE);
      const result = await p.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
      for (const v of result.violations) {
        if (v.impact === 'serious' || v.impact === 'critical') bad.push(`${path}: ${v.id} at ${v.nodes.slice(0, 2).map((n) => n.target.join(' ')).join(', ')}`);
      }
    };
    await look('/sign-in');
    await signIn(p, 'tanjingwen');
    for (const path of MAIN_PAGES) {
      const answer = await p.goto(path);
      if (answer.status() === 200) await look(path);
    }
    check(!bad.length, bad.join('; '));
  });
}
