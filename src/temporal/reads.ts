import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { environment } from '../../workflows/environments/environment.ts';
import { getEnvironmentQuery } from '../../workflows/environments/messages.ts';
import type { EnvironmentListItem, EnvironmentPhase, EnvironmentState } from '../domain/environments.ts';
import { SEARCH_ATTRIBUTE_KEYS } from './search-attributes.ts';

export async function stateOf(
  handle: WorkflowHandle<typeof environment>,
): Promise<EnvironmentState | undefined> {
  return await foundOr(handle.query(getEnvironmentQuery));
}

/** `undefined` where there is no such workflow. */
export async function foundOr<State>(answer: Promise<State>): Promise<State | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Running ones, newest first, by visibility. */
export async function listEnvironments(
  client: Client,
  { owner, team, limit }: { owner?: string; team?: string; limit: number },
): Promise<{ items: EnvironmentListItem[]; total: number }> {
  const query = [
    "WorkflowType = 'environment'",
    "ExecutionStatus = 'Running'",
    ...(owner === undefined ? [] : [`${SEARCH_ATTRIBUTE_KEYS.owner.name} = ${quoted(owner)}`]),
    ...(team === undefined ? [] : [`${SEARCH_ATTRIBUTE_KEYS.team.name} = ${quoted(team)}`]),
  ].join(' AND ');
  const [items, { count }] = await Promise.all([
    firstItems(client, query, limit),
    client.workflow.count(query),
  ]);
  return { items, total: count };
}

async function firstItems(client: Client, query: string, limit: number): Promise<EnvironmentListItem[]> {
  const items: EnvironmentListItem[] = [];
  for await (const { memo, typedSearchAttributes: shown } of client.workflow.list({
    query,
    pageSize: limit,
  })) {
    if (items.length === limit) break;
    items.push({
      cluster: String(memo?.cluster),
      name: String(memo?.name),
      phase: shown.get(SEARCH_ATTRIBUTE_KEYS.phase) as EnvironmentPhase,
      template: shown.get(SEARCH_ATTRIBUTE_KEYS.template) ?? '',
      team: shown.get(SEARCH_ATTRIBUTE_KEYS.team) ?? '',
      owner: shown.get(SEARCH_ATTRIBUTE_KEYS.owner) ?? '',
      expiresAt: shown.get(SEARCH_ATTRIBUTE_KEYS.expiresAt)?.toISOString(),
    });
  }
  return items;
}

export function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
