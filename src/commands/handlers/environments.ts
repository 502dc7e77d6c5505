import { formatDuration } from '../../domain/durations.ts';
import { environmentView, shownValue } from '../../domain/environment-views.ts';
import type { ParameterSchema } from '../../domain/json.ts';
import { findTeam } from '../../domain/people.ts';
import type { TemplateSummary } from '../../domain/plans.ts';
import type { TemplateListView } from '../../domain/views.ts';
import { refusal } from '../authorize.ts';
import type { Handler } from '../context.ts';
import { findEnvironment, listEnvironments, listItem, noSuchEnvironment } from '../lookups.ts';
import { nearest } from '../nearest.ts';
import { echo, notice } from '../wording.ts';

const LIST_LIMIT = 20;

export const templateList: Handler<'environment.templates'> = {
  permission: 'env.templates',
  async handle({ context: { catalog } }) {
    const templates = catalog.list();
    if (templates.length === 0 && catalog.problems().length === 0) {
      return notice('info', 'There is no template yet.', {
        details: ['The platform team adds one by putting a folder into manifests/templates.'],
      });
    }
    return { kind: 'template-list', templates: templates.map(templateItem), problems: catalog.problems() };
  },
};

function templateItem(template: TemplateSummary): TemplateListView['templates'][number] {
  const { name, version, title, description, owner, parameters, lifecycle } = template;
  return {
    name,
    version,
    title,
    description,
    owner,
    parameters: Object.entries(parameters.properties).map(([parameter, schema]) => ({
      name: parameter,
      summary: parameterSummary(schema),
      required: parameters.required?.includes(parameter) ?? false,
    })),
    livesFor: formatDuration(lifecycle.ttlMs),
    action: { actionId: 'environment.request', label: 'Request…', payload: { template: name } },
  };
}

function parameterSummary(schema: ParameterSchema): string {
  const { title, description, enum: values, default: fallback } = schema;
  const parts = [(description ?? title)?.replace(/\.$/, '')];
  if (schema['x-source'] === 'teams-of-requester') parts.push('one of your teams');
  if (values !== undefined) parts.push(`one of ${values.join(', ')}`);
  if (fallback !== undefined) parts.push(`${shownValue(fallback)} unless you say otherwise`);
  return parts.filter((part) => part !== undefined).join('; ');
}

export const environmentList: Handler<'environment.list'> = {
  permission: 'env.list',
  async handle({ context, directory, person }, { team, mine }) {
    if (team !== undefined && findTeam(directory, team) === undefined) {
      const meant = nearest(
        team,
        directory.teams.map(({ id }) => id),
      );
      return notice('warning', `There is no team “${echo(team)}”.`, {
        details: [
          meant === undefined
            ? `The teams are ${directory.teams.map(({ id }) => id).join(', ')}.`
            : `Did you mean /env list team=${meant}?`,
        ],
      });
    }
    const filter = { ...(mine ? { owner: person.id } : {}), ...(team === undefined ? {} : { team }) };
    const { items, total } = await listEnvironments(context, { ...filter, limit: LIST_LIMIT });
    const whose = [mine ? 'you asked for' : '', team === undefined ? '' : `of team ${team}`].filter(Boolean);
    return {
      kind: 'environment-list',
      title: ['Environments', ...whose].join(' '),
      items: items.map((item) => listItem(item, directory)),
      more: Math.max(0, total - items.length),
      empty: 'There is none. Type /env create to ask for one.',
    };
  },
};

export const environmentDetails: Handler<'environment.show'> = {
  permission: 'env.show',
  async handle(call, { name }) {
    const state = await findEnvironment(call.context, name);
    if (state === undefined) return noSuchEnvironment(call, name);
    const resource = { owner: state.requester, team: state.team, name };
    const refused = await refusal(call, 'env.show', resource);
    return refused ?? environmentView(state, call.directory);
  },
};
