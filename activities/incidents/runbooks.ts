import { FAILURE } from '../../src/domain/errors.ts';
import { incidentWorkflowId } from '../../src/domain/ids.ts';
import { beginsWith, planOf, timesOf } from '../../src/domain/runbooks.ts';
import type { ActivityDeps } from '../deps.ts';
import { refused } from '../failures.ts';
import type { IncidentRunbookActivities } from './contract.ts';

type Deps = Pick<ActivityDeps, 'directory' | 'incidentConfig' | 'runbooks' | 'audit'>;

export function createRunbookActivities(deps: Deps): IncidentRunbookActivities {
  return {
    async findRunbooks({ state, happened }) {
      const [{ runbooks, problems }, config, directory] = await Promise.all([
        deps.runbooks(),
        deps.incidentConfig(),
        deps.directory.snapshot(),
      ]);
      const found = runbooks.filter((runbook) => beginsWith(runbook, happened, state));
      if (happened.event === 'by-hand' && found.length === 0) {
        const why = problems.find((problem) => problem.startsWith(`runbooks/${happened.name}.`));
        throw refused(
          FAILURE.wrongState,
          why ?? `There is no runbook “${happened.name}”.`,
          'Look at the files in manifests/runbooks.',
        );
      }
      return {
        plans: config === undefined ? [] : found.map((runbook) => planOf(runbook, config, directory)),
        times: timesOf(runbooks),
        problems,
      };
    },

    async auditStep({ state, step: id, by, key, outcome }) {
      const run = state.runbooks?.find(({ steps }) => steps.some((step) => step.id === id));
      await deps.audit.append({
        key: `${state.requestId}:${key}:${outcome}`,
        action: 'incident.runbook-step',
        actor: by,
        subject: incidentWorkflowId(state.number),
        outcome,
        detail: {
          requestId: state.requestId,
          step: id,
          does: run?.steps.find((step) => step.id === id)?.action.do ?? '',
          runbook: `${run?.name}@${run?.version}`,
        },
      });
    },
  };
}
