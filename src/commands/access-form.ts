import type { GrantState } from '../domain/access.ts';
import type { AccessValues, ExtensionValues } from '../domain/access-intents.ts';
import type { StageOutlook } from '../domain/access-rules.ts';
import { durationWord, formatDuration } from '../domain/durations.ts';
import type { PublishedEntitlement } from '../domain/entitlements.ts';
import type { FormField, FormNote, FormView } from '../domain/forms.ts';
import { holdingInWords } from '../domain/holdings.ts';
import type { Person } from '../domain/people.ts';
import type { ConversationRef } from '../domain/refs.ts';
import { type Assessment, MAX_REASON } from './access-assess.ts';
import { listed, sentence } from './wording.ts';

/** A longer list of people is typed into, not chosen from. */
const MAX_CHOICES = 100;

/** Asks for access, and says above the button what it gives, for how long at most, who approves and why. */
export function accessForm(options: {
  values: AccessValues;
  assessment: Assessment;
  /** To choose from: what there is, and for whom. */
  offered: PublishedEntitlement[];
  people: Person[];
  origin: ConversationRef;
  errors?: Assessment['errors'];
  intro?: string;
}): FormView {
  const { values, assessment, offered, people, origin } = options;
  const { entitlement, beneficiary } = assessment;
  const fields = [
    entitlementField(offered),
    ...(people.length > 1 ? [whoField(people)] : []),
    ...(entitlement === undefined ? [] : [lengthField(entitlement)]),
    reasonField(entitlement),
    ...(entitlement?.reason.ticket === undefined ? [] : [ticketField(entitlement.reason.ticket)]),
  ];
  const usual = entitlement === undefined ? {} : { for: durationWord(entitlement.duration.usual) };
  return {
    kind: 'form',
    formId: 'access.request',
    title: 'Request access',
    submitLabel: 'Request',
    intro: options.intro ?? 'You get it for a while. Then it is taken back by itself.',
    fields,
    values: {
      ...usual,
      ...values,
      ...(entitlement === undefined ? {} : { entitlement: entitlement.id }),
      ...(beneficiary === undefined ? {} : { who: beneficiary.id }),
    },
    notes: entitlement === undefined ? [] : notesOf(entitlement, assessment.outlook),
    context: { origin: JSON.stringify(origin), shown: shownOf(assessment) },
    errors: placed(options.errors ?? {}, fields),
  };
}

/** What the notes above the button were drawn from. */
export function shownOf({ entitlement, beneficiary }: Assessment): string {
  return [entitlement?.digest, beneficiary?.id].join(' ');
}

/** An error is shown at a field of the form; one of a field it has not, at what is asked for. */
export function placed(errors: Assessment['errors'], fields: FormField[]): Record<string, string> {
  const known = new Set(fields.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(errors).map(([field, text]) => [known.has(field) ? field : 'entitlement', text]),
  );
}

function entitlementField(offered: PublishedEntitlement[]): FormField {
  const choices = offered.map(({ id, title }) => ({ value: id, label: `${title} (${id})` }));
  return {
    name: 'entitlement',
    label: 'Access',
    schema: { type: 'string', enum: choices.map(({ value }) => value) },
    required: true,
    choices,
    redraws: true,
  };
}

function whoField(people: Person[]): FormField {
  const field = { name: 'who', label: 'For whom?', required: true };
  if (people.length > MAX_CHOICES) {
    return {
      ...field,
      schema: { type: 'string' },
      hint: 'Their id, e-mail address or name; “me” for yourself.',
    };
  }
  const choices = people.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  return {
    ...field,
    schema: { type: 'string', enum: choices.map(({ value }) => value) },
    choices,
    redraws: true,
  };
}

function lengthField({ duration: { most } }: PublishedEntitlement): FormField {
  return {
    name: 'for',
    label: 'For how long?',
    schema: { type: 'string', maxLength: 10 },
    required: true,
    hint: `Such as 30m, 2h or 1d; ${formatDuration(most)} at most. It counts from when it is given.`,
  };
}

function reasonField(entitlement: PublishedEntitlement | undefined): FormField {
  const atLeast = entitlement?.reason.atLeast ?? 0;
  return {
    name: 'reason',
    label: 'Why?',
    schema: { type: 'string', minLength: atLeast, maxLength: MAX_REASON },
    required: atLeast > 0,
    multiline: true,
    hint: 'Whoever approves reads this, and it is kept.',
  };
}

function ticketField(shape: string): FormField {
  return {
    name: 'ticket',
    label: 'Ticket',
    schema: { type: 'string', maxLength: 200 },
    required: true,
    hint: `It has to look like ${shape}`,
  };
}

function notesOf(
  { meaning, gives, duration, approval }: PublishedEntitlement,
  outlook: StageOutlook[],
): FormNote[] {
  const holdings = gives.map(
    ({ system, ...place }) => `${system}: ${holdingInWords({ kind: 'group', ...place })}`,
  );
  return [
    { label: 'What it gives', text: [meaning, ...holdings].join('\n') },
    {
      label: 'How long',
      text: `${formatDuration(duration.usual)} usually, ${formatDuration(duration.most)} at most. You are told before it ends, and can ask for more.`,
    },
    ...(approval.length > 0 && outlook.length === 0
      ? []
      : [{ label: 'Approval', text: approvalInWords(outlook) }]),
  ];
}

/** Who would be asked and by which rule, one line a stage. */
export function approvalInWords(outlook: StageOutlook[]): string {
  if (outlook.length === 0) return 'Nobody has to approve: it is given at once.';
  return outlook.map(stageLine).join('\n');
}

function stageLine({ rule, because, approvers, fallback, needed }: StageOutlook, at: number): string {
  const names = approvers.map(({ name }) => name);
  const asked = names.length === 0 ? '' : `: ${listed(names)}`;
  const many = needed > 1 ? `, ${needed} of them` : '';
  const after =
    fallback.length === 0 ? '' : ` If nobody answers, ${listed(fallback.map(({ name }) => name))} as well.`;
  const first = at === 0 ? '' : 'Then ';
  const words = `${first}${because}${asked}${many}, within ${formatDuration(rule.within)}.${after}`;
  return sentence(words);
}

/** Asks for more time. `known` are the rules, where they are still there. */
export function extensionForm(
  state: GrantState,
  known: { entitlement: PublishedEntitlement; outlook: StageOutlook[] } | undefined,
  options: { values: ExtensionValues; leftMs: number; errors?: Record<string, string> },
): FormView {
  const { values, leftMs, errors } = options;
  const most = known?.entitlement.duration.most;
  return {
    kind: 'form',
    formId: 'access.extend',
    title: 'Extend access',
    submitLabel: 'Ask for more',
    intro: `“${state.entitlement.title}” goes on for ${formatDuration(leftMs)}. Until more is approved, the end stays as it is.`,
    fields: [
      {
        name: 'extra',
        label: 'How much more?',
        schema: { type: 'string', maxLength: 10 },
        required: true,
        hint: `Such as 30m or 2h${most === undefined ? '' : `; ${formatDuration(most - state.durationMs)} at most`}.`,
      },
      reasonField(known?.entitlement),
    ],
    values: { ...values },
    notes: known === undefined ? [] : [{ label: 'Approval', text: approvalInWords(known.outlook) }],
    context: { beneficiary: state.beneficiary, id: state.id },
    errors,
  };
}
