import { personRef } from '../../domain/environment-views.ts';
import type { EnvironmentState } from '../../domain/environments.ts';
import type { JsonObject } from '../../domain/json.ts';
import { teamsOf } from '../../domain/people.ts';
import type { Plan, TemplateSummary } from '../../domain/plans.ts';
import { askPolicy, type Permission } from '../../domain/policy.ts';
import type { ExplanationView } from '../../domain/views.ts';
import { approversOf } from '../assess.ts';
import { refusal } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { suggestedName } from '../free-names.ts';
import { findEnvironment, noSuchEnvironment } from '../lookups.ts';
import { listed } from '../wording.ts';

type Line = ExplanationView['lines'][number];

const ABOUT_ENVIRONMENT: [Permission, string][] = [
  ['env.show', 'Look at it'],
  ['env.reveal', 'Reveal its credentials'],
  ['env.retry', 'Retry it after a failure'],
  ['env.roll-back', 'Roll it back after a failure'],
  ['env.delete', 'Delete it'],
];

/** For each thing one might do with an environment or a template, the rule that answers. */
export const explanation: Handler<'environment.explain'> = {
  permission: 'env.explain',
  async handle(call, { subject }) {
    const template = call.context.catalog.get(subject);
    if (template !== undefined) {
      return {
        kind: 'explanation',
        title: `What you may do with the template “${subject}”`,
        lines: await templateLines(call, template),
      };
    }
    const state = await findEnvironment(call.context, subject);
    if (state === undefined) return noSuchEnvironment(call, subject);
    const resource = { owner: state.requester, team: state.team, name: subject };
    const refused = await refusal(call, 'env.show', resource);
    if (refused !== undefined) return refused;
    return {
      kind: 'explanation',
      title: `What you may do with the environment “${subject}”`,
      lines: environmentLines(call, state),
    };
  },
};

function environmentLines(call: Call, state: EnvironmentState): Line[] {
  const resource = { owner: state.requester, team: state.team };
  const lines = ABOUT_ENVIRONMENT.map(([permission, question]) =>
    policyLine(call, question, permission, resource),
  );
  return [...lines, decisionLine(call, state)];
}

function decisionLine({ directory, person }: Call, { requester, approval }: EnvironmentState): Line {
  const question = 'Approve or deny it';
  const rule = approval.because;
  if (approval.needed === 0) return { question, answer: 'no', rule, detail: 'no approval is needed' };
  if (requester === person.id) {
    return { question, answer: 'no', rule, detail: 'nobody decides on what they asked for' };
  }
  const names = listed(approval.approvers.map((id) => personRef(directory, id).name));
  const answer = approval.approvers.includes(person.id) ? 'yes' : 'no';
  return { question, answer, rule, detail: `asked: ${names}` };
}

async function templateLines(call: Call, template: TemplateSummary): Promise<Line[]> {
  const teams = teamsOf(call.directory, call.person.id);
  if (teams.length === 0) {
    return [{ question: 'Create one', answer: 'no', rule: 'default-deny', detail: 'you are in no team' }];
  }
  const name = await suggestedName(call, template);
  return teams.flatMap((team) => {
    const resource = { owner: call.person.id, team: team.id };
    const line = policyLine(call, `Create one for ${team.title}`, 'env.create', resource);
    if (line.answer === 'no') return [line];
    return [
      line,
      ...approvalLines(call, template, { ...(name === undefined ? {} : { name }), team: team.id }),
    ];
  });
}

/** The rule for the defaults, and for each choice that changes it. */
function approvalLines(call: Call, template: TemplateSummary, values: JsonObject): Line[] {
  const usual = planOf(call, template, values);
  const lines = usual === undefined ? [] : [approvalLine(call, 'With the usual choices', usual)];
  for (const [parameter, schema] of Object.entries(template.parameters.properties)) {
    for (const choice of schema.enum ?? []) {
      const plan = planOf(call, template, { ...values, [parameter]: choice });
      if (plan === undefined || plan.approval.because === usual?.approval.because) continue;
      lines.push(approvalLine(call, `With ${parameter}=${choice}`, plan));
    }
  }
  return lines;
}

function planOf(call: Call, template: TemplateSummary, values: JsonObject): Plan | undefined {
  const { directory, person, context } = call;
  const teams = teamsOf(directory, person.id).map(({ id, group }) => ({ id, group }));
  const requester = { id: person.id, roles: person.roles, teams };
  const result = context.catalog.plan({ template: template.name, values, requester });
  return result.ok ? result.plan : undefined;
}

function approvalLine(call: Call, question: string, { approval }: Plan): Line {
  if (approval.auto) return { question, answer: 'yes', rule: approval.because };
  const names = listed(approversOf(call, approval).map(({ name }) => name));
  const detail = names === '' ? 'nobody besides you could approve' : `asked: ${names}`;
  return { question, answer: 'needs approval', rule: approval.because, detail };
}

function policyLine(
  { policy, directory, person }: Call,
  question: string,
  permission: Permission,
  resource: { owner: string; team: string },
): Line {
  const answer = askPolicy(policy, directory, { person, permission, resource });
  return { question, answer: answer.allowed ? 'yes' : 'no', rule: answer.rule, detail: answer.because };
}
