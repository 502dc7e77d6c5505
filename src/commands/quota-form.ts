import type { FormField, FormView } from '../domain/forms.ts';
import type { QuotaSubject } from '../domain/quota.ts';
import { MORE_QUOTA } from '../domain/quota-requests.ts';

const { reason: REASON, extra: EXTRA, lasts: LASTS } = MORE_QUOTA;

const FIELDS: FormField[] = [
  {
    name: 'reason',
    label: 'What do you need it for?',
    schema: { type: 'string', minLength: REASON.atLeast, maxLength: REASON.atMost },
    required: true,
    multiline: true,
    hint: 'Whoever decides reads this.',
  },
  {
    name: 'extra',
    label: 'How many more?',
    schema: { enum: Array.from({ length: EXTRA.most }, (_value, at) => `${at + 1}`) },
    required: true,
  },
  {
    name: 'lasts',
    label: 'For how long?',
    schema: { enum: LASTS.days.map((days) => `${days}d`) },
    choices: LASTS.days.map((days) => ({ value: `${days}d`, label: `${days} days` })),
    required: true,
    hint: 'After that, what there is stays, and only new ones are refused.',
  },
];

/** What one asks for more with. `intro` says what is full. */
export function moreQuotaForm(
  { limit, template, team }: Omit<QuotaSubject, 'person'>,
  { intro, decides }: { intro: string; decides: string },
): FormView {
  return {
    kind: 'form',
    formId: 'quota.ask',
    title: 'Ask for more',
    submitLabel: 'Ask',
    intro,
    fields: FIELDS,
    values: { extra: `${EXTRA.usual}`, lasts: `${LASTS.usual}d` },
    notes: [{ label: 'Who decides', text: decides }],
    context: { limit, template, team },
  };
}
