import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecideLinkInput, LinkState } from '../../src/domain/links.ts';
import type {
  MoveArrival,
  PeopleRequestState,
  RequestDecision,
  WithdrawRequest,
} from '../../src/domain/people-requests.ts';

export const decideLinkUpdate = defineUpdate<void, [DecideLinkInput]>('decideLink');
export const getLinkQuery = defineQuery<LinkState>('getLink');
export const decideRequestUpdate = defineUpdate<void, [RequestDecision]>('decideRequest');
export const getRequestQuery = defineQuery<PeopleRequestState>('getRequest');
/** To the watch over links, which otherwise looks once a day. */
export const lookNowSignal = defineSignal('lookNow');
export const withdrawRequestUpdate = defineUpdate<void, [WithdrawRequest]>('withdrawRequest');
export const moveArrivalUpdate = defineUpdate<void, [MoveArrival]>('moveArrival');
/** A chat account has been linked to whoever comes. */
export const linkedSignal = defineSignal('linked');
