// The import page, and the viewer of definitions.
import { check, contains, signIn, test, text } from './harness.mjs';

const HEADER = '日期,职务,姓名,四个亲自,事项类型,形式,主题,议定事项,佐证材料,来源平台,来源编号\n';
const GOOD = HEADER + '2026-10-12,党工委书记,方志明,亲自部署,法治工作部署,专题会,页面导入一,分三组自查,会议通知,页面测试,W-1\n'
  + '2026-10-13,办事处主任,梅玉蓉,亲自过问,信访,接访,页面导入二,十日内答复,接访记录,页面测试,W-2\n';

async function upload(page, name, content) {
  await page.goto('/import/leader_duty');
  await page.locator('main input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
  await page.locator('main form:has(input[type=file]) button[type=submit]').first().click();
  await page.waitForLoadState('load');
}

// After the trial the page offers the import itself.
async function confirm(page) {
  const button = page.locator('main form button[type=submit]', { hasText: /^\s*(确认|正式)?导入/ }).first();
  await button.click();
  await page.waitForLoadState('load');
}

test('the import page: a faulty cell is shown and nothing enters; the mended sheet does', async ({ page, server }) => {
  const p = await page();
  await signIn(p, 'tanjingwen');
  const count = () => server.list('leader_duty', "subject starts with '页面导入'").length;
  await upload(p, 'duty.csv', GOOD.replace('办事处主任', '副主任'));
  const shown = await text(p);
  for (const part of ['副主任', '职务', '3']) contains(shown, part, 'the fault');
  check(count() === 0, 'a faulty sheet was written');
  await upload(p, 'duty.csv', GOOD);
  check(count() === 0, 'the trial wrote something');
  await confirm(p);
  check(count() === 2, `${count()} records instead of two: ${await text(p)}`);
  contains(server.replay(), '一致：', 'replay');
});

test('the gate holds on the import page', async ({ page, server }) => {
  const p = await page();
  await signIn(p, 'tanjingwen');
  const meeting = server.list('meeting')[0].number;
  const decision = server.list('decision', "not exists(legal_review where decision = self and conclusion in (lawful, risk_stated))")[0];
  check(decision, 'the demonstration office has no unreviewed decision');
  await p.goto('/import/agenda_item');
  const sheet = `会议,议题,议题类别,列入日期,决策事项\n${meeting},页面导入议题,“三重一大”事项,2026-11-24,${decision.number}\n`;
  await p.locator('main input[type=file]').setInputFiles({ name: 'agenda.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet) });
  await p.locator('main form:has(input[type=file]) button[type=submit]').first().click();
  await p.waitForLoadState('load');
  const shown = await text(p);
  contains(shown, '未经法制审核不提交会议讨论', 'the refusal');
  contains(shown, '重大行政决策程序暂行条例 第二十五条', 'its article');
  check(!server.list('agenda_item', "subject = '页面导入议题'").length, 'it was written');
});

test('the definitions viewer draws each procedure and names its articles', async ({ page }) => {
  const p = await page();
  await signIn(p, 'tanjingwen');
  await p.goto('/definitions');
  contains(await text(p), '信访事项', 'the list of registers');
  await p.goto('/definitions/petition');
  check(await p.locator('main svg').count() > 0, 'no diagram');
  const shown = await text(p);
  for (const part of ['受理并书面告知', '信访工作条例 第二十三条', '15']) contains(shown, part, 'the definition');
});

test('the calculator counts for anyone, without signing in', async ({ page }) => {
  const p = await page();
  const answer = await p.goto('/calculator');
  check(answer.status() === 200 && new URL(p.url()).pathname === '/calculator', 'it wants a sign-in');
});
