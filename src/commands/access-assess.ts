import type { GrantListItem, GrantState } from '../domain/access.ts';
import type { AccessValues } from '../domain/access-intents.ts';
import { deadEnd, isFor, outlookOf, type StageOutlook } from '../domain/access-rules.ts';
import { formatDuration } from '../domain/durations.ts';
import type { PublishedEntitlement } from '../domain/entitlements.ts';
import { wholePattern } from '../domain/patterns.ts';
import { findPerson, type Person } from '../domain/people.ts';
import { entitlementNamed, findGrant, forInWords, listGrants, questionAbout } from './access-lookups.ts';
import { refusalAbout } from './authorize.ts';
import type { Call } from './context.ts';
import { duration } from './free-text.ts';
import { readable } from './mentions.ts';
import { personNamed } from './people-named.ts';
import { echo, listed } from './wording.ts';

export const MAX_REASON = 1_000;

/** What a request would come to: what of it could be understood, and what is wrong, by field. */
export interface Assessment {
  entitlement?: PublishedEntitlement;
  beneficiary?: Person;
  durationMs?: number;
  reason: string;
  ticket?: string;
  /** Who would be asked, in order. */
  outlook: StageOutlook[];
  errors: Partial<Record<keyof AccessValues, string>>;
}

/** Everything that can be said of a request before it is made. */
export async function assess(
  call: Call,
  published: PublishedEntitlement[],
  values: AccessValues,
): Promise<Assessment> {
  const named = entitlementNamed(published, values.entitlement ?? '');
  const who = personNamed(call.directory, values.who ?? 'me', call.person);
  const beneficiary = who.ok ? findPerson(call.directory, who.value) : undefined;
  const reason = readable(call.directory, values.reason ?? '').trim();
  const common = { beneficiary, reason, errors: who.ok ? {} : { who: who.problem } };
  if (!named.ok) {
    return { ...common, outlook: [], errors: { ...common.errors, entitlement: named.problem } };
  }
  const { entitlement } = named;
  const length = lengthOf(entitlement, values.for);
  const ticket = values.ticket?.trim() || undefined;
  const errors: Assessment['errors'] = {
    ...common.errors,
    ...(length.ok ? {} : { for: length.problem }),
    ...at('reason', reasonProblem(entitlement, reason)),
    ...at('ticket', ticketProblem(entitlement, ticket)),
  };
  const whole = { ...common, entitlement, ticket, ...(length.ok ? { durationMs: length.value } : {}) };
  if (beneficiary === undefined) return { ...whole, outlook: [], errors };
  const question = await questionAbout(call, { owner: entitlement.owner, beneficiary: beneficiary.id });
  const outlook = outlookOf(entitlement, question);
  const objection = await objectionTo(call, { entitlement, beneficiary, outlook, published });
  return { ...whole, outlook, errors: { ...errors, ...objection } };
}

function at(field: keyof AccessValues, problem: string | undefined): Assessment['errors'] {
  return problem === undefined ? {} : { [field]: problem };
}

function lengthOf({ duration: { usual, most } }: PublishedEntitlement, typed: string | undefined) {
  if (typed === undefined || typed.trim() === '') return { ok: true, value: usual } as const;
  const length = duration(typed);
  if (!length.ok || length.value <= most) return length;
  return {
    ok: false,
    problem: `That is too long: it can be had for ${formatDuration(most)} at most.`,
  } as const;
}

export function reasonProblem(
  { reason: { atLeast } }: Pick<PublishedEntitlement, 'reason'>,
  reason: string,
): string | undefined {
  const { length } = reason;
  if (length < atLeast) {
    return `Please say why, in at least ${atLeast} characters: whoever approves reads it, and it is kept.`;
  }
  return length > MAX_REASON
    ? `Please keep it under ${MAX_REASON} characters; this has ${length}.`
    : undefined;
}

function ticketProblem(
  { reason: { ticket: shape } }: PublishedEntitlement,
  ticket: string | undefined,
): string | undefined {
  if (shape === undefined) return undefined;
  if (ticket === undefined) return 'This needs a ticket.';
  const pattern = wholePattern(shape);
  if (pattern.ok && pattern.matches(ticket)) return undefined;
  return `“${echo(ticket)}” is no ticket as this needs one: ${shape}`;
}

interface Wish {
  entitlement: PublishedEntitlement;
  beneficiary: Person;
  outlook: StageOutlook[];
  published: PublishedEntitlement[];
}

/** The first thing that stands against it, whatever else is filled in. */
async function objectionTo(call: Call, wish: Wish): Promise<Assessment['errors']> {
  const { entitlement, beneficiary, outlook } = wish;
  const self = beneficiary.id === call.person.id;
  const refused = await refusalAbout(call, 'access.request', beneficiary.id);
  if (refused !== undefined) {
    return { [self ? 'entitlement' : 'who']: [refused.text, ...(refused.details ?? [])].join(' ') };
  }
  if (!isFor(entitlement, call.directory, beneficiary.id)) {
    const whom = self ? 'you' : beneficiary.name;
    return { entitlement: `It is not for ${whom}: only for ${forInWords(call, entitlement)}.` };
  }
  return at('entitlement', deadEndOf(call, entitlement, outlook) ?? (await rivalInWords(call, wish)));
}

/** Nobody waits for an approval that can never come. */
export function deadEndOf(
  { context }: Call,
  { distinct }: Pick<PublishedEntitlement, 'distinct'>,
  outlook: StageOutlook[],
): string | undefined {
  const stuck = deadEnd(outlook, distinct);
  if (stuck !== undefined) return deadEndInWords(outlook[stuck]);
  if (context.askToSignIn !== undefined || !outlook.some(({ rule }) => rule.signIn)) return undefined;
  return 'This could never be approved: whoever approves signs in for it, and Purser knows no identity provider. Ask the platform team to set OIDC_ISSUER.';
}

function deadEndInWords(stage: StageOutlook | undefined): string {
  const able = [...(stage?.approvers ?? []), ...(stage?.fallback ?? [])].map(({ name }) => name);
  const who = able.length === 0 ? 'nobody could give one' : `only ${listed(able)} could give one`;
  const needed = stage?.needed === 1 ? 'an approval' : `${stage?.needed} approvals`;
  return `This could never be approved: it takes ${needed} by ${stage?.because}, and ${who}. Ask the platform team to name more approvers.`;
}

/** Nobody has or waits for the same twice, nor for two things that exclude each other. */
async function rivalInWords(
  call: Call,
  { entitlement, beneficiary, published }: Wish,
): Promise<string | undefined> {
  const excludes = (id: string) =>
    id === entitlement.id ||
    entitlement.notWith.includes(id) ||
    published.some((other) => other.id === id && other.notWith.includes(entitlement.id));
  const rival = await firstOpen(
    call,
    (await listGrants(call, beneficiary.id)).filter((other) => excludes(other.entitlement)),
  );
  if (rival === undefined) return undefined;
  if (rival.entitlement.id === entitlement.id) {
    const whose = beneficiary.id === call.person.id ? 'You have or wait' : `${beneficiary.name} has or waits`;
    return `${whose} for this already: /access show ${rival.id}`;
  }
  return `Nobody may have this together with “${rival.entitlement.title}”. End that first: /access end ${rival.id}`;
}

/** Lists lag: what they still show may be over. */
async function firstOpen(call: Call, items: GrantListItem[]): Promise<GrantState | undefined> {
  const states = await Promise.all(items.map((item) => findGrant(call, item)));
  return states.find((state) => state !== undefined && state.phase !== 'ended');
}
