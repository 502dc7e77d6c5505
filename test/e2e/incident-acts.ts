import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import { eventually } from '../support/eventually.ts';
import {
  buttonsOf,
  type Delivered,
  type FakeMessage,
  type PrivateMessage,
  readable,
} from '../support/fake-slack.ts';
import type { FieldValue } from '../support/fake-slack-act.ts';
import { ALERTS_TOKEN, CHANNEL, INCIDENTS_CHANNEL, type Purser } from '../support/purser.ts';
import type { PurserProcess } from '../support/purser-process.ts';
import { acknowledged, answered, keyOf } from './acts.ts';

/** What tests of incidents do again and again, and look at. */

const SET_UP_MS = 60_000;
/** Each takes Purser's seconds to be given up. */
const DELIVERY_TRIES = 10;

interface Where {
  user?: string;
  channel?: string;
}

/** `/inc …`; the private answer, as people read it. */
export async function inc(
  purser: Purser,
  text: string,
  { user = 'U0KIM', channel = CHANNEL }: Where = {},
): Promise<string> {
  const answer = await answered(purser, user, () => purser.slack.command(user, channel, text, '/inc'));
  return readable(answer);
}

/** The same, when a busy machine first asks for patience. */
async function incAtLast(
  { slack }: Purser,
  text: string,
  { user = 'U0KIM', channel = CHANNEL }: Where = {},
): Promise<string> {
  const before = slack.privateTo(user).length;
  await acknowledged(() => slack.command(user, channel, text, '/inc'));
  return await slack.until(() =>
    slack
      .privateTo(user)
      .slice(before)
      .map(readable)
      .find((said) => !said.includes('Working on it')),
  );
}

/** `/inc stats` */
export async function figures(purser: Purser, user = 'U0KIM'): Promise<string> {
  return await incAtLast(purser, 'stats', { user });
}

/** `/inc sev2 …`; its number. */
export async function declare(purser: Purser, text: string, where: Where = {}): Promise<number> {
  return numberIn(await incAtLast(purser, text, where));
}

/** The same, by Kim, until people can work on it; where they do. */
export async function declareUsable(
  purser: Purser,
  text: string,
): Promise<{ state: IncidentState; number: number; channel: string }> {
  const state = await untilUsable(purser, await declare(purser, text));
  return { state, number: state.number, channel: roomOf(state).channel };
}

export function numberIn(said: string): number {
  const [, number] = /#(\d+) is declared/.exec(said) ?? [];
  assert.ok(number !== undefined, `nothing was declared: ${said}`);
  return Number(number);
}

/** Until it is so; the state then. */
export async function untilIncident(
  purser: Purser,
  number: number,
  isSo: (state: IncidentState) => boolean,
  timeoutMs = SET_UP_MS,
): Promise<IncidentState> {
  let seen: IncidentState | undefined;
  try {
    return await eventually(async () => {
      seen = await purser.incident(number);
      return isSo(seen) && seen;
    }, timeoutMs);
  } catch (cause) {
    throw new Error(`#${number} is still ${JSON.stringify(seen)}`, { cause });
  }
}

/** Until everything that is set up is there, and the headers say no more about it. */
export async function untilSetUp(
  purser: Purser,
  number: number,
  timeoutMs = SET_UP_MS,
): Promise<IncidentState> {
  const isSetUp = ({ resources }: IncidentState) => resources.every(({ state }) => state === 'done');
  const state = await untilIncident(purser, number, isSetUp, timeoutMs);
  await eventually(() => !/[▫🔄❌]/u.test(headerText(purser, state)));
  await untilRecorded(purser, state);
  return state;
}

/** Until people can work on it: its room has a header, and they are in it. Decoration may still be on its way. */
export async function untilUsable(purser: Purser, number: number): Promise<IncidentState> {
  const state = await untilIncident(purser, number, ({ resources }) =>
    resources.every(({ essential, state }) => !essential || state === 'done'),
  );
  await eventually(() => postsOf(purser, state, 'header:').length > 0);
  await untilRecorded(purser, state);
  return state;
}

/** Until lists have it, and what is typed in its rooms is known to be about it. */
async function untilRecorded({ store }: Purser, { number, rooms }: IncidentState): Promise<void> {
  await eventually(async () => {
    const found = await Promise.all(rooms.map(({ conversation }) => store.incidents.inRoom(conversation)));
    return found.every((one) => one === number) && (await store.incidents.get(number)) !== undefined;
  });
}

/** Where people work on it in Slack. */
export function roomOf({ rooms }: IncidentState): { channel: string; threadTs?: string } {
  const conversation = rooms.find(({ platform }) => platform === 'slack')?.conversation;
  assert.ok(conversation?.platform === 'slack', 'it has no room in Slack');
  return { channel: conversation.channelId, threadTs: conversation.threadTs };
}

/** What was posted in Slack with a key of the incident's, by what the key goes on with. */
export function postsOf(
  { slack }: Purser,
  { requestId }: Pick<IncidentState, 'requestId'>,
  what = '',
): FakeMessage[] {
  return slack.workspace.messages.filter((message) => keyOf(message)?.startsWith(`${requestId}:${what}`));
}

export function headerOf(purser: Purser, state: IncidentState): FakeMessage {
  return onlyOne(postsOf(purser, state, 'header:'), 'header');
}

export function headerText(purser: Purser, state: IncidentState): string {
  return postsOf(purser, state, 'header:').map(readable).join('\n');
}

export function announcementOf(purser: Purser, state: IncidentState): FakeMessage {
  const announced = onlyOne(postsOf(purser, state, 'announcement:'), 'announcement');
  assert.equal(announced.channel, INCIDENTS_CHANNEL);
  return announced;
}

