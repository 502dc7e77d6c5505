import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../src/local/ports.ts';
import { eventually } from '../support/eventually.ts';
import { type Purser, startPurser, temporaryHome } from './npm-start.ts';

const PATIENCE_MS = 90_000;
const [GENERAL, APPROVALS] = ['C0GENERAL', 'C0APPROVAL'];

interface Button {
  type: string;
  action_id: string;
  value: string;
}

interface Message {
  ts: string;
  text: string;
  blocks: { elements?: Button[] }[];
}

describe('npm start, interrupted', () => {
  let home: string;
  let running: Purser;
  let slack: string;
  before(async () => {
    home = await temporaryHome();
  });
  after(async () => {
    running?.child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  });

  it('goes on where it was: one is finished, the other can still be approved', {
    timeout: 240_000,
  }, async () => {
    await start();
    await say('/env', 'create dev waiting size=l');
    await until(APPROVALS, 'waiting');
    await say('/env', 'create dev going');
    await until(GENERAL, 'Building going');
    const before = await messages(GENERAL);
    running.child.kill('SIGINT');
    assert.equal(await running.exited, 0);
    assert.ok(!before.some((message) => shows(message, 'going is ready')), 'it was ready before Ctrl-C');

    await start();
    await until(GENERAL, 'going is ready');
    await until(GENERAL, 'waiting waits for approval');
    const request = await until(APPROVALS, 'waiting');
    await approve(request);
    await until(GENERAL, 'waiting is ready');
    const cards = (await messages(GENERAL)).filter((message) => /^\S+ (going|waiting)/.test(message.text));
    assert.equal(cards.length, 2);
    running.child.kill('SIGINT');
    assert.equal(await running.exited, 0);
  });

  async function start(): Promise<void> {
    running = startPurser({ PURSER_HOME: home, PORT: String(await freePort()) });
    await running.says('Ctrl-C stops everything');
    slack = running.output().match(/Slack +(http:\S+)/)?.[1] ?? '';
  }

  async function say(command: string, text: string): Promise<void> {
    await control('command', { channel: GENERAL, user: 'U0KIM', command, text });
  }

  async function approve({ ts, blocks }: Message): Promise<void> {
    const action = blocks
      .flatMap(({ elements }) => elements ?? [])
      .find(({ action_id }) => action_id === 'environment.approve');
    assert.ok(action, 'there is no button to approve with');
    await control('interact', { channel: APPROVALS, messageTs: ts, user: 'U0NOOR', action });
  }

  async function control(what: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${slack}/_control/${what}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    assert.equal(response.ok, true, await response.text());
  }

  async function messages(channel: string | undefined): Promise<Message[]> {
    const response = await fetch(`${slack}/_control/messages/${channel}`);
    return ((await response.json()) as { messages: Message[] }).messages;
  }

  async function until(channel: string | undefined, text: string): Promise<Message> {
    return await eventually(
      async () => (await messages(channel)).find((message) => shows(message, text)) ?? false,
      PATIENCE_MS,
    );
  }
});

function shows(message: Message, text: string): boolean {
  return JSON.stringify(message).includes(text);
}
