import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { DecideLinkInput, LinkState } from '../../src/domain/links.ts';

export const decideLinkUpdate = defineUpdate<void, [DecideLinkInput]>('decideLink');
export const getLinkQuery = defineQuery<LinkState>('getLink');
