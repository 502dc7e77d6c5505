import type { ChatReply } from '../../chat/adapter.ts';
import type { IncidentAct, IncidentActKind } from '../../domain/incident-acts.ts';
import { showIncidentButton } from '../../domain/incident-buttons.ts';
import { openChildren } from '../../domain/incident-facts.ts';
import { withNames } from '../../domain/incident-people.ts';
import { PERMISSION_OF, resourceOf } from '../../domain/incident-permissions.ts';
import type { IncidentState } from '../../domain/incidents.ts';
import { accountKey } from '../../domain/refs.ts';
import { refusal } from '../authorize.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { actOfForm } from '../incident-fields.ts';
import { asked, findIncident, incidentConfig, incidentHere, isNotice } from '../incident-lookups.ts';
import { readableAct } from '../mentions.ts';
import { personNamed } from '../people-named.ts';
import { notice } from '../wording.ts';
import { actForm } from './incident-forms.ts';

/** What a command or a button does at once. */
export const incidentAct: Handler<'incident.act'> = {
  permission: 'incident.look',
  async handle(call, { act, ...about }) {
    const found = await findIncident(call, about);
    if (!found.ok) return found.reply;
    const named = withPeople(call, act);
    if (!named.ok) return notice('warning', named.problem);
    if (act.kind === 'resolve' && openChildren(found.state).length > 0) {
      return askToResolve(call, found.state, { cause: act.cause, fix: act.fix });
    }
    return take(call, found.state, readableAct(call.directory, named.act));
  },
};

/** The form says what stays open, and asks for the last word. */
async function askToResolve(
  call: Call,
  state: IncidentState,
  values: Record<string, string>,
): Promise<ChatReply> {
  const config = await incidentConfig(call);
  if (isNotice(config)) return config;
  return { kind: 'open-form', form: actForm(call, config, state, { form: 'incident.resolve', values }) };
}

/** What a form brings back; what is wrong with it is said at its fields. */
export const incidentFilled: Handler<'incident.fill'> = {
  permission: 'incident.look',
  async handle(call, { number, form, values }) {
    const found = await findIncident(call, { number });
    if (!found.ok) return found.reply;
    const filled = actOfForm(form, values, call.context.now());
    if (!filled.ok) return { kind: 'form-errors', errors: filled.errors };
    const named = withPeople(call, filled.act);
    if (!named.ok) return { kind: 'form-errors', errors: { [named.field]: named.problem } };
    return take(call, found.state, named.act);
  },
};

/** A message of a room that was marked for the timeline. Whoever only edits or deletes theirs is not answered. */
export const incidentMessage: Handler<'incident.message'> = {
  permission: 'incident.look',
  async handle(call, { event, key, text, author, at, link }) {
    const number = await incidentHere(call);
    if (number === undefined) return undefined;
    const entry = `message:${key}`;
    if (event !== 'pinned') {
      const { store } = call.context.incidents;
      const kept = await asked(() => store.hasEntry(number, entry), 'The database did not answer');
      if (!kept) return undefined;
    }
    const found = await findIncident(call, { number });
    if (!found.ok) return undefined;
    const act: IncidentAct =
      event === 'pinned'
        ? { kind: 'note', key: entry, text: cut(text), at, link, author }
        : event === 'edited'
          ? { kind: 'amend-note', key: entry, text: cut(text) }
          : { kind: 'strike-note', key: entry };
    const reply = await take(call, found.state, act);
    return event === 'pinned' || isRefused(reply) ? reply : undefined;
  },
};

function cut(text: string): string {
  return [...text].slice(0, 1_900).join('') || '(no text)';
}

function isRefused(reply: ChatReply): boolean {
  return reply?.kind === 'notice' && reply.tone === 'error';
}

/** Has the workflow take it: it is authorised there again, before anything happens. */
export async function take(call: Call, state: IncidentState, act: IncidentAct): Promise<ChatReply> {
  const refused = await refusal(call, PERMISSION_OF[act.kind], resourceOf(state));
  if (refused !== undefined) return refused;
  const { context, person, request } = call;
  const outcome = await context.incidents.launchers.act(state.number, {
    key: request.dedupeKey,
    person: person.id,
    act,
  });
  if (outcome.ok) return notice('success', DONE[act.kind](state.number), { incident: state.number });
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  return notice('error', withNames(call.directory, outcome.message), {
    actions: [showIncidentButton(state.number)],
  });
}

