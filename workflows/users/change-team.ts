import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  TemporalFailure,
} from '@temporalio/workflow';
import type { HoldingStep, TeamChangeInput, TeamChangeState } from '../../src/domain/people-requests.ts';
import { troubleOf } from '../environments/trouble.ts';
import { settleStep } from './holding-steps.ts';
import { agreed, openRequest, type Request } from './request.ts';

type Change = Request<TeamChangeState>;

/**
 * One change of who is in a team, under `membership/<team>/<person>`: from the request until every system says that it is so.
 * Business outcomes are states, never failures of the workflow.
 */
export async function changeTeam(input: TeamChangeInput): Promise<void> {
  const request: Change = openRequest({
    ...input,
    kind: 'team-change',
    phase: 'requested',
    steps: [],
    requestedAt: new Date().toISOString(),
    revision: 1,
  });
  await CancellationScope.nonCancellable(() => live(request));
}

async function live(request: Change): Promise<void> {
  const { state, lookups, inTurn } = request;
  try {
    await decideAndMake(request);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { reason, next } = troubleOf(error);
    request.change({ phase: 'refused', trouble: { reason, next } });
  }
  await inTurn(() => lookups.untilAnswered((via, question) => via.settleRequest({ state, question })));
  await request.told();
  await condition(allHandlersFinished);
}

async function decideAndMake(request: Change): Promise<void> {
  const { state, lookups, inTurn } = request;
  const agreement = await agreed(request, (via, asked) => via.admitTeamChange({ state, ...asked }));
  if (agreement === undefined) return;
  if (state.change === 'create') {
    await inTurn(() => lookups.untilAnswered((via, question) => via.createTeam({ state, question })));
  }
  request.change({ phase: 'changing', steps: agreement.steps });
  await make(request, agreement.by);
}

/** In Purser’s own directory first: what they have elsewhere follows it, and what fails there keeps nothing from the others. */
async function make(request: Change, by: string): Promise<void> {
  const { state } = request;
  await settle(request, 0, by);
  const [first] = state.steps;
  if (first === undefined || first.state !== 'done') return refuse(request, first?.trouble);
  if (!(await keepsLead(request, first, by))) return;
  await Promise.all(state.steps.slice(1).map((_, at) => settle(request, at + 1, by)));
  request.change({ phase: 'done' });
}

/** Of two who take out the last two leads at once, neither shall have done it. */
async function keepsLead(request: Change, first: HoldingStep, by: string): Promise<boolean> {
  const { state, lookups, inTurn } = request;
  if (!tookLead(state)) return true;
  try {
    await inTurn(() => lookups.untilAnswered((via) => via.requireLead({ state })));
    return true;
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    await settleStep({ ...first, want: 'held' }, about(state, by), () => undefined);
    const { reason, next } = troubleOf(error);
    request.change({ phase: 'refused', trouble: { reason, next } });
    return false;
  }
}

function tookLead({ change, team, steps }: TeamChangeState): boolean {
  const holding = steps[0]?.holding;
  return change === 'remove' && holding?.kind === 'group' && holding.group === `leads/${team}`;
}

async function settle(request: Change, at: number, by: string): Promise<void> {
  const { state } = request;
  const step = state.steps[at];
  if (step === undefined) return;
  await settleStep(step, about(state, by), (outcome) => {
    request.change({
      steps: state.steps.map((known, index) => (index === at ? { ...known, ...outcome } : known)),
    });
  });
}

function about({ id, person }: TeamChangeState, actor: string) {
  return { person, actor, request: id };
}

function refuse(request: Change, reason = 'Nothing had to be done.'): void {
  const next = 'Tell the platform team, who look after manifests/systems.yaml.';
  request.change({ phase: 'refused', trouble: { reason, next } });
}
