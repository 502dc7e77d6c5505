import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecideInput, EnvironmentState, PersonInput } from '../../src/domain/environments.ts';
import type { QuotaRequestState, QuotaVote } from '../../src/domain/quota-requests.ts';

export const getEnvironmentQuery = defineQuery<EnvironmentState>('getEnvironment');
export const decideUpdate = defineUpdate<void, [DecideInput]>('decide');
export const deleteUpdate = defineUpdate<void, [PersonInput]>('delete');
export const retryUpdate = defineUpdate<void, [PersonInput]>('retry');
export const announceSignal = defineSignal('announce');
export const rollBackUpdate = defineUpdate<void, [PersonInput]>('rollBack');

export const getQuotaQuery = defineQuery<QuotaRequestState>('getQuota');
export const decideQuotaUpdate = defineUpdate<void, [QuotaVote]>('decideQuota');
