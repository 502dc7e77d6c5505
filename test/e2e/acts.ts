import assert from 'node:assert/strict';
import { after } from 'node:test';
import type { EnvironmentPhase, EnvironmentState } from '../../src/domain/environments.ts';
import { environmentNamespace, environmentWorkflowId } from '../../src/domain/ids.ts';
import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { eventually } from '../support/eventually.ts';
import {
  buttonsOf,
  type Delivered,
  type FakeMessage,
  type PrivateMessage,
  readable,
} from '../support/fake-slack.ts';
import { CHANNEL, type Purser } from '../support/purser.ts';

/** What tests of the whole do again and again, and look at. */

const READY_MS = 60_000;

/** What nobody's request has started. */
export const NOT_WATCHES = "WorkflowType NOT IN ('watchOnCall', 'watchLinks', 'reconcileAccess')";

/** Closed in the end, for the file or the test `hooks` is of: nothing was posted twice, and the fakes found no fault. */
export async function watched<Opened extends Purser>(
  opening: Promise<Opened>,
  hooks: { after(end: () => Promise<void>): void } = { after },
): Promise<Opened> {
  const purser = await opening;
  hooks.after(async () => {
    await purser.close();
    assertPostedOnce(purser);
    assert.deepEqual(purser.problems(), []);
  });
  return purser;
}

/** The same, with a bot and a worker at work. */
export async function atWork<Opened extends Purser>(
  opening: Promise<Opened>,
  hooks?: Parameters<typeof watched>[1],
): Promise<Opened> {
  const purser = await opening;
  try {
    await Promise.all([purser.startBot(), purser.startWorker()]);
  } catch (error) {
    await purser.close();
    throw error;
  }
  return await watched(Promise.resolve(purser), hooks);
}

/** `/env create …`; the private answer. */
export async function create(
  purser: Purser,
  text: string,
  { user = 'U0KIM', channel = CHANNEL } = {},
): Promise<string> {
  const answer = await answered(purser, user, () => purser.slack.command(user, channel, `create ${text}`));
  return readable(answer);
}

/** The private answer to something a person does. */
export async function answered(
  { slack }: Purser,
  user: string,
  act: () => Promise<Delivered>,
): Promise<PrivateMessage> {
  const before = slack.privateTo(user).length;
  await acknowledged(act);
  return await slack.until(() => slack.privateTo(user)[before]);
}

/** As long as Slack waits for it. */
export async function acknowledged(act: () => Promise<Delivered>): Promise<void> {
  const { status, tookMs } = await act();
  assert.equal(status, 200);
  assert.ok(tookMs < 3_000, `Slack waits 3 s, this took ${tookMs} ms`);
}

export async function untilPhase(
  purser: Purser,
  name: string,
  phase: EnvironmentPhase,
  timeoutMs = READY_MS,
): Promise<EnvironmentState> {
  return await eventually(async () => {
    const state = await purser.state(name);
    return state.phase === phase && state;
  }, timeoutMs);
}

/** Until the request card shows the text; the card then. */
export async function untilCard(
  purser: Purser,
  name: string,
  text: string,
  timeoutMs = READY_MS,
): Promise<FakeMessage> {
  return await eventually(() => {
    const card = cardOf(purser, name);
    return card !== undefined && readable(card).includes(text) && card;
  }, timeoutMs);
}

export function cardOf(purser: Purser, name: string): FakeMessage | undefined {
  const cards = copiesOf(purser, name).filter((message) => keyOf(message)?.endsWith(':card'));
  assert.ok(cards.length < 2, `${cards.length} request cards for ${name}`);
  return cards[0];
}

/** Every message that is about the environment, wherever it stands. */
export function copiesOf({ slack }: Purser, name: string): FakeMessage[] {
  return slack.workspace.messages.filter((message) => readable(message).includes(name));
}

/** The approvers' cards. */
export function approvalsOf(purser: Purser, name: string): FakeMessage[] {
  return copiesOf(purser, name).filter((message) => keyOf(message)?.includes(':approval'));
}

/** What the message was posted with, to be found again by. */
export function keyOf({ metadata }: FakeMessage): string | undefined {
  return metadata?.event_payload.key as string | undefined;
}

/** Fails when anything was posted a second time. */
export function assertPostedOnce({ slack }: Purser): void {
  const keys = slack.workspace.messages.map((message) => keyOf(message) ?? message.ts);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  assert.deepEqual(twice, []);
}

export function actionsOf(message: Pick<FakeMessage, 'blocks'>): string[] {
  return buttonsOf(message).map(({ action_id }) => `${action_id}`);
}

export async function namespaceOf({ kube }: Purser, name: string): Promise<LiveObject | undefined> {
  return await kube.get({ apiVersion: 'v1', kind: 'Namespace', name: environmentNamespace(name) });
}

/** Of a Secret in the environment, decoded. */
export async function secretOf(
  { kube }: Purser,
  name: string,
  secret: string,
): Promise<Record<string, string>> {
  const namespace = environmentNamespace(name);
  const found = await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: secret });
  assert.ok(found, `there is no Secret ${secret} in ${namespace}`);
  const data = Object.entries(found.data as Record<string, string>);
  return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** `action outcome`, in the order written. */
export async function auditOf(purser: Purser, name: string): Promise<string[]> {
  const subject = environmentWorkflowId('local', name);
  const rows = await purser.auditRows();
  return rows
    .filter((row) => row.subject === subject)
    .map(({ action, outcome, actor }) => `${action} ${outcome} ${actor}`);
}

/** Every run there ever was of the environment's workflow. */
export async function runsOf({ temporal }: Purser, name: string): Promise<string[]> {
  const query = `WorkflowId = '${environmentWorkflowId('local', name)}'`;
  const runs: string[] = [];
  for await (const { runId } of temporal.workflow.list({ query })) runs.push(runId);
  return runs;
}
