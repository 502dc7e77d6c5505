import { administrators } from '../domain/departure-rules.ts';
import { showDepartureButton } from '../domain/departure-views.ts';
import type { DepartureState } from '../domain/departures.ts';
import type { ItemListView } from '../domain/incident-view-types.ts';
import { findPerson } from '../domain/people.ts';
import type { NoticeView } from '../domain/views.ts';
import type { DepartureRef } from '../temporal/departure-launchers.ts';
import { auditRefusal } from './authorize.ts';
import { type Call, type CommandContext, NotRecordedError } from './context.ts';
import { notice } from './wording.ts';

export async function openDepartures({ departures }: CommandContext): Promise<DepartureRef[]> {
  try {
    return await departures.open();
  } catch (cause) {
    throw new NotRecordedError('The database did not answer', { cause });
  }
}

/** As the launchers' `get`; an outage is a reason to try again. */
export async function findDeparture(
  { departures }: CommandContext,
  departure: DepartureRef,
): Promise<DepartureState | undefined> {
  try {
    return await departures.launchers.get(departure);
  } catch (cause) {
    throw new NotRecordedError('Temporal did not answer', { cause });
  }
}

/** Whoever asked, takes over or looks after everything. Not who leaves. */
export function mayLook({ policy, directory, person }: Call, state: DepartureState): boolean {
  if (person.id === state.person) return false;
  return [state.requester, ...state.heirs, ...administrators(policy, directory).map(({ id }) => id)].includes(
    person.id,
  );
}

/** The departure a button is about, for those who may know of it. To others there is none. */
export async function departureNamed(call: Call, about: DepartureRef): Promise<DepartureState | NoticeView> {
  const state = await findDeparture(call.context, about);
  if (state !== undefined && mayLook(call, state)) return state;
  if (state !== undefined) await auditRefusal(call, 'user.offboard', 'not-concerned');
  return notice('info', 'There is no such departure, or it is long over.');
}

/** For those who look after everything: the others know what they asked for. */
export function leavingList(call: Call, open: DepartureRef[]): ItemListView {
  const { policy, directory, person } = call;
  const isAdministrator = administrators(policy, directory).some(({ id }) => id === person.id);
  return {
    kind: 'item-list',
    title: 'Who leaves',
    items: (isAdministrator ? open : []).map((departure) => ({
      glyph: '👋',
      text: findPerson(directory, departure.person)?.name ?? departure.person,
      action: showDepartureButton(departure),
    })),
    more: 0,
    empty: isAdministrator
      ? 'Nobody. /user offboard @kim shows what somebody would lose, and asks for it.'
      : 'Administrators see who leaves. /user offboard @kim shows what somebody would lose, and asks for it.',
  };
}
