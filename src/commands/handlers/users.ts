import { grantItem, titlesOf } from '../../domain/access-lists.ts';
import type { ItemListView } from '../../domain/incident-view-types.ts';
import { findPerson, type Person, teamsOf } from '../../domain/people.ts';
import { type Inside, personView } from '../../domain/people-views.ts';
import {
  askAboutPerson,
  askPolicy,
  PERMISSIONS,
  type Permission,
  type PolicyResource,
} from '../../domain/policy.ts';
import type { ExplanationView, NoticeView } from '../../domain/views.ts';
import { knownEntitlements, listGrants, mayAbout } from '../access-lookups.ts';
import type { Call, Handler } from '../context.ts';
import { listEnvironments } from '../lookups.ts';
import { personNamed } from '../people-named.ts';
import { USER_COMMANDS } from '../users-spec.ts';
import { echo, notice } from '../wording.ts';
import { helpWith } from './help.ts';

const ENVIRONMENTS_SHOWN = 10;
const ACCESS_SHOWN = 10;

type Line = ExplanationView['lines'][number];

export const userHelp: Handler<'user.help'> = {
  permission: 'user.look',
  async handle(call) {
    return helpWith(call, USER_COMMANDS, {
      title: 'People',
      intro:
        'Who is who, what they have and what they may do. Name people as @kim, by their id or by their e-mail.',
    });
  },
};

export const personDetails: Handler<'user.show'> = {
  permission: 'user.look',
  async handle(call, { who = 'me' }) {
    const person = personMeant(call, who);
    if ('kind' in person) return person;
    const [{ items, total }, inside, access] = await Promise.all([
      listEnvironments(call.context, { owner: person.id, limit: ENVIRONMENTS_SHOWN }),
      insideOf(call, person),
      accessOf(call, person),
    ]);
    return personView(call.directory, person, { environments: { items, total }, inside, access });
  },
};

/** What they have for a while or wait for, for those who may know. */
async function accessOf(call: Call, { id }: Person): Promise<ItemListView['items']> {
  if (!mayAbout(call, 'access.look', id)) return [];
  const [items, published] = await Promise.all([listGrants(call, id), knownEntitlements(call)]);
  return items.slice(0, ACCESS_SHOWN).map((item) => grantItem(item, { titles: titlesOf(published) }));
}

export function personMeant({ directory, person }: Call, typed: string): Person | NoticeView {
  const named = personNamed(directory, typed, person);
  if (!named.ok) return notice('warning', named.problem);
  return findPerson(directory, named.value) ?? notice('warning', `Nobody is “${echo(typed)}”.`);
}

/** Nothing for those who may only know who it is. Systems that do not answer hide nothing else. */
async function insideOf(call: Call, { id }: Person): Promise<Inside | undefined> {
  const { context, policy, directory, person, request } = call;
  const { allowed } = askAboutPerson(policy, directory, { person, permission: 'user.look-into', of: id });
  if (!allowed) return undefined;
  try {
    return { systems: await context.people.readHoldings(id, request.requestId) };
  } catch (err) {
    context.logger.warn({ err }, 'holdings not read');
    return {};
  }
}

/** Which rule says what somebody may do, by whose it is. */
export const personExplanation: Handler<'user.explain'> = {
  permission: 'user.explain',
  async handle(call, { who, permission: typed }) {
    const permission = PERMISSIONS.find((known) => known === typed);
    if (permission === undefined) return notice('warning', `There is no permission “${echo(typed)}”.`);
    const about = personMeant(call, who);
    if ('kind' in about) return about;
    return {
      kind: 'explanation',
      title: `Whether ${about.name} may ${permission}`,
      lines: linesOf(call, about, permission),
    };
  },
};

function linesOf({ policy, directory }: Call, person: Person, permission: Permission): Line[] {
  const ask = (question: string, resource?: PolicyResource): Line => {
    const { allowed, rule, because } = askPolicy(policy, directory, { person, permission, resource });
    return { question, answer: allowed ? 'yes' : 'no', rule, detail: because };
  };
  const anywhere = ask('Whatever and whose it is');
  if (anywhere.answer === 'yes') return [anywhere];
  return [
    ask('Their own', { owner: person.id, team: '' }),
    ...teamsOf(directory, person.id).map((team) =>
      ask(`Of others in team ${team.title}`, { owner: '', team: team.id }),
    ),
    { ...anywhere, question: 'Of anybody else' },
  ];
}
