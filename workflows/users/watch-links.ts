import { continueAsNew, proxyActivities, setHandler } from '@temporalio/workflow';
import type { LinkActivities } from '../../activities/links.ts';
import { lookDaily, SAID_WITHIN_AN_HOUR } from '../daily.ts';
import { lookNowSignal } from './messages.ts';

const { tellOfLinks } = proxyActivities<LinkActivities>(SAID_WITHIN_AN_HOUR);

/** Looks every day for links of chat accounts that end soon, and at once when one was taken from its person. */
export async function watchLinks(): Promise<void> {
  let wanted = false;
  setHandler(lookNowSignal, () => {
    wanted = true;
  });
  const look = () => {
    wanted = false;
    return tellOfLinks();
  };
  await lookDaily(look, 'people could not be told of their links', () => wanted);
  await continueAsNew<typeof watchLinks>();
}
