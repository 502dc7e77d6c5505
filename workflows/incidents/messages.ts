import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ActInput, IncidentLink, IncidentState } from '../../src/domain/incidents.ts';

export const getIncidentQuery = defineQuery<IncidentState>('getIncident');
/** Answers with the revision in which it is contained. Repeats of a key are answered alike and change nothing. */
export const actUpdate = defineUpdate<number, [ActInput]>('act');
/** Its alerts in the store have changed. However many of them, the store is read once. */
export const alertsChangedSignal = defineSignal<[]>('alertsChanged');
/** What another incident is to this one, or is no more; a child says how it is now. */
export const linkedSignal = defineSignal<[IncidentLink]>('linked');
