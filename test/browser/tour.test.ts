import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { freePort } from '../../src/local/ports.ts';
import { chromiumPath, purserHome } from '../support/stack.ts';
import { BROWSER_FLAGS, picturesDirectory } from './pictures.ts';
import { type SlackPage, slackPage } from './slack-page.ts';

const [KIM, NOOR, RAVI, SAM] = ['U0KIM', 'U0NOOR', 'U0RAVI', 'U0SAM'] as const;
const APPROVALS = 'C0APPROVAL';
const PATIENCE_MS = 60_000;

let started: { url: string; stop(): Promise<void> };
let browser: Browser;
let slack: SlackPage;

before(
  async () => {
    started = await npmStart();
    browser = await chromium.launch({ executablePath: chromiumPath(), args: BROWSER_FLAGS });
    const page = await browser.newPage({ viewport: { width: 1180, height: 940 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(started.url);
    slack = slackPage(page, await picturesDirectory());
  },
  { timeout: 180_000 },
);
after(async () => {
  await browser?.close();
  await started?.stop();
});

test('an environment is requested, approved by somebody else, used and deleted; a late click gets a note', async () => {
  await slack.actAs(KIM);
  await slack.open('general');
  await slack.say('/env');
  await slack.message('/env explain').waitFor();
  await slack.picture('01-help');

  await slack.say('/env create');
  await slack.field('Size').waitFor();
  await slack.picture('02-form', slack.modal);
  await slack.field('Template').selectOption('preview');
  await slack.submit();
  await slack.field('Image').waitFor();
  await slack.submit();
  await slack.modal.getByText('Please fill in Image.').waitFor();
  await slack.picture('03-field-error', slack.modal);
  await slack.field('Template').selectOption('dev');
  await slack.submit();
  await slack.field('Size').selectOption('l');
  await slack.field('Name').fill('pr-42');
  await slack.submit();
  await slack.modal.getByText('Size l is approved by team FinOps').waitFor();
  await slack.picture('04-form-with-approval', slack.modal);
  await slack.submit();
  await slack.modal.waitFor({ state: 'detached' });
  const card = slack.message('Developer environment for team Shop');
  await card.getByText('pr-42 waits for approval').waitFor();
  await slack.picture('05-waiting', card);

  await slack.actAs(NOOR);
  await slack.open('approvals');
  const request = slack.message('Environment pr-42');
  await slack.picture('06-approval', request);
  const drawn = await approveButton();
  await slack.button(request, 'Approve').click();
  await request.getByText('Approved: Environment pr-42').waitFor();
  assert.equal(await request.getByRole('button', { name: 'Approve' }).count(), 0);
  await slack.picture('07-approved', request);
  await clickAnyway(drawn, RAVI);
  await slack.actAs(RAVI);
  const note = slack.message('“pr-42” was already approved by Noor Sample');
  await note.getByText('only visible to you').waitFor();
  await slack.picture('08-late-click', note);

  await slack.actAs(KIM);
  await slack.open('general');
  await card.getByText('Building pr-42').waitFor();
  await slack.picture('09-building', card);
  await card.getByText('pr-42 is ready').waitFor();
  await slack.picture('10-ready', card);
  await slack.button(card, 'Reveal credentials').click();
  await slack.modal.getByText(/^postgres:\/\/app:[0-9a-f]{48}@postgres:5432\/app$/).waitFor();
  await slack.picture('11-credentials', slack.modal);
  await slack.closeModal();

  await slack.button(card, 'Delete…').click();
  const question = slack.message('Delete “pr-42”?');
  await slack.picture('12-delete-question', question);
  await slack.button(question, 'Delete it').click();
  await card.getByText('pr-42 was deleted').waitFor();
  assert.equal(await card.getByRole('button', { name: 'Delete…' }).count(), 0);
  await slack.picture('13-deleted', card);
});

test('an incident is declared as a drill, answered, led, updated, resolved and reviewed', async () => {
  await slack.actAs(KIM);
  await slack.open('general');
  await slack.say('/incident drill sev2 checkout is down');
  await slack.message('#1 is declared').waitFor();
  await slack.open('incidents');
  const announcement = slack.message('checkout is down');
  await announcement.getByText('drill-inc-1-checkout-is-down').waitFor();
  await slack.picture('19-announcement', announcement);

  await slack.actAs(RAVI);
  await slack.open('Ravi Sample');
  const page = slack.message('#1 · SEV2 Major');
  await page.getByText('you are paged').waitFor();
  await slack.picture('20-page', page);
  await slack.button(page, 'Acknowledge').click();
  await page.getByText('Answered: #1').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Acknowledge' }).count(), 0);
  await slack.picture('21-answered', page);

  await slack.open('drill-inc-1');
  const header = slack.message('Communications nobody yet');
  await slack.button(header, 'Claim: Lead').click();
  await header.getByText('Lead @Ravi Sample (administrator)').waitFor();
  await slack.button(header, 'Update…').click();
  await slack.field('What is new?').fill('Rolling back 1.42.');
  await slack.picture('22-update-form', slack.modal);
  await slack.submit();
  await slack.modal.waitFor({ state: 'detached' });
  await header.getByText('Rolling back 1.42. (@Ravi Sample').waitFor();
  await slack.say('/incident severity sev3 only one region');
  await header.getByText('SEV3 Minor').waitFor();
  await slack.picture('23-header', header);

  await slack.say('/incident resolve cause="a bad release" fix="rolled back"');
  await slack.message('Review of #1').waitFor();
  await slack.picture('24-review', slack.message('Review of #1'));
  await header.getByText('resolved').first().waitFor();
  await slack.say('/incident stats');
  await slack.message('Incidents of the last 30 days').waitFor();
  await slack.say('/incident list all');
  await slack.message('#1 checkout is down').getByText('only visible to you').waitFor();
  await slack.picture('25-room');
});

test('somebody unknown asks to be linked, and an administrator decides who they are', async () => {
  await slack.actAs(SAM);
  await slack.open('general');
  await slack.say('/env');
  const stranger = slack.message('We have not met');
  await slack.picture('14-unknown', stranger);
  await slack.button(stranger, 'Ask to be linked').click();
  await slack.message('The administrators have been asked').waitFor();

  await slack.actAs(RAVI);
  await slack.open('approvals');
  const request = slack.message('Link a chat account');
  await slack.picture('15-link-request', request);
  await slack.button(request, 'Choose the person…').click();
  await slack.modal.waitFor();
  await slack.picture('16-link-form', slack.modal);
  await slack.submit();
  await request.getByText('Linked to').waitFor();
  await slack.picture('17-linked', request);

  await slack.actAs(SAM);
  await slack.open('general');
  await slack.say('/env list mine');
  await slack.message('/env create').getByText('only visible to you').waitFor();
  await slack.picture('18-sam-is-known');
});

/** As a newcomer starts it, with the tools there already. */
async function npmStart(): Promise<{ url: string; stop(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'purser-browser-'));
  await symlink(join(purserHome(), 'bin'), join(home, 'bin'));
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PURSER_HOME: home, PORT: `${await freePort()}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      written += chunk;
      const found = written.match(/Slack +(http:\S+)/)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`npm start ended: ${written}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGINT');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface DrawnButton {
  messageTs: string;
  action: { type: string; action_id: string; value: string };
}

/** The button as it stands on the approval card now. */
async function approveButton(): Promise<DrawnButton> {
  const response = await fetch(`${started.url}/_control/messages/${APPROVALS}`);
  const { messages } = (await response.json()) as {
    messages: { ts: string; blocks: { elements?: DrawnButton['action'][] }[] }[];
  };
  for (const { ts, blocks } of messages) {
    const action = blocks
      .flatMap(({ elements }) => elements ?? [])
      .find(({ action_id }) => action_id === 'environment.approve');
    if (action !== undefined) return { messageTs: ts, action };
  }
  throw new Error('there is no button to approve with');
}

/** As somebody whose page has not heard of the decision yet. */
async function clickAnyway({ messageTs, action }: DrawnButton, user: string): Promise<void> {
  const response = await fetch(`${started.url}/_control/interact`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: APPROVALS, messageTs, user, action }),
  });
  assert.equal(response.ok, true, await response.text());
}
