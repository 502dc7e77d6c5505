import { ActivityFailure } from '@temporalio/workflow';
import type { ExtendGrantInput, Extension } from '../../src/domain/access.ts';
import { throwIf } from '../incidents/refusals.ts';
import { isPermanent } from '../incidents/trouble.ts';
import { checks, reminders } from './activities.ts';
import { stageDue } from './approval.ts';
import {
  beginRevoking,
  change,
  changeExtension,
  context,
  inMs,
  isPast,
  type Life,
  milestone,
  now,
  send,
} from './grant-state.ts';
import { refusalOfExtension } from './refusals.ts';
import { pendingExtension } from './stages.ts';
import { type Due, isInterrupted, keepTime } from './timekeeping.ts';

const LEAST_WARNING_MS = 5 * 60_000;
const WARNED_PART = 0.1;
const ASK_AGAIN_MS = 30_000;

/** They have it, until its time is up or somebody ends it. Nothing that is asked meanwhile puts that off. */
export async function liveUntilEnd(life: Life): Promise<void> {
  while (life.state.phase === 'active' && !isInterrupted(life)) {
    await keepTime(life, [ending(life), warning(life), extensionDue(life)]);
  }
  const { order } = life;
  if (life.state.phase !== 'active' || order === undefined) return;
  const { person, reason: endReason } = order;
  if (order.outside) return beginRevoking(life, 'outside', { endReason });
  const how = person === life.state.beneficiary ? 'returned' : 'revoked';
  beginRevoking(life, how, { endedBy: person, endReason });
}

function endOf({ state }: Life): string {
  return state.endsAt ?? now();
}

function ending(life: Life): Due {
  return { at: endOf(life), work: () => beginRevoking(life, 'expired') };
}

/** Nothing where it would come before it has begun, and only once for each end. */
function warning(life: Life): Due | undefined {
  const { durationMs, activatedAt = '' } = life.state;
  const endsAt = endOf(life);
  const at = inMs(-Math.max(LEAST_WARNING_MS, durationMs * WARNED_PART), endsAt);
  if (at <= activatedAt || life.memory.warnedOf === endsAt) return undefined;
  return { at, work: () => warn(life, endsAt) };
}

function warn(life: Life, endsAt: string): void {
  life.memory.warnedOf = endsAt;
  if (!isPast(endsAt)) send(life, 'warn of the end', () => reminders.warnOfGrantEnd(context(life)));
}

function extensionDue(life: Life): Due | undefined {
  const pending = pendingExtension(life.state);
  if (pending === undefined) return undefined;
  const due = stageDue(life, pending.id);
  return due ?? { at: life.memory.askAgainAt ?? now(), work: () => prolong(life, pending) };
}

/** Approved: who takes part is asked once more, as before anything is given. */
async function prolong(life: Life, { id, extraMs }: Extension): Promise<void> {
  const endsAt = endOf(life);
  life.memory.askAgainAt = undefined;
  try {
    const found = await checks.recheckGrant({ ...context(life), extension: id });
    if (isPast(endsAt) || life.order !== undefined) return;
    if (found.kind === 'ask') {
      life.entitlement = found.entitlement;
      const stages = found.stages.map((stage) => ({ ...stage, deadline: undefined }));
      change(life, { digest: found.digest });
      return changeExtension(life, id, { stages });
    }
    const durationMs = life.state.durationMs + extraMs;
    change(life, { durationMs });
    changeExtension(life, id, { outcome: 'approved' });
    milestone(life, { endsAt: inMs(extraMs, endsAt) });
    life.ledger.want();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    if (isPermanent(error)) changeExtension(life, id, { outcome: 'denied' });
    else life.memory.askAgainAt = inMs(ASK_AGAIN_MS);
  }
}

/** Notes that more time is asked for; who approves is asked like the first time. */
export async function extend(life: Life, input: ExtendGrantInput): Promise<void> {
  const { requestId: id, person: by, extraMs, reason } = input;
  const wasAsked = () => {
    throwIf(refusalOfExtension(life.state, input));
    return life.state.extensions.some((one) => one.id === id);
  };
  if (wasAsked()) return;
  const { stages } = await checks.admitExtension({
    ...context(life),
    extension: { id, by, extraMs, reason },
  });
  if (wasAsked()) return;
  life.memory.askAgainAt = undefined;
  const extension: Extension = { id, by, extraMs, reason, askedAt: now(), stages };
  milestone(life, { extensions: [...life.state.extensions, extension] });
}
