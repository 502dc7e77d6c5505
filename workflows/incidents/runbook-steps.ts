import { named } from '../../src/domain/ids.ts';
import type { RunbookAction, RunbookStep } from '../../src/domain/runbooks.ts';
import { checks, lookups, outside, runbooks } from './activities.ts';
import { hasOpenChain, pathNamed, startPath } from './chains.ts';
import { change, context, enter, isOpen, type Life } from './incident-state.ts';
import type { Job } from './memory.ts';
import { join, leadRole } from './people.ts';
import { markStep, stepNamed } from './runbooks.ts';
import { send, tell } from './telling.ts';
import { answered } from './webhooks.ts';

type StepJob = Job & { kind: 'runbook-step' };
/** What came of it, in words for people. */
type Result = { state: 'done' | 'failed' | 'skipped'; note: string };

/** Authorised, and with that audited, before its effect. */
export async function takeStep(life: Life, job: StepJob): Promise<void> {
  const step = stepNamed(life.state, job.step);
  // An environment is asked for by somebody, and done with that.
  if (step === undefined || step.action.do === 'environment') return;
  if (isForLeadToSay(life, step)) {
    return markStep(life, step.id, { state: 'waiting', approve: leadRole(life.state) });
  }
  const act = { kind: 'runbook-step', id: step.id, do: 'approve' } as const;
  const asking = { ...context(life), key: job.key, person: job.by, act };
  await life.inTurn(() => checks.authorizeIncidentAct(asking));
  const effect = EFFECTS[step.action.do] as Effect<Effective['do']>;
  settle(life, job, await effect(life, step.action, { step, by: job.by }));
}

export function stepFailed(life: Life, job: StepJob, reason: string): void {
  settle(life, job, { state: 'failed', note: reason });
}

/** Nobody gets into a private incident without somebody in it having said so. */
function isForLeadToSay({ state }: Life, { action, approve }: RunbookStep): boolean {
  return state.private && action.do === 'invite' && approve === undefined;
}

function settle(life: Life, { step: id, by, key }: StepJob, { state, note }: Result): void {
  markStep(life, id, { state, note });
  enter(life, { kind: 'action', by, text: `${stepNamed(life.state, id)?.title}: ${note}` });
  if (state !== 'skipped') send(life, 'audit', { kind: 'audit-step', step: id, by, key, outcome: state });
}

export async function auditStep(life: Life, { step, by, key, outcome }: Job & { kind: 'audit-step' }) {
  await runbooks.auditStep({ ...context(life), step, by, key, outcome });
}

interface Doing {
  step: RunbookStep;
  by: string;
}

type Effective = Exclude<RunbookAction, { do: 'environment' }>;
type Effect<Kind extends Effective['do']> = (
  life: Life,
  action: Extract<Effective, { do: Kind }>,
  doing: Doing,
) => Promise<Result>;

/** What may fail comes before what changes anything, so that another attempt repeats nothing. */
const EFFECTS: { [Kind in Effective['do']]: Effect<Kind> } = {
  async message(life, { text }, { step }) {
    tell(life, `runbook:${step.id}`, {
      glyph: '📘',
      headline: 'From the runbook',
      quotes: [{ label: 'What to do', text }],
    });
    return { state: 'done', note: 'said' };
  },
  async invite(life, { who }) {
    const { people, gaps } = await life.inTurn(() =>
      lookups.resolveTargets({ ...context(life), targets: [who] }),
    );
    for (const person of people) change(life, { members: join(life.state, person) });
    const missing = gaps.length === 0 ? '' : ` (${gaps.join(', ')})`;
    if (people.length === 0) return { state: 'failed', note: `there is nobody to invite${missing}` };
    return { state: 'done', note: `invited ${people.map(named).join(', ')}${missing}` };
  },
  async page(life, { path: id, text = 'You are needed.' }, { by }) {
    const path = pathNamed(life.state.rules, id);
    if (path === undefined)
      return {
        state: 'failed',
        note: `there was no path ${id} when it was declared; page with /incident page`,
      };
    if (!isOpen(life.state)) return { state: 'skipped', note: 'it is resolved, so nobody is paged' };
    if (hasOpenChain(life.state, id)) return { state: 'done', note: 'it is being paged already' };
    startPath(life, path, { message: text, by });
    return { state: 'done', note: 'being paged' };
  },
  async webhook(life, { webhook, text }, { step }) {
    const { rules, private: isPrivate } = life.state;
    if (isPrivate) return { state: 'skipped', note: 'it is private, so nothing goes to other systems' };
    // Only those it knows are told when it is made private.
    if (!rules.webhooks.some(({ id }) => id === webhook))
      return { state: 'failed', note: `there was no webhook ${webhook} when it was declared` };
    const told = { webhook, event: 'update', key: `runbook:${step.id}`, note: text } as const;
    const { note } = await outside.sendWebhook({ ...context(life), ...told });
    answered(life, { id: webhook, event: 'update', ok: true, note });
    return { state: 'done', note };
  },
};
