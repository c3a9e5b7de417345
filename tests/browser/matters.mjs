// A petition through its deadlines, and a mediation from application to agreement, with the refusals on the way.
import { check, contains, signIn, test, text } from './harness.mjs';
import { act, create, done } from './gate.mjs';

const PETITION = {
  subject: '小区外墙渗水长期无人维修', received_on: '2026-11-16', channel: '走访', origin: '直接提出', category: '申诉求决类',
  topic: '物业管理', petitioner: '覃某甲', phone: '10012345678', demand: '请求协调物业公司修缮外墙，并公开维修资金使用情况。',
};
const ACCEPTED = {
  noticed_on: '2026-11-18', notice_method: '直接送达', department: '社区治理办公室', handler: '杨美群', recused: '是',
  path: '调查核实，出具信访处理意见书',
};

test('a petition: acceptance within 15 days, answer within 60, extension by 30, refusals with their article', async ({ page, server }) => {
  const clerk = await page();
  await signIn(clerk, 'panwenbin');
  await create(clerk, 'petition', PETITION);
  await done(clerk, 'registering');
  const address = new URL(clerk.url()).pathname;
  let shown = await text(clerk);
  for (const part of ['受理告知期限', '2026-12-01', '信访工作条例 第二十三条']) contains(shown, part, 'the deadline of acceptance');
  check(!shown.includes('覃某甲') && !shown.includes('10012345678'), 'the petitioner is not masked');

  await act(clerk, '受理并书面告知', { ...ACCEPTED, path: '诉讼、仲裁、行政复议等法定程序' });
  shown = await text(clerk);
  contains(shown, '应当通过诉讼、仲裁、行政复议等法定途径解决', 'the refusal to accept');
  contains(shown, '信访工作条例 第二十二条第二款', 'its article');
  await clerk.goto(address);
  await act(clerk, '受理并书面告知', ACCEPTED);
  await done(clerk, 'accepting');
  shown = await text(clerk);
  contains(shown, '2027-01-17', 'the deadline of the answer, 60 days');
  contains(shown, '信访工作条例 第三十四条', 'its article');

  const leader = await page();
  await signIn(leader, 'chenkaihui');
  await leader.goto(address);
  await act(leader, '批准延长办理期限', { extended_on: '2026-11-24', extend_reason: '需要委托检测机构鉴定', extend_told_on: '2026-11-24' });
  await done(leader, 'extending');
  contains(await text(leader), '2027-02-16', 'the deadline extended by 30 days');

  await clerk.goto(address);
  const answer = {
    answered_on: '2026-11-24', investigation: '现场勘查，外墙保温层开裂', opinion: '请求事实清楚、符合规定，予以支持',
    opinion_basis: '《物业管理条例》第五十五条', served_on: '2026-11-24', serve_method: '直接送达',
  };
  await act(clerk, '书面答复', answer);
  shown = await text(clerk);
  contains(shown, '没有告知30日内可以请求复查', 'the refusal of an answer without number');
  contains(shown, '第三十五条', 'its article');
  await clerk.goto(address);
  await act(clerk, '书面答复', { ...answer, opinion_no: '跃信答〔2026〕9号', review_told: '是' });
  await done(clerk, 'answering');
  contains(await text(clerk), '已答复', 'the stage');
  contains(await text(clerk), '全过程记录', 'the record of all acts');

  await act(clerk, '查看隐私信息', { reason: '核对送达地址' });
  contains(await text(clerk), '覃某甲', 'the petitioner after viewing with a reason');
  contains(server.replay(), '一致：', 'replay');
});

test('a mediation: refused without consent, through to an agreement, which is not yet performance', async ({ page, server }) => {
  const mediator = await page();
  await signIn(mediator, 'liaoguizhen');
  await create(mediator, 'mediation', {
    subject: '空调外机滴水邻里纠纷', registered_on: '2026-11-19', body: '街道人民调解委员会', origin: '依申请调解', kind: '邻里纠纷',
    party_a: '韦某', party_b: '吴某', facts: '楼上空调冷凝水滴落阳台', claims: '改装排水管并清洗雨棚', amount: '800',
  });
  await done(mediator, 'registering');
  const address = new URL(mediator.url()).pathname;
  const accepted = { accepted_on: '2026-11-20', consent_a: '同意', mediator: '廖桂珍' };
  await act(mediator, '征询意愿并受理', { ...accepted, consent_b: '明确拒绝' });
  let shown = await text(mediator);
  contains(shown, '当事人一方明确拒绝调解，不得调解', 'the refusal');
  contains(shown, '人民调解法 第十七条', 'its article');
  await mediator.goto(address);
  await act(mediator, '征询意愿并受理', { ...accepted, consent_b: '同意' });
  await done(mediator, 'accepting');
  contains(await text(mediator), '人民调解工作若干规定 第三十三条', 'the deadline of one month');
  await act(mediator, '告知权利义务，开始调解', { rights_told_on: '2026-11-20', risk: '无' });
  await done(mediator, 'beginning');
  const agreement = {
    mediated_on: '2026-11-23', record: '双方到场，分别陈述', result: '达成书面协议', agreed_on: '2026-11-23',
    agreement: '乙方七日内加装排水管，清洗费各半',
  };
  await act(mediator, '达成调解协议', agreement);
  contains(await text(mediator), '书面调解协议没有编号', 'the refusal of an agreement without number');
  await mediator.goto(address);
  await act(mediator, '达成调解协议', { ...agreement, agreement_no: '跃人调协〔2026〕31号' });
  await done(mediator, 'agreeing');
  shown = await text(mediator);
  contains(shown, '已达成协议', 'the stage');
  contains(shown, '2026-12-23', 'the deadline to apply for confirmation');
  const row = server.list('mediation', "subject = '空调外机滴水邻里纠纷'")[0];
  check(row.result === '达成书面协议' && !row.performance && !row.confirmation, 'settled was taken for performed');
  contains(server.replay(), '一致：', 'replay');
});
