import type { ChatReply } from '../../chat/adapter.ts';
import type { DepartureValues } from '../../domain/departure-intents.ts';
import { askFor, deadEndOf, departureApprovers, refusalToLeave } from '../../domain/departure-rules.ts';
import { departurePreview, departureView, showDepartureButton } from '../../domain/departure-views.ts';
import { departureWorkflowId } from '../../domain/ids.ts';
import { findPerson, type Person, teamsOf } from '../../domain/people.ts';
import type { NoticeView } from '../../domain/views.ts';
import { originOf } from '../accounts.ts';
import { refusalAbout } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { checkDeparture, departureForm } from '../departure-form.ts';
import { findDeparture, leavingList, mayLook, openDepartures } from '../departure-lookups.ts';
import { previewOf } from '../departure-preview.ts';
import { refusedLaunch } from '../lookups.ts';
import { echo, listed, notice } from '../wording.ts';
import { personMeant } from './users.ts';

/** Shows what they would lose, and goes on with a button; of somebody who leaves already, how far it is. */
export const offboarding: Handler<'user.offboard'> = {
  permission: 'user.offboard',
  async handle(call, { intent: _intent, who, ...values }) {
    const open = await openDepartures(call.context);
    if (who === undefined) return leavingList(call, open);
    const underWay = open.find(({ person }) => person === who.trim().replace(/^@/, '').toLowerCase());
    const leaver =
      underWay === undefined ? personMeant(call, who) : findPerson(call.directory, underWay.person);
    if (leaver !== undefined && 'kind' in leaver) return leaver;
    const known = underWay ?? open.find(({ person }) => person === leaver?.id);
    const state = known && (await findDeparture(call.context, known));
    if (state !== undefined && mayLook(call, state)) return departureView(state, call.directory);
    if (leaver === undefined) return notice('warning', `Nobody is “${echo(who)}”.`);
    const refused = await refusalOf(call, leaver);
    if (refused !== undefined) return refused;
    const preview = await previewOf(call, leaver);
    const view = { person: leaver.id, name: leaver.name };
    return departurePreview(view, { ...preview, request: { person: leaver.id, ...given(values) } });
  },
};

/** What a button can carry of what was typed. */
function given(values: DepartureValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([field, value]) => [field, value.slice(0, 1_000)]),
  );
}

export const departureFormRequest: Handler<'departure.request'> = {
  permission: 'user.offboard',
  async handle(call, { intent: _intent, person, ...values }) {
    const leaver = leaverOf(call, person);
    if ('kind' in leaver) return leaver;
    const refused = await refusalOf(call, leaver);
    if (refused !== undefined) return refused;
    return { kind: 'open-form', form: departureForm(call, leaver, { values, origin: originOf(call) }) };
  },
};

export const departureSubmission: Handler<'departure.submit'> = {
  permission: 'user.offboard',
  async handle(call, { person, values, zone, origin }) {
    const leaver = leaverOf(call, person);
    if ('kind' in leaver) return leaver;
    const refused = await refusalOf(call, leaver);
    if (refused !== undefined) return refused;
    const checked = checkDeparture(call, leaver, { values, zone });
    if (!checked.ok) return { kind: 'form-errors', errors: checked.errors };
    return start(call, leaver, { ...checked, origin });
  },
};

function leaverOf({ directory }: Call, id: string): Person | NoticeView {
  return findPerson(directory, id) ?? notice('warning', `Nobody is “${echo(id)}”.`);
}

/** Why it is not asked for at all: said before anybody fills in anything. The workflow asks all of it again. */
async function refusalOf(call: Call, leaver: Person): Promise<NoticeView | undefined> {
  const { policy, directory, person } = call;
  const forbidden = await refusalAbout(call, 'user.offboard', leaver.id);
  if (forbidden !== undefined) return forbidden;
  const asked = { requester: person.id, leaver };
  const approvers = departureApprovers(policy, directory, { requester: person.id, person: leaver.id });
  const because = refusalToLeave(policy, directory, asked) ?? deadEndOf(askFor(approvers, { asked: 1 }));
  if (because === undefined) return undefined;
  return notice('error', `${leaver.name} cannot be offboarded by you.`, { details: [because] });
}

async function start(
  call: Call,
  leaver: Person,
  asked: { at?: string; reason: string; successor?: string; origin: ReturnType<typeof originOf> },
): Promise<ChatReply> {
  const { context, request, person, directory } = call;
  const { at, reason, successor, origin } = asked;
  const { notes } = await previewOf(call, leaver);
  const id = request.requestId;
  await context.audit.append({
    key: `${request.dedupeKey}:offboard`,
    action: 'user.offboard',
    actor: person.id,
    subject: departureWorkflowId(leaver.id, id),
    outcome: 'intended',
    detail: { person: leaver.id, reason, at: at ?? 'now', requestId: id },
  });
  const heirs = successor === undefined ? leadsOf(call, leaver) : [successor];
  const outcome = await context.departures.launchers.start({
    id,
    person: leaver.id,
    name: leaver.name,
    email: leaver.email,
    requester: person.id,
    reason,
    ...(at === undefined ? {} : { at }),
    heirs,
    preview: notes,
    origin,
  });
  const refused = refusedLaunch(outcome, `It was not asked for that ${leaver.name} leaves.`);
  if (refused !== undefined) return refused;
  const approvers = departureApprovers(call.policy, directory, { requester: person.id, person: leaver.id });
  return notice('success', `Asked for: ${leaver.name} leaves. Its card is where you asked.`, {
    details: [`Who can approve it: ${listed(approvers.map(({ name }) => name))}. Nothing is taken before.`],
    actions: [showDepartureButton({ person: leaver.id, id })],
  });
}

function leadsOf({ directory }: Call, { id }: Person): string[] {
  const leads = new Set(teamsOf(directory, id).flatMap((team) => team.leads));
  return [...leads].filter((lead) => lead !== id);
}
