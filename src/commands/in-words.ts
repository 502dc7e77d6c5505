import type { ChatReply } from '../chat/adapter.ts';
import type { FormView } from '../domain/forms.ts';
import type { TokenRequest } from '../domain/requests.ts';
import type { ActionButton, NoticeView, SpokenView } from '../domain/views.ts';
import { usageOfIncidentCommand } from './incidents-spec.ts';
import { listed, notice } from './wording.ts';

/** An answer for somebody who can only type: what chat asks in a form or offers as a button is said as a command. */
export function inWords(request: TokenRequest, reply: ChatReply): SpokenView {
  if (reply?.kind === 'open-form' && reply.form.kind === 'form') return formInWords(request, reply.form);
  if (reply?.kind === 'notice') return noticeInWords(request, reply);
  return isSpoken(reply) ? reply : ONLY_IN_CHAT;
}

const SPOKEN = {
  notice: true,
  help: true,
  incident: true,
  'incident-list': true,
  'item-list': true,
  'incident-review': true,
  'incident-stats': true,
  document: true,
} satisfies Record<SpokenView['kind'], true>;

function isSpoken(reply: ChatReply): reply is SpokenView {
  return reply !== undefined && Object.hasOwn(SPOKEN, reply.kind);
}

const ONLY_IN_CHAT = notice('warning', 'Nothing was done: this works in Slack and Teams only.', {
  details: ['Type the same there.'],
});

function formInWords(
  { text }: TokenRequest,
  { formId, errors = {}, notes, fields, values }: FormView,
): NoticeView {
  const wrong = Object.values(errors);
  const missing = fields.filter(({ name, required }) => required && (values[name] ?? '') === '');
  if (formId === 'incident.declare' && wrong.length === 0 && missing.length === 0) {
    return notice('warning', 'Nothing is declared yet: this severity wants to be confirmed first.', {
      details: [...notes.map((note) => `${note.label}: ${note.text}`), `Sure? Type: ${confirmed(text)}`],
    });
  }
  const usage = usageOfIncidentCommand(text);
  const asked = listed(
    missing.map(({ label }) => `“${label}”`),
    missing.length,
  );
  return notice('warning', 'Nothing was done: something is missing or not right.', {
    details: [
      ...wrong,
      ...(asked === '' ? [] : [`Still to be said: ${asked}`]),
      ...(usage === undefined ? [] : [`Type it in one go: ${usage}`]),
    ],
  });
}

function noticeInWords(
  { text }: TokenRequest,
  { actions = [], details = [], ...said }: NoticeView,
): NoticeView {
  const choices = actions.flatMap((button) => choice(button, text));
  return { ...said, details: [...details, ...choices] };
}

function choice({ actionId, label, payload }: ActionButton, text: string): string[] {
  const { number } = payload;
  if (actionId === 'incident.pick') return [`${label}: /incident ${number} ${payload.text}`];
  if (actionId === 'incident.show') return [`${label}: /incident show ${number}`];
  if (payload.form === 'incident.declare') return [`${label} ${confirmed(text)}`];
  return [];
}

function confirmed(text: string): string {
  return `/incident ${text.trim()} confirm=yes`;
}
