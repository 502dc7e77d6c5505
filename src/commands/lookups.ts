import { personRef, showButton } from '../domain/environment-views.ts';
import type { EnvironmentListItem, EnvironmentState } from '../domain/environments.ts';
import type { DirectorySnapshot } from '../domain/people.ts';
import type { EnvironmentListView, NoticeView } from '../domain/views.ts';
import type { LaunchOutcome } from '../temporal/launchers.ts';
import { type Call, type CommandContext, NotRecordedError } from './context.ts';
import { nearest } from './nearest.ts';
import { notice } from './wording.ts';

/** As `launchers.getEnvironment`; an outage is a reason to try again. */
export async function findEnvironment(
  { launchers }: CommandContext,
  name: string,
): Promise<EnvironmentState | undefined> {
  try {
    return await launchers.getEnvironment(name);
  } catch (cause) {
    throw new NotRecordedError('Temporal did not answer', { cause });
  }
}

export async function listEnvironments(
  { launchers }: CommandContext,
  filter: Parameters<CommandContext['launchers']['listEnvironments']>[0],
): ReturnType<CommandContext['launchers']['listEnvironments']> {
  try {
    return await launchers.listEnvironments(filter);
  } catch (cause) {
    throw new NotRecordedError('Temporal did not answer', { cause });
  }
}

export async function noSuchEnvironment({ context }: Call, name: string): Promise<NoticeView> {
  const { items } = await listEnvironments(context, { limit: 200 });
  const meant = nearest(
    name,
    items.map((item) => item.name),
  );
  return notice('warning', `There is no environment “${name}”.`, {
    details: [meant === undefined ? 'Type /env list to see what there is.' : `Did you mean “${meant}”?`],
    actions: meant === undefined ? [] : [showButton({ name: meant })],
  });
}

/** The button names a request, and its environment has been another one since. */
export function olderRequest(name: string): NoticeView {
  return notice('warning', `That button belongs to an earlier environment “${name}”, and nothing was done.`, {
    details: ['The one of that name now is another. Look at it first:'],
    actions: [showButton({ name })],
  });
}

/** Nothing when Temporal took it; else what the workflow said. An outage is a reason to try again. */
export function refusedLaunch(outcome: LaunchOutcome, what: string): NoticeView | undefined {
  if (outcome.ok) return undefined;
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  return notice('error', what, { details: [outcome.message] });
}

export function listItem(
  item: EnvironmentListItem,
  directory: DirectorySnapshot,
): EnvironmentListView['items'][number] {
  const { name, phase, template, team, owner, expiresAt } = item;
  return {
    name,
    phase,
    template,
    team,
    owner: personRef(directory, owner),
    expiresAt,
    action: showButton(item),
  };
}
