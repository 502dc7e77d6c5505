import type { EnvironmentEnd, EnvironmentPhase, StepProgress } from '../domain/environments.ts';
import type {
  ApprovalSummary,
  ApprovalView,
  EnvironmentView,
  ExplanationView,
  NoticeView,
} from '../domain/views.ts';

/** The words that every platform says. What goes in has been made inert, and what comes out is drawn as it is. */

/** Whoever cancelled the workflow itself: nobody of chat. */
const OPERATOR = 'an operator';
const NOBODY = 'nobody';

const HEADLINES: Record<EnvironmentPhase, (name: string) => string> = {
  requested: (name) => `🔵 ${name}: request received`,
  'awaiting-approval': (name) => `🟡 ${name} waits for approval`,
  provisioning: (name) => `🔵 Building ${name}`,
  ready: (name) => `🟢 ${name} is ready`,
  failed: (name) => `🔴 ${name} could not be finished`,
  'rolling-back': (name) => `🟠 Rolling back ${name}`,
  deleting: (name) => `🟠 Deleting ${name}`,
  gone: (name) => `⚪ ${name} is gone`,
};

const ENDS: Record<EnvironmentEnd, (name: string) => string> = {
  denied: (name) => `⛔ ${name} was denied`,
  'timed-out': (name) => `⌛ ${name}: nobody approved in time`,
  refused: (name) => `⛔ ${name} was refused`,
  deleted: (name) => `⚪ ${name} was deleted`,
  expired: (name) => `⚪ ${name} expired and was deleted`,
  'rolled-back': (name) => `⚪ ${name} was rolled back`,
};

export function environmentHeadline(
  { phase, end }: Pick<EnvironmentView, 'phase' | 'end'>,
  name: string,
): string {
  const say = phase === 'gone' && end !== undefined ? ENDS[end] : HEADLINES[phase];
  return say(name);
}

/** Why it is being deleted. `by` is who asked for it. */
export function deletionCause({ end }: Pick<EnvironmentView, 'end'>, by: string | undefined): string {
  if (by !== undefined) return `Asked for by ${by}.`;
  if (end === 'expired') return 'Its time is up; everything in it is being deleted.';
  return `It was cancelled by ${OPERATOR}; everything in it is being deleted.`;
}

/** Of one that is gone; when is said behind it. */
export function endedBy({ end }: Pick<EnvironmentView, 'end'>, by: string | undefined): string {
  const who = by ?? (end === 'deleted' ? OPERATOR : undefined);
  return who === undefined ? 'Ended' : `Ended by ${who}`;
}

/** What has failed stays for a look, and goes when nobody does anything. When is said behind it. */
export const FAILED_EXPIRY = 'If nobody decides, it is deleted';

/** In lists. */
export const PHASES: Record<EnvironmentPhase, string> = {
  requested: '🔵 requested',
  'awaiting-approval': '🟡 waits for approval',
  provisioning: '🔵 being built',
  ready: '🟢 ready',
  failed: '🔴 needs a decision',
  'rolling-back': '🟠 rolling back',
  deleting: '🟠 being deleted',
  gone: '⚪ gone',
};

export const STEP_GLYPHS: Record<StepProgress['state'], string> = {
  waiting: '▫️',
  running: '🔄',
  done: '✅',
  failed: '❌',
};

/** As many steps as may be shown: never without the one that is running or has failed. */
export function visibleSteps(
  steps: StepProgress[],
  max: number,
): { earlier: number; shown: StepProgress[]; later: number } {
  const current = steps.findIndex(({ state }) => state === 'running' || state === 'failed');
  const earlier = Math.max(0, Math.min(current, steps.length - max));
  const shown = steps.slice(earlier, earlier + max);
  return { earlier, shown, later: steps.length - earlier - shown.length };
}

type Outcome = NonNullable<ApprovalSummary['decision']>['outcome'];

const OUTCOMES: Record<Outcome, string> = {
  approved: '✅ Approved',
  denied: '⛔ Denied',
  'timed-out': '⌛ Timed out',
  withdrawn: '↩️ Withdrawn',
  closed: '⚪ Closed',
};

export function approvalHeadline({ summary }: Pick<ApprovalView, 'summary'>, title: string): string {
  return `${summary.decision === undefined ? '🟡 Please decide' : OUTCOMES[summary.decision.outcome]}: ${title}`;
}

/** Who decided; when is said behind it. */
export const DECISIONS: Record<Outcome, (by: string) => string> = {
  approved: (by) => `✅ Approved by ${by},`,
  denied: (by) => `⛔ Denied by ${by},`,
  'timed-out': () => '⌛ Nobody decided in time. Closed',
  withdrawn: (by) => `↩️ Withdrawn by ${by === NOBODY ? OPERATOR : by},`,
  closed: () => '⚪ Closed without a decision',
};

export const TONES: Record<NoticeView['tone'], string> = {
  info: 'ℹ️',
  success: '✅',
  warning: '⚠️',
  error: '⛔',
};

export const ANSWERS: Record<ExplanationView['lines'][number]['answer'], string> = {
  yes: '✅ yes',
  no: '⛔ no',
  'needs approval': '🟡 needs approval',
};

/** `A, B or C`, with how many more there are. */
export function named(names: string[], more: number, word: 'and' | 'or'): string {
  const all = [...names, ...(more === 0 ? [] : [`${more} more`])];
  if (all.length < 2) return all[0] ?? NOBODY;
  return `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1)}`;
}
