import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { parse, stringify } from 'yaml';
import { freePort } from '../../src/local/ports.ts';
import { answered, create, untilPhase, watched } from '../e2e/acts.ts';
import { readable } from '../support/fake-slack.ts';
import { type Keycloak, startKeycloak } from '../support/keycloak.ts';
import { APPROVAL_CHANNEL, CHANNEL, openPurser } from '../support/purser.ts';
import { createSignInRealm, type SignInRealm } from '../support/sign-in-realm.ts';
import { chromiumPath } from '../support/stack.ts';
import { BROWSER_FLAGS, picturesDirectory } from './pictures.ts';

const PATIENCE_MS = 60_000;

const purser = await watched(openPurser({ manifests: signInForPreviews }));

describe('an approval that takes a sign-in', () => {
  let keycloak: Keycloak;
  let realm: SignInRealm;
  let browser: Browser;
  let pictures: string;

  before(
    async () => {
      const port = await freePort();
      const publicUrl = `http://localhost:${port}`;
      [keycloak, browser, pictures] = await Promise.all([
        startKeycloak(),
        chromium.launch({ executablePath: chromiumPath(), args: BROWSER_FLAGS }),
        picturesDirectory(),
      ]);
      realm = await createSignInRealm(keycloak, publicUrl);
      for (const name of ['noor', 'lee', 'sam']) await realm.addPerson(name, `${name}@example.test`);
      await Promise.all([
        purser.startBot({
          PORT: `${port}`,
          PURSER_URL: publicUrl,
          OIDC_ISSUER: realm.config.issuer,
          OIDC_CLIENT_ID: realm.config.clientId,
          OIDC_CLIENT_SECRET: realm.config.clientSecret,
        }),
        purser.startWorker(),
      ]);
    },
    { timeout: 600_000 },
  );
  after(async () => {
    await browser?.close();
    await keycloak?.stop();
  });

  test('is cast by nobody else, and by the right person only once they have signed in', async () => {
    const name = purser.newName();
    await create(purser, `preview ${name} image=docker.io/library/httpd:2.4`);
    await untilPhase(purser, name, 'awaiting-approval');

    const address = await pressApprove(name);
    const stranger = await signIn(address, 'lee');
    await stranger
      .getByText('You signed in as Lee Sample (team lead), and only Noor Sample (FinOps) can do this.')
      .waitFor();
    await stranger.screenshot({ path: join(pictures, 'sign-in-refused.png') });
    assert.equal((await purser.state(name)).phase, 'awaiting-approval');

    const page = await signIn(address, 'noor');
    await page.getByText(`Your approval of “${name}” is recorded.`).waitFor();
    await page.screenshot({ path: join(pictures, 'sign-in-done.png') });

    const { approval } = await untilPhase(purser, name, 'ready');
    assert.deepEqual(approval.decision?.by, ['noor']);
    assert.equal(approval.votes[0]?.signedIn?.issuer, realm.config.issuer);
    const rows = await purser.auditRows();
    assert.deepEqual(
      rows.filter(({ action }) => action === 'sign-in').map(({ actor, outcome }) => `${actor} ${outcome}`),
      ['lee refused', 'noor allowed'],
    );
  });

  test('tells whose a chat account is, with no administrator', async () => {
    const { slack } = purser;
    const prompt = await answered(purser, 'U0SAM', () => slack.command('U0SAM', CHANNEL, 'list'));
    const answer = await answered(purser, 'U0SAM', () => slack.click('U0SAM', prompt, 'link.request'));

    const page = await signIn(addressIn(answer), 'sam');
    await page.getByText('This chat account is linked to you, Sam Sample').waitFor();

    await slack.until(() =>
      slack.directMessages('U0SAM').some((message) => readable(message).includes('linked')),
    );
    const list = await answered(purser, 'U0SAM', () => slack.command('U0SAM', CHANNEL, 'list'));
    assert.doesNotMatch(readable(list), /have not met/);
    assert.deepEqual(
      slack.messagesIn(APPROVAL_CHANNEL).filter((message) => /Link a chat/.test(readable(message))),
      [],
    );
  });

  /** What Noor reads in private then. */
  async function pressApprove(name: string): Promise<string> {
    const { slack } = purser;
    const card = await slack.until(() =>
      slack.messagesIn(APPROVAL_CHANNEL).find((message) => readable(message).includes(name)),
    );
    const answer = await answered(purser, 'U0NOOR', () => slack.click('U0NOOR', card, 'environment.approve'));
    assert.match(readable(answer), /One more step: sign in, to approve/);
    return addressIn(answer);
  }

  /** In a browser of their own. */
  async function signIn(address: string, username: string): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 420, height: 760 } })).newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(address);
    await page.screenshot({ path: join(pictures, 'sign-in-first.png') });
    await page.getByRole('button', { name: 'Sign in and go on' }).click();
    await page.getByLabel('Username or email').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(username);
    await page.getByRole('button', { name: 'Sign In' }).click();
    return page;
  }
});

function addressIn(answer: unknown): string {
  const address = /http:\/\/localhost:\d+\/sign-in\?id=[\w-]+/.exec(JSON.stringify(answer))?.[0];
  assert.ok(address !== undefined);
  return address;
}

async function signInForPreviews(directory: string): Promise<void> {
  const path = join(directory, 'templates/preview/template.yaml');
  const template = parse(await readFile(path, 'utf8'));
  template.approval = [{ by: { people: ['noor'] }, timeout: '4h', signIn: true }];
  await writeFile(path, stringify(template));
}
