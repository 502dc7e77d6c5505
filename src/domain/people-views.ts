import { personRef, showButton } from './environment-views.ts';
import type { EnvironmentListItem } from './environments.ts';
import { holdingInWords, type SystemHoldings } from './holdings.ts';
import type { ItemListView } from './incident-view-types.ts';
import { type DirectorySnapshot, findPerson, findTeam, type Person, type Team, teamsOf } from './people.ts';
import { accountKey } from './refs.ts';
import type { ActionButton } from './views.ts';

type Item = ItemListView['items'][number];

/** Of somebody's or a team's, for a card. */
export interface Environments {
  items: EnvironmentListItem[];
  total: number;
}

/** What those see of somebody who may look further than at who they are. */
export interface Inside {
  /** Missing when it could not be read now. */
  systems?: SystemHoldings[];
}

/** `/user show`: who somebody is and, for those who may know, what they have. */
export function personView(
  directory: DirectorySnapshot,
  person: Person,
  { environments, inside, access = [] }: { environments: Environments; inside?: Inside; access?: Item[] },
): ItemListView {
  return {
    kind: 'item-list',
    title: `${person.name} (${person.id})`,
    intro: introOf(person, inside),
    items: [
      { glyph: '✉️', text: person.email },
      ...managerItems(directory, person),
      ...teamsOf(directory, person.id).map((team) => membershipItem(team, person)),
      ...(inside === undefined ? [] : accountItems(person)),
      ...environmentItems(environments),
      ...access,
      ...(inside === undefined ? [] : systemItems(inside)),
    ],
    more: 0,
    empty: '',
  };
}

function introOf({ active }: Person, inside: Inside | undefined): string | undefined {
  if (!active) return 'Is no longer here: Purser does nothing for their accounts.';
  if (inside !== undefined) return undefined;
  return 'What they have in other systems is for themselves, their team leads and administrators to see.';
}

function managerItems(directory: DirectorySnapshot, { manager }: Person): Item[] {
  return manager === undefined
    ? []
    : [{ glyph: '🧭', text: 'Manager', people: [personRef(directory, manager)] }];
}

function membershipItem(team: Team, { id }: Person): Item {
  const text = team.leads.includes(id) ? `Leads team ${team.title}` : `In team ${team.title}`;
  return { glyph: '👥', text, action: showTeamButton(team.id) };
}

function accountItems({ accounts, roles }: Person): Item[] {
  const shown = accounts.map((account) => accountKey(account)).join(', ');
  return [
    {
      glyph: '💬',
      text: shown === '' ? 'No chat account is linked yet.' : `Chat accounts: ${shown}`,
    },
    { glyph: '🎫', text: roles.length === 0 ? 'No role in Purser' : `Roles in Purser: ${roles.join(', ')}` },
  ];
}

function environmentItems({ items, total }: Environments): Item[] {
  const left = total - items.length;
  return [
    ...items.map(
      (item): Item => ({
        glyph: '📦',
        text: `Environment “${item.name}”`,
        ...(item.expiresAt === undefined ? {} : { detail: 'until', at: item.expiresAt }),
        action: showButton(item),
      }),
    ),
    ...(left > 0 ? [{ glyph: '📦', text: `${left} more environments: /env list` }] : []),
  ];
}

function systemItems({ systems }: Inside): Item[] {
  if (systems === undefined) {
    return [
      { glyph: '⚠️', text: 'What they have in other systems could not be read now. Ask again in a moment.' },
    ];
  }
  return systems.map(systemItem);
}

function systemItem(read: SystemHoldings): Item {
  if ('trouble' in read)
    return { glyph: '⚠️', text: `${read.system} ${read.trouble}. Ask again in a moment.` };
  const words = read.holdings.map(holdingInWords).join(', ');
  return { glyph: '🔑', text: `${read.system}: ${words === '' ? 'nothing' : words}` };
}

/** `/team list`. */
export function teamListView(directory: DirectorySnapshot): ItemListView {
  return {
    kind: 'item-list',
    title: 'Teams',
    items: directory.teams.map((team) => ({
      glyph: '👥',
      text: `${team.title} (${team.id})`,
      detail: `${counted(peopleOf(team).length)}, led by`,
      people: team.leads.map((id) => personRef(directory, id)),
      action: showTeamButton(team.id),
    })),
    more: 0,
    empty: 'There is none yet. The platform team adds teams to manifests/platform.yaml.',
  };
}

/** `/team show`. */
export function teamView(directory: DirectorySnapshot, team: Team, environments: Environments): ItemListView {
  return {
    kind: 'item-list',
    title: `Team ${team.title} (${team.id})`,
    intro: `In the cluster it is the group ${team.group}: whoever is in the team may use its environments.`,
    items: [
      ...peopleOf(team).map((id) => memberItem(directory, team, id)),
      ...environmentItems(environments),
    ],
    more: 0,
    empty: 'Nobody is in it, and it has no environments.',
  };
}

function memberItem(directory: DirectorySnapshot, team: Team, id: string): Item {
  const person = findPerson(directory, id);
  const gone = person?.active === true ? {} : { struck: true, detail: 'no longer here' };
  const leads = team.leads.includes(id);
  return { glyph: leads ? '⭐' : '👤', text: `${person?.name ?? id}${leads ? ', lead' : ''}`, ...gone };
}

/** Leads first, nobody twice. */
function peopleOf({ leads, members }: Team): string[] {
  return [...new Set([...leads, ...members])];
}

function counted(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}

function showTeamButton(team: string): ActionButton {
  return { actionId: 'team.show', label: 'Show', payload: { team } };
}

/** By its id or its title, as people type it. */
export function teamNamed(directory: DirectorySnapshot, typed: string): Team | undefined {
  const word = typed.trim().toLowerCase();
  return findTeam(directory, word) ?? directory.teams.find(({ title }) => title.toLowerCase() === word);
}
