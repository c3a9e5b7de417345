// Pictures of the main pages at both widths, into build/pictures; those of the READMEs, into docs/pictures.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PHONE, ROOT, WIDE, launch, open, serve, signIn } from './harness.mjs';
import { MAIN_PAGES } from './pages.mjs';

// What the READMEs show: name, whose session, page, window, and what is opened or looked at.
const README = [
  ['workbench', 'panwenbin', '/', WIDE],
  ['record', 'panwenbin', '/r/petition/1010', WIDE, 'main details summary'],
  ['report', 'tanjingwen', '/reports/annual/2024', WIDE],
  ['figure', 'tanjingwen', '/figures/leader_duty.sessions?period=2024', WIDE],
  ['procedure', 'panwenbin', '/definitions/petition', WIDE],
  ['phone', 'liaoguizhen', '/', PHONE],
];

const folder = join(ROOT, 'build', 'pictures');
const shown = join(ROOT, 'docs', 'pictures');
for (const one of [folder, shown]) mkdirSync(one, { recursive: true });
const browser = await launch();
const server = await serve();
for (const [width, viewport] of [[1440, WIDE], [390, PHONE]]) {
  const page = await open(browser, server, viewport);
  await page.goto('/sign-in');
  await page.screenshot({ path: join(folder, `sign-in-${width}.png`), fullPage: true });
  await signIn(page, 'tanjingwen');
  for (const path of MAIN_PAGES) {
    const answer = await page.goto(path);
    if (answer.status() !== 200) continue;
    const name = path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'workbench';
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  }
  await page.context().close();
}
for (const [name, account, path, viewport, opened] of README) {
  const page = await open(browser, server, viewport);
  await signIn(page, account);
  await page.goto(path);
  if (opened) await page.locator(opened).first().click();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(shown, `${name}.png`) });
  await page.context().close();
}
await browser.close();
await server.stop();
console.log(`Pictures are in ${folder} and ${shown}`);
