import type { GrantEnd, GrantPhase, HoldingState } from '../domain/access.ts';
import type { ExtensionView, GrantHolding, GrantView } from '../domain/access-view-types.ts';

/** The words that every platform says of access. What goes in has been made inert, and what comes out is drawn as it is. */

const HEADLINES: Record<GrantPhase, (title: string) => string> = {
  requested: (title) => `🔵 ${title}: request received`,
  'awaiting-approval': (title) => `🟡 ${title} waits for approval`,
  granting: (title) => `🔵 Giving ${title}`,
  active: (title) => `🟢 ${title} is given`,
  revoking: (title) => `🟠 Taking ${title} back`,
  ended: (title) => `⚪ ${title} has ended`,
};

const ENDS: Record<GrantEnd, (title: string) => string> = {
  refused: (title) => `⛔ ${title} was refused`,
  denied: (title) => `⛔ ${title} was denied`,
  'timed-out': (title) => `⌛ ${title}: nobody approved in time`,
  withdrawn: (title) => `↩️ ${title} was withdrawn`,
  failed: (title) => `🔴 ${title} could not be given`,
  expired: (title) => `⚪ ${title} is over`,
  returned: (title) => `⚪ ${title} was given back`,
  revoked: (title) => `⚪ ${title} was taken away`,
  outside: (title) => `⚪ ${title} was ended in the system itself`,
};

const STUCK: Partial<Record<GrantPhase, (title: string) => string>> = {
  granting: (title) => `🟠 ${title} is not given yet: something is in the way`,
  revoking: (title) => `🔴 ${title} is not taken back yet: something is in the way`,
};

export function grantHeadline(
  { phase, end, holdings }: Pick<GrantView, 'phase' | 'end' | 'holdings'>,
  title: string,
): string {
  if (phase === 'ended' && end !== undefined) return ENDS[end](title);
  const stuck = holdings.some(({ state }) => state === 'stuck') ? STUCK[phase] : undefined;
  return (stuck ?? HEADLINES[phase])(title);
}

export const HOLDING_GLYPHS: Record<HoldingState['state'], string> = {
  waiting: '▫️',
  held: '✅',
  elsewhere: '☑️',
  stuck: '⚠️',
  revoked: '↩️',
};

const HOLDINGS: Partial<Record<HoldingState['state'], string>> = {
  elsewhere: 'was there before, and stays',
  revoked: 'taken back',
};

/** What is so with a holding, behind its name. */
export function holdingWords({ state, trouble = 'does not work' }: GrantHolding): string | undefined {
  return state === 'stuck' ? trouble : HOLDINGS[state];
}

/** Whether its holdings are worth a line each: before it is approved they are a promise. */
export function isUnderway({ phase, end }: Pick<GrantView, 'phase' | 'end'>): boolean {
  return phase !== 'requested' && phase !== 'awaiting-approval' && !NEVER_GIVEN.includes(end);
}

const NEVER_GIVEN: (GrantEnd | undefined)[] = ['refused', 'denied', 'timed-out', 'withdrawn'];

const EXTENSIONS: Record<NonNullable<ExtensionView['outcome']>, string> = {
  approved: '✅ approved',
  denied: '⛔ denied',
  'timed-out': '⌛ nobody decided in time',
  'too-late': '⌛ too late, it had ended by then',
};

/** Of an open one: it changes nothing by itself. */
export function extensionWords({ outcome }: Pick<ExtensionView, 'outcome'>): string {
  return outcome === undefined
    ? '🟡 waits for approval, and prolongs nothing until then'
    : EXTENSIONS[outcome];
}

/** Who ended it; when is said behind it. */
export function grantEnded({ end }: Pick<GrantView, 'end'>, by: string | undefined): string {
  if (by !== undefined) return `Ended by ${by}`;
  return end === 'expired' ? 'Its time was up' : 'Ended';
}
