import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DepartureActInput, DepartureState, DepartureVoteInput } from '../../src/domain/departures.ts';

export const decideDepartureUpdate = defineUpdate<void, [DepartureVoteInput]>('decideDeparture');
export const actOnDepartureUpdate = defineUpdate<void, [DepartureActInput]>('actOnDeparture');
export const getDepartureQuery = defineQuery<DepartureState>('getDeparture');
/** Has the cards drawn anew. */
export const showDepartureSignal = defineSignal('showDeparture');
