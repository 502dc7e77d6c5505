import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { OnCallActivities } from '../../activities/incidents/contract.ts';
import { lookDaily, SAID_WITHIN_AN_HOUR } from '../daily.ts';

const { reportGaps } = proxyActivities<OnCallActivities>(SAID_WITHIN_AN_HOUR);

/** Looks every day for hours of the coming week in which nobody is on call. */
export async function watchOnCall(): Promise<void> {
  await lookDaily(reportGaps, 'gaps in the on-call schedules could not be reported');
  await continueAsNew<typeof watchOnCall>();
}
