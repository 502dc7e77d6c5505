import type { EnvironmentState, Trouble } from '../src/domain/environments.ts';
import { FAILURE } from '../src/domain/errors.ts';
import { findPerson, findTeam, teamsOf } from '../src/domain/people.ts';
import { ClusterError } from '../src/domain/ports.ts';
import { ENVIRONMENT_QUOTA, nextSize } from '../src/domain/sizes.ts';
import type { ActivityDeps } from './deps.ts';

type Deps = Pick<ActivityDeps, 'catalog' | 'directory'>;

/** A refusal for want of room comes with what helps: a bigger size, or else who can make room. */
export async function withWayOut<Result>(
  deps: Deps,
  state: EnvironmentState,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClusterError) || error.trouble.type !== FAILURE.quota) throw error;
    // What the cluster said must not get lost because nobody knows what helps.
    const found = await wayOut(deps, state, error.trouble).catch(() => undefined);
    throw new ClusterError({ ...error.trouble, ...found }, { cause: error });
  }
}

async function wayOut(
  { catalog, directory }: Deps,
  { template: { name }, parameters, requester }: EnvironmentState,
  { reason }: Trouble,
): Promise<Pick<Trouble, 'next' | 'bigger'> | undefined> {
  const quota = /exceeded quota: ([^,\s]+)/.exec(reason)?.[1];
  if (quota === undefined) return undefined;
  if (quota !== ENVIRONMENT_QUOTA) {
    return { next: `The quota ${quota} is not Purser's. Ask whoever set it to make room, then retry.` };
  }
  const template = catalog.get(name);
  if (template === undefined) return undefined;
  const snapshot = await directory.snapshot();
  const person = findPerson(snapshot, requester);
  const size = nextSize(template, parameters.size);
  const values = { ...parameters, ...(size === undefined ? {} : { size }) };
  const teams = teamsOf(snapshot, requester).map(({ id, group }) => ({ id, group }));
  const plan = catalog.plan({
    template: name,
    values,
    requester: { id: requester, roles: person?.roles ?? [], teams },
  });
  if (size === undefined || !plan.ok) {
    const owner = findTeam(snapshot, template.owner)?.title ?? template.owner;
    const bigger = size === undefined ? 'There is no bigger size. ' : '';
    return { next: `${bigger}Ask ${owner}, who looks after the template, for more room, then retry.` };
  }
  const { because } = plan.plan.approval;
  return {
    bigger: size,
    next: `Size ${size} has more room (${because}). “Make it bigger” asks for it under another name; this one can then be rolled back.`,
  };
}