const card = 'Its card shows it.';

/** What somebody reads once it is recorded. */
const DONE: Record<IncidentActKind, (number: number) => string> = {
  status: (number) => `The status of #${number} is changed, and the room is told.`,
  severity: (number) =>
    `The severity of #${number} is changed. Who is paged and when updates are due follow.`,
  rename: (number) => `#${number} has a new title. ${card}`,
  summary: (number) => `The summary of #${number} is changed. ${card}`,
  role: (number) =>
    `Recorded for #${number}. If somebody holds the role already, they are asked to hand over.`,
  'accept-role': (number) =>
    `You have taken over in #${number}. What it asks of you is in your direct messages.`,
  'decline-role': (number) => `You have declined the role in #${number}. Whoever offered it is told.`,
  'release-role': (number) => `The role in #${number} is free again.`,
  update: (number) => `Your update of #${number} is out. ${card}`,
  snooze: (number) => `The next update of #${number} is put off. ${card}`,
  acknowledge: (number) => `You are on #${number}: paging stops.`,
  page: (number) => `They are being paged for #${number}. Its card shows who answered.`,
  note: (number) => `Added to the timeline of #${number}.`,
  'amend-note': (number) => `The timeline of #${number} follows.`,
  'strike-note': (number) => `Struck from the timeline of #${number}.`,
  task: (number) => `Written down for #${number}. /incident tasks shows the list.`,
  'task-done': (number) => `Ticked off in #${number}.`,
  'task-issue': (number) => `It becomes an issue. /incident tasks ${number} has the link in a moment.`,
  join: (number) => `You are being brought into the room of #${number}.`,
  link: (number) => `#${number} is linked.`,
  merge: (number) => `#${number} is merged. Its room points to the other one.`,
  unmerge: (number) => `#${number} is on its own again, and goes on in its room.`,
  times: (number) => `The times of #${number} are corrected, and the figures follow.`,
  silence: (number) => `The alerts of #${number} are being silenced. ${card}`,
  environment: (number) => `The environment is on the card of #${number}.`,
  runbook: (number) => `The runbook begins for #${number}. ${card}`,
  'runbook-step': (number) => `Recorded for #${number}. ${card}`,
  'retry-resource': (number) => `Trying again for #${number}. ${card}`,
  resolve: (number) => `#${number} is resolved. A draft of its review comes into the room.`,
  review: (number) => `The pull request of #${number}’s review is brought up to date.`,
  reopen: (number) => `#${number} is open again.`,
  close: (number) => `#${number} is closed.`,
  'make-private': (number) =>
    `#${number} is private from now on. What was said in public is being taken back, and its people are invited into a private room. Its card says what is left to do by hand.`,
  cancel: (number) => `#${number} is cancelled: it was none.`,
};

type Named = { ok: true; act: IncidentAct } | { ok: false; problem: string; field: string };

/** Who was meant by what was typed. */
function withPeople(call: Call, act: IncidentAct): Named {
  const { directory, person } = call;
  if (act.kind === 'join') return joined(call, act);
  if (act.kind === 'role') {
    const found = personNamed(directory, act.person, person);
    return found.ok ? { ok: true, act: { ...act, person: found.value } } : { ...found, field: 'person' };
  }
  if (act.kind === 'task' && act.owner !== undefined) {
    const found = personNamed(directory, act.owner, person);
    return found.ok ? { ok: true, act: { ...act, owner: found.value } } : { ...found, field: 'owner' };
  }
  // A schedule, a team or a path has an id of its own; only what looks like a person is one.
  if (act.kind === 'page' && /^[@<]/.test(act.target)) {
    const found = personNamed(directory, act.target, person);
    return found.ok ? { ok: true, act: { ...act, target: found.value } } : { ...found, field: 'target' };
  }
  return { ok: true, act };
}

/** It is the account that is brought in. */
function joined({ request }: Call, act: IncidentAct & { kind: 'join' }): Named {
  if (!('account' in request.actor)) {
    const problem = 'Join it from Slack or Teams: there you have an account to be brought in with.';
    return { ok: false, problem, field: 'account' };
  }
  return { ok: true, act: { ...act, account: accountKey(request.actor.account) } };
}
