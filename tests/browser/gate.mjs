// 未经法制审核不提交会议讨论, from proposing a decision to its place on the agenda, by the people whose work it is.
import { check, contains, fill, signIn, test, text } from './harness.mjs';

export async function submit(page, label) {
  await Promise.all([page.waitForLoadState('load'), page.click(`main form.form button[type=submit]${label ? `:has-text("${label}")` : ''}`)]);
  await page.waitForLoadState('load');
}

// Opens the form of an act by its label on the record's page, fills and submits it.
export async function act(page, label, values) {
  await page.locator('.page-head .buttons a', { hasText: label }).first().click();
  await page.waitForLoadState('load');
  await fill(page, values);
  await submit(page);
}

export async function create(page, register, values) {
  await page.goto(`/r/${register}/new`);
  await fill(page, values);
  await submit(page);
}

export async function done(page, what) {
  const shown = await text(page);
  contains(shown, '已办理', what);
  return (await page.locator('.record-line').innerText()).split(/[\s　]/)[0];
}

test('the gate on the agenda: refused with article and remedy, and open after the review', async ({ page, server }) => {
  const clerk = await page();
  await signIn(clerk, 'luoshiqi');
  await create(clerk, 'decision', {
    title: '采购社区应急照明设备', kind: '“三重一大”', important_type: '大额资金使用', amount: '120000', basis: '年度预算已批复',
    proposer_type: '所属部门或者下一级提出', proposer: '平安法治办公室', affects_public: '否', technical: '否',
    stability_risk: '否', affects_market: '否',
  });
  const decision = await done(clerk, 'proposing the decision');
  await create(clerk, 'meeting', { name: '党工委会议（页面测试）', kind: '党工委会议', planned_on: '2026-11-27', noticed_on: '2026-11-23' });
  const meeting = await done(clerk, 'planning the meeting');

  const item = { meeting, subject: '应急照明设备采购', kind: '“三重一大”事项', listed_on: '2026-11-24', decision };
  await create(clerk, 'agenda_item', item);
  const refused = await text(clerk);
  contains(refused, '未经法制审核不提交会议讨论', 'the refusal');
  contains(refused, '重大行政决策程序暂行条例 第二十五条', 'its article');
  contains(refused, '送法制审核', 'what would satisfy it');
  check(await clerk.inputValue('#f-subject') === '应急照明设备采购', 'what was typed is lost');
  check(!server.list('agenda_item', "subject = '应急照明设备采购'").length, 'a refused item is there');

  await create(clerk, 'legal_review', {
    subject: '应急照明设备采购合法性审查', object_type: '重大行政决策', decision, department: '平安法治办公室',
    submitted_on: '2026-11-03', materials: '草案、依据清单、履行程序说明',
  });
  await done(clerk, 'sending it to the review');
  const review = new URL(clerk.url()).pathname;

  const reviewer = await page();
  await signIn(reviewer, 'caijianfei');
  await reviewer.goto(review);
  await act(reviewer, '收件核齐', { complete_on: '2026-11-03' });
  await done(reviewer, 'receiving');
  await act(reviewer, '出具审核意见', {
    issued_on: '2026-11-20', conclusion: '合法（通过）', reviewer: '蔡建飞', points: '权限、程序、内容逐项审核',
    opinion: '合法，可以提交讨论', lawyer_kind: '公职律师', lawyer: '赖婉清',
  });
  await done(reviewer, 'concluding');

  await create(clerk, 'agenda_item', item);
  await done(clerk, 'listing the item');
  check(server.list('agenda_item', "subject = '应急照明设备采购'").length === 1, 'the item is not there');
  contains(server.replay(), '一致：', 'replay');
});
