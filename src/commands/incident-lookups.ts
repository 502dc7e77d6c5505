import { showIncidentButton } from '../domain/incident-buttons.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import { insidersOf } from '../domain/incident-people.ts';
import type { IncidentRow, IncidentState } from '../domain/incidents.ts';
import { mayAnywhere, type Permission } from '../domain/policy.ts';
import { type ConversationRef, conversationRefSchema } from '../domain/refs.ts';
import type { ActionButton, NoticeView } from '../domain/views.ts';
import { auditRefusal } from './authorize.ts';
import { type Call, NotRecordedError } from './context.ts';
import { notice } from './wording.ts';

const OFFERED = 5;
/** What a button can carry. */
const MAX_PICKED = 1_500;

/** Which incident is meant: by number, or the one whose room this was said in; `text` is what was typed. */
export interface About {
  number?: number;
  text?: string;
}

export type Found = { ok: true; state: IncidentState } | { ok: false; reply: NoticeView };

export async function incidentConfig({ context }: Call): Promise<IncidentConfig | NoticeView> {
  const config = await context.incidents.config();
  return (
    config ??
    notice('info', 'Incidents are not set up yet.', {
      details: ['The platform team adds manifests/incidents.yaml; the README says how.'],
    })
  );
}

export function isNotice(answer: IncidentConfig | NoticeView): answer is NoticeView {
  return answer.kind === 'notice';
}

/** The incident, when there is one and the person may know of it. Outside of a room the last ones are offered. */
export async function findIncident(call: Call, about: About): Promise<Found> {
  const number = about.number ?? (await incidentHere(call));
  if (number === undefined) return { ok: false, reply: await offerIncidents(call, about.text ?? 'show') };
  const state = await asked(() => call.context.incidents.launchers.get(number), 'Temporal did not answer');
  if (state === undefined) return { ok: false, reply: noSuchIncident(number) };
  if (!state.private || insidersOf(state).includes(call.person.id) || mayKnowPrivate(call))
    return { ok: true, state };
  await auditRefusal(call, 'incident.private', 'not-a-member');
  return { ok: false, reply: noSuchIncident(number) };
}

/** The incident whose room the request comes from. */
export async function incidentHere({
  context,
  request,
}: Pick<Call, 'context' | 'request'>): Promise<number | undefined> {
  const place = placeOf(request);
  if (place === undefined) return undefined;
  return await asked(() => context.incidents.store.inRoom(place), 'The database did not answer');
}

/** Where it was asked; nowhere, when it did not come by chat. */
export function placeOf(request: Call['request']): ConversationRef | undefined {
  return 'source' in request ? conversationRefSchema.safeParse(request.source).data : undefined;
}

/** As a stranger to a private one reads it, too. */
export function noSuchIncident(number: number): NoticeView {
  return notice('warning', `There is no incident #${number}.`, {
    details: ['/incident list shows what there is.'],
  });
}

/** Rows the person may know of. */
export function visible(call: Call, rows: IncidentRow[]): IncidentRow[] {
  const all = mayKnowPrivate(call);
  return rows.filter((row) => all || !row.private || row.members.includes(call.person.id));
}

function mayKnowPrivate({ policy, person }: Call): boolean {
  return mayAnywhere(policy, person, 'incident.private' satisfies Permission);
}

/** Never silence: whoever is not in a room chooses which one was meant. */
async function offerIncidents(call: Call, text: string): Promise<NoticeView> {
  const { items } = await listIncidents(call, { open: true, limit: 50 });
  const [newest] = items;
  if (newest === undefined) {
    return notice('info', 'No incident is open, so there is nothing to do that to.', {
      details: ['/incident list all shows the earlier ones. /incident declare opens a new one.'],
    });
  }
  return notice('info', 'This is not the room of an incident. Which one do you mean?', {
    details: [`You can also type its number first: /incident ${newest.number} ${text}`.trim()],
    actions: text.length > MAX_PICKED ? [] : items.slice(0, OFFERED).map((row) => pickButton(row, text)),
  });
}

function pickButton({ number, title }: IncidentRow, text: string): ActionButton {
  const label = `#${number} ${title}`;
  if (text === 'show') return { ...showIncidentButton(number), label };
  return { actionId: 'incident.pick', label, payload: { number: `${number}`, text } };
}

/** Newest first, without those the person may not know of. */
export async function listIncidents(
  call: Call,
  filter: { open?: boolean; severity?: string; since?: Date; limit: number },
): Promise<{ items: IncidentRow[]; total: number }> {
  const { items, total } = await asked(
    () => call.context.incidents.store.list(filter),
    'The database did not answer',
  );
  const known = visible(call, items);
  return { items: known, total: total - (items.length - known.length) };
}

/** An outage is a reason to try again. */
export async function asked<T>(ask: () => Promise<T>, problem: string): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new NotRecordedError(problem, { cause });
  }
}