/** The pages of one person, oldest first. */
export function pagesTo(purser: Purser, state: IncidentState, user: string): FakeMessage[] {
  return postsOf(purser, state, 'page:').filter(({ channel }) => channel === `D0${user}`);
}

/** What happened, as its room was told, oldest first. */
export function toldIn(purser: Purser, state: IncidentState): string[] {
  const { channel } = roomOf(state);
  return postsOf(purser, state, 'event:')
    .filter((message) => message.channel === channel)
    .map(readable);
}

/** Until the message shows it, and then the text. */
export async function untilShown(look: () => FakeMessage | string, shown: RegExp): Promise<string> {
  let seen = '';
  try {
    return await eventually(() => {
      const found = look();
      seen = typeof found === 'string' ? found : readable(found);
      return shown.test(seen) && seen;
    });
  } catch (cause) {
    throw new Error(`${shown} is not in:\n${seen}`, { cause });
  }
}

/** Somebody presses the button that says `label`. */
export function press(
  { slack }: Purser,
  user: string,
  message: FakeMessage | PrivateMessage,
  label: string,
): Promise<Delivered> {
  const button = buttonsOf(message).find((candidate) => labelOf(candidate) === label);
  assert.ok(button, `no button says ${label}, only ${labelsOf(message).join(', ')}`);
  const alone = { ...message, blocks: [{ type: 'actions', elements: [button] }] };
  return slack.click(user, alone, `${button.action_id}`);
}

export function labelsOf(message: Pick<FakeMessage, 'blocks'>): string[] {
  return buttonsOf(message).map(labelOf);
}

function labelOf({ text }: ReturnType<typeof buttonsOf>[number]): string {
  return (text as { text: string }).text;
}

/** Presses a button that opens a form, fills it in and sends it off; the private answer, as people read it. */
export async function fillIn(
  purser: Purser,
  user: string,
  message: FakeMessage | PrivateMessage,
  label: string,
  values: Record<string, FieldValue>,
): Promise<string> {
  const open = purser.slack.modalOf(user);
  await press(purser, user, message, label);
  await purser.slack.until(() => purser.slack.modalOf(user) !== open);
  return readable(await answered(purser, user, () => purser.slack.submitView(user, values)));
}

/** `action outcome actor`, in the order written. */
export async function auditOfIncident(purser: Purser, number: number): Promise<string[]> {
  const subject = incidentWorkflowId(number);
  const rows = await purser.auditRows();
  return rows
    .filter((row) => row.subject === subject)
    .map(({ action, outcome, actor }) => `${action} ${outcome} ${actor}`);
}

/** What stands in the store's timeline of its own, oldest first. */
export async function timelineTexts({ store }: Purser, number: number): Promise<string[]> {
  const texts = (await store.incidents.timeline(number)).map(({ text }) => text);
  return texts.filter((text) => !/^#\d+: /.test(text));
}

export interface FiringAlert {
  alertname: string;
  instance?: string;
  severity?: string;
  service?: string;
  status?: 'firing' | 'resolved';
  startsAt?: string;
  endsAt?: string;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
}

/** As Alertmanager posts it; what was answered. */
export async function alert(
  purser: Purser,
  ...alerts: FiringAlert[]
): Promise<{ taken: number; incidents: number[] }> {
  const response = await post(purser, 'alertmanager', { version: '4', alerts: alerts.map(posted) });
  assert.equal(response.status, 200);
  return (await response.json()) as { taken: number; incidents: number[] };
}

/** To the newest bot, again where it was not taken, as senders do. */
async function post(purser: Purser, webhook: string, body: object): Promise<Response> {
  const { url } = botOf(purser);
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(`${url}/webhooks/${webhook}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ALERTS_TOKEN}` },
      body: JSON.stringify(body),
    });
    if (response.status !== 503 || tries === DELIVERY_TRIES) return response;
    await response.body?.cancel();
  }
}

/** An event of PagerDuty's Events API v2, about the stuck mails. */
export async function pagerdutyEvent(
  purser: Purser,
  action: 'trigger' | 'acknowledge' | 'resolve',
  over: object = {},
): Promise<unknown> {
  const event = { routing_key: ALERTS_TOKEN, event_action: action, dedup_key: 'mails', ...over };
  const response = await post(purser, 'pagerduty', event);
  assert.equal(response.status, 202);
  return await response.json();
}

function posted(given: FiringAlert) {
  const { alertname, instance = 'a', severity = 'critical', service = 'shop', labels, annotations } = given;
  const { status = 'firing', startsAt = new Date().toISOString(), endsAt = '0001-01-01T00:00:00Z' } = given;
  return {
    status,
    labels: { alertname, instance, severity, service, ...labels },
    annotations: { summary: `${alertname} on ${instance}`, ...annotations },
    startsAt,
    endsAt: status === 'resolved' && given.endsAt === undefined ? new Date().toISOString() : endsAt,
    generatorURL: 'http://prometheus.example.test/graph',
    fingerprint: createHash('sha256').update(`${alertname} ${instance}`).digest('hex').slice(0, 16),
  };
}

/** The newest one, to which Slack and monitoring speak. */
export function botOf(purser: Purser): PurserProcess {
  const bot = purser.processes().findLast((child) => child.output().includes('bot started'));
  assert.ok(bot, 'no bot runs');
  return bot;
}

function onlyOne(found: FakeMessage[], what: string): FakeMessage {
  const [message] = found;
  assert.ok(message !== undefined && found.length === 1, `${found.length} messages are the ${what}`);
  return message;
}
