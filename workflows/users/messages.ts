import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecideLinkInput, LinkState } from '../../src/domain/links.ts';
import type { PeopleRequestState, RequestDecision } from '../../src/domain/people-requests.ts';

export const decideLinkUpdate = defineUpdate<void, [DecideLinkInput]>('decideLink');
export const getLinkQuery = defineQuery<LinkState>('getLink');
export const decideRequestUpdate = defineUpdate<void, [RequestDecision]>('decideRequest');
export const getRequestQuery = defineQuery<PeopleRequestState>('getRequest');
/** To the watch over links, which otherwise looks once a day. */
export const lookNowSignal = defineSignal('lookNow');
