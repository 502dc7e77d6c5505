import type { FormNote } from '../domain/forms.ts';
import { holdingInWords } from '../domain/holdings.ts';
import type { Person } from '../domain/people.ts';
import { accountKey } from '../domain/refs.ts';
import { knownEntitlements, listGrants } from './access-lookups.ts';
import type { Call } from './context.ts';
import { visible } from './incident-lookups.ts';
import { listEnvironments } from './lookups.ts';
import { listed } from './wording.ts';

const SHOWN = 12;
const MANY = 200;

export interface Preview {
  notes: FormNote[];
  /** What stays possible for a while after everything is taken, as the systems say it. */
  outlasts: string[];
}

/** Everything somebody has that Purser knows of. What does not answer is said so, and hides nothing else. */
export async function previewOf(call: Call, { id, accounts }: Person): Promise<Preview> {
  const [systems, environments, tokens, grants, incidents] = await Promise.all([
    systemNotes(call, id),
    environmentNotes(call, id),
    tokenNotes(call, id),
    grantNotes(call, id),
    incidentNotes(call, id),
  ]);
  const chat = noteOf('Chat accounts', accounts.map(accountKey));
  return {
    notes: [...systems.notes, ...chat, ...tokens, ...environments, ...grants, ...incidents],
    outlasts: systems.outlasts,
  };
}

function noteOf(label: string, words: string[]): FormNote[] {
  return words.length === 0 ? [] : [{ label, text: listed(words, SHOWN) }];
}

async function systemNotes({ context, request }: Call, id: string): Promise<Preview> {
  try {
    const systems = await context.people.readHoldings(id, request.requestId);
    return {
      notes: systems.map((read) => ({
        label: read.system,
        text:
          'trouble' in read
            ? `${read.trouble}; it is asked again when it begins`
            : listed(read.holdings.map(holdingInWords), SHOWN) || 'nothing',
      })),
      outlasts: systems.flatMap((read) =>
        'trouble' in read || read.holdings.length === 0
          ? []
          : (read.outlasts ?? []).map((words) => `${read.system}: ${words}`),
      ),
    };
  } catch (err) {
    context.logger.warn({ err }, 'holdings not read');
    return {
      notes: [{ label: 'In other systems', text: 'could not be read now; it is read again when it begins' }],
      outlasts: [],
    };
  }
}

async function environmentNotes({ context }: Call, owner: string): Promise<FormNote[]> {
  const { items } = await listEnvironments(context, { owner, limit: MANY });
  const waits = (phase: string) => phase === 'requested' || phase === 'awaiting-approval';
  return [
    ...noteOf(
      'Environments',
      items.filter(({ phase }) => !waits(phase)).map(({ name }) => name),
    ),
    ...noteOf(
      'Open requests for environments',
      items.filter(({ phase }) => waits(phase)).map(({ name }) => name),
    ),
  ];
}

async function tokenNotes({ context }: Call, id: string): Promise<FormNote[]> {
  const now = context.now();
  const held = (await context.departures.tokens.list()).filter(
    ({ person, revokedAt, expiresAt }) => person === id && revokedAt === undefined && expiresAt > now,
  );
  return noteOf(
    'API tokens',
    held.map((token) => token.id),
  );
}

async function grantNotes(call: Call, id: string): Promise<FormNote[]> {
  const [grants, published] = await Promise.all([listGrants(call, id), knownEntitlements(call)]);
  const titles = grants.map(
    ({ entitlement }) => published.find((one) => one.id === entitlement)?.title ?? entitlement,
  );
  return noteOf('Access for a while, had or asked for', titles);
}

/** Incidents notice by themselves when who leads them is no longer there. */
async function incidentNotes(call: Call, id: string): Promise<FormNote[]> {
  const { items } = await call.context.incidents.store.list({ open: true, limit: MANY });
  const led = visible(call, items).filter(({ lead }) => lead === id);
  return noteOf(
    'Leads incidents',
    led.map(({ number }) => `#${number}`),
  );
}
