import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { EndGrantInput, ExtendGrantInput, GrantState, GrantVoteInput } from '../../src/domain/access.ts';
import type { HoldingPlace } from '../../src/domain/access-ledger.ts';

export const getGrantQuery = defineQuery<GrantState>('getGrant');
export const voteUpdate = defineUpdate<void, [GrantVoteInput]>('vote');
export const endGrantUpdate = defineUpdate<void, [EndGrantInput]>('endGrant');
export const extendGrantUpdate = defineUpdate<void, [ExtendGrantInput]>('extendGrant');
/** By the system they do not have it any more, and nothing of Purser's took it. */
export const goneSignal = defineSignal<[HoldingPlace]>('gone');
