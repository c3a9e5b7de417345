// Pictures of the main pages at both widths, into build/pictures.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PHONE, ROOT, WIDE, launch, open, serve, signIn } from './harness.mjs';
import { MAIN_PAGES } from './pages.mjs';

const folder = join(ROOT, 'build', 'pictures');
mkdirSync(folder, { recursive: true });
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
await browser.close();
await server.stop();
console.log(`Pictures are in ${folder}`);
