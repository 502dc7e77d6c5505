import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecideInput, EnvironmentState, PersonInput } from '../../src/domain/environments.ts';

export const getEnvironmentQuery = defineQuery<EnvironmentState>('getEnvironment');
export const decideUpdate = defineUpdate<void, [DecideInput]>('decide');
export const deleteUpdate = defineUpdate<void, [PersonInput]>('delete');
export const retryUpdate = defineUpdate<void, [PersonInput]>('retry');
export const announceSignal = defineSignal('announce');
export const rollBackUpdate = defineUpdate<void, [PersonInput]>('rollBack');
