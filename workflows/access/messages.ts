import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { EndGrantInput, ExtendGrantInput, GrantState, GrantVoteInput } from '../../src/domain/access.ts';

export const getGrantQuery = defineQuery<GrantState>('getGrant');
export const voteUpdate = defineUpdate<void, [GrantVoteInput]>('vote');
export const endGrantUpdate = defineUpdate<void, [EndGrantInput]>('endGrant');
export const extendGrantUpdate = defineUpdate<void, [ExtendGrantInput]>('extendGrant');
