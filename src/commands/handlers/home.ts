import { approvalView, personRef } from '../../domain/environment-views.ts';
import type { HomeView } from '../../domain/views.ts';
import type { Handler } from '../context.ts';
import { findEnvironment, listEnvironments, listItem } from '../lookups.ts';

const SHOWN = 20;
const WAITING_SHOWN = 10;

/** What is theirs, and what waits for them. */
export const home: Handler<'home'> = {
  async handle({ context, directory, person }): Promise<HomeView> {
    const [own, all] = await Promise.all([
      listEnvironments(context, { owner: person.id, limit: SHOWN }),
      listEnvironments(context, { limit: 200 }),
    ]);
    const waiting = all.items.filter((item) => item.phase === 'awaiting-approval').slice(0, WAITING_SHOWN);
    const states = await Promise.all(waiting.map((item) => findEnvironment(context, item.name)));
    return {
      kind: 'home',
      person: personRef(directory, person.id),
      environments: own.items.map((item) => listItem(item, directory)),
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
        })),
      actions: [
        { actionId: 'environment.request', label: 'Request an environment', style: 'primary', payload: {} },
      ],
    };
  },
};
