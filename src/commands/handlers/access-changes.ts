import type { ChatReply } from '../../chat/adapter.ts';
import type { GrantState } from '../../domain/access.ts';
import type { ExtensionValues } from '../../domain/access-intents.ts';
import { outlookOf } from '../../domain/access-rules.ts';
import { isAsked, isOpenExtension, showGrantButton } from '../../domain/access-views.ts';
import { formatDuration } from '../../domain/durations.ts';
import { personRef } from '../../domain/environment-views.ts';
import type { NoticeView } from '../../domain/views.ts';
import { deadEndOf, reasonProblem } from '../access-assess.ts';
import { extensionForm } from '../access-form.ts';
import { grantNamed, questionAbout, takesPart } from '../access-lookups.ts';
import { refusalAbout } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { duration } from '../free-text.ts';
import { refusedLaunch } from '../lookups.ts';
import { readable } from '../mentions.ts';
import { notice } from '../wording.ts';

/** `/access extend …` and the button: asks at once where everything is said, and opens the form otherwise. */
export const accessExtension: Handler<'access.extend'> = {
  permission: 'access.extend',
  async handle(call, { intent: _intent, values, ...named }) {
    const found = await extendable(call, named);
    if ('kind' in found) return found;
    const rules = await rulesOf(call, found);
    const checked = check(call, found, rules, values);
    if (checked.ok) return extend(call, found, checked);
    const given = Object.entries(checked.errors).filter(([field]) => Object.hasOwn(values, field));
    return openExtension(call, found, rules, values, Object.fromEntries(given));
  },
};

/** What the form brings back; what is wrong with it is said at its fields. */
export const accessExtensionFilled: Handler<'access.extend-by'> = {
  permission: 'access.extend',
  async handle(call, { beneficiary, id, values }) {
    const found = await extendable(call, { beneficiary, id });
    if ('kind' in found) return found;
    const checked = check(call, found, await rulesOf(call, found), values);
    return checked.ok ? extend(call, found, checked) : { kind: 'form-errors', errors: checked.errors };
  },
};

type Rules = Parameters<typeof extensionForm>[1];

/** What has an end to put off, where the person may ask for that. */
async function extendable(
  call: Call,
  named: { beneficiary?: string; id: string },
): Promise<GrantState | NoticeView> {
  const state = await grantNamed(call, named);
  if ('kind' in state) return state;
  const refused = await refusalAbout(call, 'access.extend', state.beneficiary);
  if (refused !== undefined) return refused;
  const { title } = state.entitlement;
  const actions = [showGrantButton(state)];
  if (state.phase !== 'active') {
    return notice('info', `“${title}” has no end to put off: it is not given now.`, { actions });
  }
  if (!state.extensions.some((extension) => isOpenExtension(extension, state))) return state;
  return notice('info', `More time is asked for already, and nobody has decided on it yet.`, { actions });
}

/** As they are now; nothing where there are none any more. */
async function rulesOf(call: Call, { entitlement: { id }, beneficiary }: GrantState): Promise<Rules> {
  const entitlement = (await call.context.access.entitlements()).find((published) => published.id === id);
  if (entitlement === undefined) return undefined;
  const question = await questionAbout(call, { owner: entitlement.owner, beneficiary });
  return { entitlement, outlook: outlookOf(entitlement, question) };
}

type Checked = { ok: true; extraMs: number; reason: string } | { ok: false; errors: Record<string, string> };

