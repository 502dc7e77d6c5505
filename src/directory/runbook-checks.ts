import type { IncidentConfig } from '../domain/incident-config.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { Runbook, RunbookAction } from '../domain/runbooks.ts';
import { choices, targetProblems, unknownSeverities } from './incident-checks.ts';

/** What a runbook may name. */
export interface Known {
  config: IncidentConfig;
  platform: PlatformConfig;
  templates: string[];
}

/** What of a runbook does not fit to what else is there. Each problem begins with its place. */
export function runbookProblems({ on, steps }: Runbook, known: Known): string[] {
  const { config } = known;
  return [
    ...on.flatMap(({ severities = [], services = [] }, at) => [
      ...unknownSeverities(config, `on[${at}].severities`, severities),
      ...services.flatMap((id) => missing(id, 'service', config.services, `on[${at}].services`)),
    ]),
    ...steps.flatMap((step, at) => [
      ...actionProblems(step, `steps[${at}]`, known),
      ...('approve' in step && step.approve !== undefined
        ? missing(step.approve, 'role', config.roles, `steps[${at}].approve`)
        : []),
    ]),
  ];
}

function actionProblems(
  step: RunbookAction,
  place: string,
  { config, platform, templates }: Known,
): string[] {
  switch (step.do) {
    case 'message':
      return [];
    case 'invite':
      return targetProblems(step.who, `${place}.who`, { config, platform });
    case 'page':
      return missing(step.path, 'path', config.paths, `${place}.path`);
    case 'webhook':
      return missing(step.webhook, 'webhook', config.webhooks, `${place}.webhook`);
    case 'environment':
      return missing(
        step.template,
        'template',
        templates.map((id) => ({ id })),
        `${place}.template`,
      );
  }
}

function missing(id: string, what: string, known: { id: string }[], place: string): string[] {
  if (known.some((one) => one.id === id)) return [];
  return [`${place}: there is no ${what} “${id}”: ${choices(`${what}s`, known)}`];
}
