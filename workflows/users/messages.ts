import { defineUpdate } from '@temporalio/workflow';
import type { DecideLinkInput } from '../../src/domain/links.ts';

export const decideLinkUpdate = defineUpdate<void, [DecideLinkInput]>('decideLink');
