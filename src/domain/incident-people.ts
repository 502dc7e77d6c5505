import type { Doer, IncidentState } from './incidents.ts';
import { type DirectorySnapshot, findPerson } from './people.ts';
import type { PersonRef } from './views.ts';

/** What does things without anybody having asked just then. */
const OTHERS: ReadonlyMap<Doer, string> = new Map([
  ['alerts', 'monitoring'],
  ['purser', 'Purser'],
]);

/** Whether it is a person at all, who can be asked and invited. */
export function isPerson(doer: Doer): boolean {
  return !OTHERS.has(doer);
}

/** Who did something, for a card; a person no longer in the directory is shown by id. */
export function doerRef(directory: DirectorySnapshot, doer: Doer): PersonRef {
  const person = findPerson(directory, doer);
  return { id: doer, name: OTHERS.get(doer) ?? person?.name ?? doer, accounts: person?.accounts ?? [] };
}

/** What a workflow wrote, with names where it has ids. */
export function withNames(directory: DirectorySnapshot, text: string): string {
  return text.replace(/\u2068([^\u2068\u2069]*)\u2069/g, (_, doer: Doer) => doerRef(directory, doer).name);
}

export function leadOf(state: IncidentState): string | undefined {
  const [lead] = state.rules.roles;
  return state.roles.find(({ role }) => role === lead?.id)?.person;
}

/** Who works on it: declared it, joined, holds a role, was paged or answered. They belong in its rooms. */
export function participantsOf(state: IncidentState): string[] {
  const people = [
    state.declaredBy,
    ...state.members,
    ...state.roles.flatMap(({ person }) => (person === undefined ? [] : [person])),
    ...state.escalations.flatMap(({ pages, acknowledged }) => [
      ...pages.map(({ person }) => person),
      ...(acknowledged === undefined ? [] : [acknowledged.by]),
    ]),
  ];
  return [...new Set(people)].filter(isPerson);
}

/** Who may know of it when it is private: participants, and those whom one of them has asked for something. */
export function insidersOf(state: IncidentState): string[] {
  const asked = [
    ...state.roles.flatMap(({ offer }) => (offer === undefined ? [] : [offer.to])),
    ...state.tasks.flatMap(({ owner }) => (owner === undefined ? [] : [owner])),
  ];
  return [...new Set([...participantsOf(state), ...asked])];
}
