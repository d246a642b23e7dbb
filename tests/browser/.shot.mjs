import { chromium } from 'playwright-core';
const [,, out, ...urls] = process.argv;
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const theme = process.env.THEME ?? 'light';
const c = await b.newContext({ viewport: { width: +(process.env.W ?? 1280), height: +(process.env.H ?? 800) }, colorScheme: theme });
const p = await c.newPage();
p.on('console', m => { if (['error','warning'].includes(m.type())) console.log('console', m.text()) });
p.on('pageerror', e => console.log('pageerror', e.message));
await p.goto((process.env.BASE ?? 'http://localhost:5199') + '/sign-in');
await p.waitForTimeout(400);
if (await p.locator('input[name=username]').count()) {
await p.fill('input[name=username]', process.env.WHO ?? 'investigator');
await p.fill('input[name=password]', process.env.PW ?? 'x');
await p.click('button.primary');
await p.waitForTimeout(600); }
let i = 0;
for (const u of urls) {
  if (u.startsWith('click:')) { await p.locator(u.slice(6)).first().click(); }
  else if (u.startsWith('press:')) { await p.keyboard.press(u.slice(6)); }
  else await p.goto((process.env.BASE ?? 'http://localhost:5199') + u);
  await p.waitForTimeout(1100);
  await p.screenshot({ path: `${out}-${i++}.png` });
}
await b.close();