function check(
  call: Call,
  { durationMs }: GrantState,
  rules: Rules,
  { extra = '', reason: typed = '' }: ExtensionValues,
): Checked {
  if (rules === undefined) {
    return { ok: false, errors: { extra: 'Nobody can have this any more: let it end.' } };
  }
  const { entitlement, outlook } = rules;
  const reason = readable(call.directory, typed).trim();
  const length = duration(extra);
  const { most } = entitlement.duration;
  const tooLong =
    length.ok && durationMs + length.value > most
      ? `That is too long: it can be had for ${formatDuration(most)} in all, and ${formatDuration(durationMs)} of it are given.`
      : undefined;
  const wrong = {
    extra: length.ok ? (tooLong ?? deadEndOf(call, entitlement, outlook)) : length.problem,
    reason: reasonProblem(entitlement, reason),
  };
  const errors = Object.fromEntries(
    Object.entries(wrong).flatMap(([field, text]) => (text === undefined ? [] : [[field, text]])),
  );
  if (!length.ok || Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, extraMs: length.value, reason };
}

function openExtension(
  { context }: Call,
  state: GrantState,
  rules: Rules,
  values: ExtensionValues,
  errors: Record<string, string>,
): ChatReply {
  const leftMs = Date.parse(state.endsAt ?? '') - context.now().getTime();
  return { kind: 'open-form', form: extensionForm(state, rules, { values, leftMs, errors }) };
}

async function extend(
  { context, request, person }: Call,
  { beneficiary, id, entitlement }: GrantState,
  { extraMs, reason }: { extraMs: number; reason: string },
): Promise<NoticeView> {
  const order = { requestId: request.requestId, person: person.id, extraMs, reason };
  const outcome = await context.access.launchers.extend({ beneficiary, id }, order);
  const refused = refusedLaunch(outcome, `“${entitlement.title}” cannot be extended now.`);
  return (
    refused ??
    notice('success', `Asked for ${formatDuration(extraMs)} more of “${entitlement.title}”.`, {
      details: ['Its card shows who decides. Until then the end stays as it is.'],
    })
  );
}

/** Asks, with what will be lost; the button of the answer does it. */
export const accessEnding: Handler<'access.end'> = {
  async handle(call, { intent: _intent, ...named }) {
    const state = await endable(call, named);
    if ('kind' in state) return state;
    const { title } = state.entitlement;
    const asked = isAsked(state);
    const { name } = personRef(call.directory, state.beneficiary);
    const text = asked ? `Withdraw the request for “${title}”?` : `End “${title}” of ${name} now?`;
    return notice('warning', text, {
      details: [
        asked
          ? 'Nothing has been given yet. Whoever was asked to approve is told.'
          : 'It is taken back at once, and sessions are ended where the system can. To have it again takes a new request.',
      ],
      actions: [
        {
          actionId: 'access.end-confirmed',
          label: asked ? 'Withdraw request' : 'End it now',
          style: 'danger',
          payload: { beneficiary: state.beneficiary, id: state.id },
        },
      ],
    });
  },
};

export const accessEnded: Handler<'access.end-confirmed'> = {
  async handle(call, { beneficiary, id }) {
    const state = await endable(call, { beneficiary, id });
    if ('kind' in state) return state;
    const { context, person, request } = call;
    const order = { requestId: request.requestId, person: person.id };
    const outcome = await context.access.launchers.end({ beneficiary, id }, order);
    const { title } = state.entitlement;
    const refused = refusedLaunch(outcome, `“${title}” cannot be ended now.`);
    const done = isAsked(state) ? 'is withdrawn.' : 'is being taken back. Its card shows how far it is.';
    return refused ?? notice('success', `“${title}” ${done}`);
  },
};

/** What is not over, where the person has to do with it or the policy lets them end it. */
async function endable(
  call: Call,
  named: { beneficiary?: string; id: string },
): Promise<GrantState | NoticeView> {
  const state = await grantNamed(call, named);
  if ('kind' in state) return state;
  const refused = (await takesPart(call, state))
    ? undefined
    : await refusalAbout(call, 'access.end', state.beneficiary);
  if (refused !== undefined) return refused;
  if (state.phase !== 'revoking' && state.phase !== 'ended') return state;
  const so = state.phase === 'ended' ? 'is over already' : 'is being taken back already';
  return notice('info', `“${state.entitlement.title}” ${so}, so there is nothing to do.`, {
    actions: [showGrantButton(state)],
  });
}
