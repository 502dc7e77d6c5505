import { requestAccessButton } from '../../domain/access-views.ts';
import { approvalView, personRef } from '../../domain/environment-views.ts';
import { listItem as incidentItem } from '../../domain/incident-views.ts';
import { mayAnywhere } from '../../domain/policy.ts';
import type { HomeView } from '../../domain/views.ts';
import type { Call, Handler } from '../context.ts';
import { listIncidents } from '../incident-lookups.ts';
import { findEnvironment, listEnvironments, listItem } from '../lookups.ts';
import { accessAtHome } from './home-access.ts';

const SHOWN = 20;
const WAITING_SHOWN = 10;
const INCIDENTS_SHOWN = 10;

/** What is theirs, and what waits for them. */
export const home: Handler<'home'> = {
  async handle(call): Promise<HomeView> {
    const { context, directory, person } = call;
    const [own, all, incidents, access] = await Promise.all([
      listEnvironments(context, { owner: person.id, limit: SHOWN }),
      listEnvironments(context, { limit: 200 }),
      openIncidents(call),
      accessAtHome(call),
    ]);
    const waiting = all.items.filter((item) => item.phase === 'awaiting-approval').slice(0, WAITING_SHOWN);
    const states = await Promise.all(waiting.map((item) => findEnvironment(context, item.name)));
    return {
      kind: 'home',
      person: personRef(directory, person.id),
      environments: own.items.map((item) => listItem(item, directory)),
      incidents,
      access: access.access,
      awaitingMe: states
        .filter((state) => state !== undefined)
        .filter(
          (state) => state.phase === 'awaiting-approval' && state.approval.approvers.includes(person.id),
        )
        .map((state) => ({
          title: `${state.template.title} “${state.name}”`,
          requestedBy: personRef(directory, state.requester),
          since: state.requestedAt,
          actions: approvalView(state, directory).actions,
        }))
        .concat(access.awaitingMe),
      actions: [
        { actionId: 'environment.request', label: 'Request an environment', style: 'primary', payload: {} },
        ...(mayAnywhere(call.policy, person, 'incident.declare')
          ? [{ actionId: 'incident.declare' as const, label: 'Declare an incident', payload: {} }]
          : []),
        ...(access.mayAsk ? [{ ...requestAccessButton(), label: 'Request access' }] : []),
      ],
    };
  },
};

/** Those the person works on come first. */
async function openIncidents(call: Call): Promise<HomeView['incidents']> {
  const config = await call.context.incidents.config();
  if (config === undefined || !mayAnywhere(call.policy, call.person, 'incident.look')) return [];
  const { items } = await listIncidents(call, { open: true, limit: 50 });
  const mine = items.filter(({ members }) => members.includes(call.person.id));
  const others = items.filter(({ members }) => !members.includes(call.person.id));
  return [...mine, ...others]
    .slice(0, INCIDENTS_SHOWN)
    .map((row) => incidentItem(row, call.directory, config.severities));
}
