import assert from 'node:assert/strict';
import type { GrantContext } from '../../activities/access/contract.ts';
import type { HoldingInput } from '../../activities/systems.ts';
import type { DepartureState } from '../../src/domain/departures.ts';
import type { EnvironmentState } from '../../src/domain/environments.ts';
import type { IncidentState } from '../../src/domain/incidents.ts';
import type { LinkInput } from '../../src/domain/links.ts';
import type { QuotaRequest, QuotaRequestState } from '../../src/domain/quota-requests.ts';
import type { Purser } from '../support/purser.ts';
import { type PurserProcess, startPurserProcess } from '../support/purser-process.ts';

/** The boundary of one activity: nothing of it has happened, or all of it has and nobody has heard of it yet. */
export type When = 'before' | 'after';

/**
 * What is being worked on, and where to crash: an environment, an incident, the account to be linked, the template of which
 * somebody asks for more, or what somebody asks to have, which is the only one that is about its namespace.
 */
export interface Victim {
  name: string;
  /** With what tells two calls of it apart. */
  activity: string;
}

interface IncidentCall {
  state: IncidentState;
  what?: string;
  event?: string;
  reminder?: { about: { kind: string } };
  act?: { kind: string };
}

/** Of a request for more places; those that ask the directory have no state yet. */
type QuotaCall = { state: QuotaRequestState } | { request: QuotaRequest };

/** Systems are told who leaves: the directory may not know them any more. */
type LeaverInSystem = Omit<HoldingInput, 'holding' | 'newcomer'> &
  Required<Pick<HoldingInput, 'newcomer'>> &
  Partial<Pick<HoldingInput, 'holding'>>;

interface DepartureCall {
  state: DepartureState;
}

type CallInput =
  | { state: EnvironmentState; stepId?: string }
  | IncidentCall
  | { link: LinkInput; decision?: unknown }
  | QuotaCall
  | GrantContext
  | HoldingInput
  | DepartureCall
  | LeaverInSystem;

/** Some activities are about nothing in particular. */
export type AnyInput = CallInput | undefined;

/** The name of a victim that is about nothing in particular. */
export const NOTHING = 'nothing';

/** The hourly look at access goes on beside whatever is crashed. */
const WATCHING = ['lookAtAccess', 'tellOfAccess'];

const CRASH_TIMEOUT_MS = 120_000;

/** `pr-42 applyStep space before`: whom it is about, the activity, what of it, and which side of it. */
export function crashKey(name: string, activity: string, when: When): string {
  return `${name} ${activity} ${when}`;
}

/** Whom a call is about, and the activity with what tells two calls of it apart. */
export function victimOf(activity: string, input: AnyInput): Victim {
  if (input === undefined || WATCHING.includes(activity)) return { name: NOTHING, activity };
  if ('link' in input) {
    const { account } = input.link;
    const name = account.platform === 'slack' ? account.userId : account.aadObjectId;
    return { name, activity: `${activity} ${input.decision === undefined ? 'open' : 'decided'}` };
  }
  if (isOfLeaver(input)) {
    const { person, system, holding } = input;
    return named(person, activity, holding === undefined ? system : `${system} ${holding.kind}`);
  }
  if (isOfDeparture(input)) {
    const { person, phase } = input.state;
    return named(person, activity, { showDeparture: phase, settleDeparture: phase }[activity]);
  }
  if ('system' in input) return named(scopeOf(input), activity, undefined);
  if ('entitlement' in input) return named(input.entitlement.id, activity, undefined);
  if (isOfQuota(input)) {
    const { request, decision } = 'state' in input ? input.state : { ...input, decision: undefined };
    const about = decision === undefined ? 'open' : 'decided';
    return named(request.template, activity, 'state' in input ? about : undefined);
  }
  if (isOfIncident(input)) {
    const { state, what, event, reminder, act } = input;
    return named(state.title, activity, what ?? event ?? reminder?.about.kind ?? act?.kind);
  }
  const { state, stepId } = input;
  return named(state.name, activity, { applyStep: stepId, announce: state.phase }[activity]);
}

/** What is asked for a while is told who it is for as well, and is about its namespace. */
function isOfLeaver(input: CallInput): input is LeaverInSystem {
  return 'newcomer' in input && input.newcomer !== undefined && scopeOf(input) === '';
}

/** `pr-42` of `env-pr-42`. */
function scopeOf({ holding }: Partial<Pick<HoldingInput, 'holding'>>): string {
  return holding?.kind === 'group' ? (holding.scope ?? '').replace(/^env-/, '') : '';
}

function isOfDeparture(input: CallInput): input is DepartureCall {
  return 'state' in input && 'ledger' in input.state;
}

type Others = Exclude<
  CallInput,
  { link: LinkInput } | GrantContext | HoldingInput | LeaverInSystem | DepartureCall
>;

function isOfQuota(input: Others): input is QuotaCall {
  return 'request' in input || 'request' in input.state;
}

function isOfIncident(input: Exclude<Others, QuotaCall>): input is IncidentCall {
  return 'escalations' in input.state;
}

function named(name: string, activity: string, about: string | undefined): Victim {
  return { name, activity: about === undefined ? activity : `${activity} ${about}` };
}

/** A worker that is killed once all of the victims have come to their activities. */
export async function startCrashingWorker(
  purser: Purser,
  victims: Victim[],
  when: When,
): Promise<PurserProcess> {
  const keys = victims.map(({ name, activity }) => crashKey(name, activity, when));
  const child = await startPurserProcess({
    entry: 'test/e2e/crashing-worker.ts',
    env: { ...purser.env, TEST_CRASH_AT: JSON.stringify(keys) },
    startedLine: 'worker started',
  });
  return purser.adopt(child);
}

export async function untilKilled(worker: PurserProcess): Promise<void> {
  const late = setTimeout(() => worker.signal('SIGTERM'), CRASH_TIMEOUT_MS);
  const { signal } = await worker.exited;
  clearTimeout(late);
  assert.equal(signal, 'SIGKILL', `held only: ${worker.output().match(/"key":"[^"]*"/g)}`);
}
