import type { Doer, IncidentState, RoleHolding } from '../../src/domain/incidents.ts';
import { isPerson } from './incident-state.ts';

/** The first role leads. */
export function leadRole({ rules }: IncidentState): string {
  return rules.roles[0]?.id ?? 'lead';
}

export function leadOf(state: IncidentState): string | undefined {
  return holderOf(state, leadRole(state));
}

/** Whoever tells others how it goes: the role whose name says so. */
export function commsOf(state: IncidentState): string | undefined {
  const role = state.rules.roles.find(({ id }) => id.startsWith('comm'));
  return role && holderOf(state, role.id);
}

export function holdingOf(state: IncidentState, role: string): RoleHolding | undefined {
  return state.roles.find((holding) => holding.role === role);
}

export function holderOf(state: IncidentState, role: string): string | undefined {
  return holdingOf(state, role)?.person;
}

export function titleOfRole(state: IncidentState, role: string): string {
  return state.rules.roles.find(({ id }) => id === role)?.title ?? role;
}

/** The best person to ask, where nobody in particular is meant. */
export function someoneToAsk(state: IncidentState, except?: string): string | undefined {
  return [leadOf(state), answererOf(state), firstPagedOf(state), state.declaredBy, ...state.members].find(
    (person) => isPerson(person) && person !== except,
  );
}

/** Whoever answered the latest page. */
export function answererOf(state: IncidentState): string | undefined {
  return state.escalations
    .toReversed()
    .map(({ acknowledged }) => acknowledged?.by)
    .find(isPerson);
}

export function firstPagedOf(state: IncidentState): string | undefined {
  return state.escalations.flatMap(({ pages }) => pages)[0]?.person;
}

/** Everybody who belongs into the rooms. */
export function participantsOf(state: IncidentState): string[] {
  const people: (Doer | undefined)[] = [
    state.declaredBy,
    ...state.members,
    ...state.roles.map(({ person }) => person),
    ...state.escalations.flatMap(({ pages, acknowledged }) => [
      ...pages.map(({ person }) => person),
      acknowledged?.by,
    ]),
  ];
  return [...new Set(people.filter(isPerson))];
}

export function join(state: IncidentState, person: Doer): string[] {
  return isPerson(person) && !state.members.includes(person) ? [...state.members, person] : state.members;
}
