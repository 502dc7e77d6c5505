import { grantItem, titlesOf } from '../../domain/access-lists.ts';
import { currentStage, grantApprovalView } from '../../domain/access-views.ts';
import { personRef } from '../../domain/environment-views.ts';
import { mayAnywhere } from '../../domain/policy.ts';
import type { HomeView } from '../../domain/views.ts';
import { findGrant, knownEntitlements, listGrants } from '../access-lookups.ts';
import type { Call } from '../context.ts';

const SHOWN = 5;
const WAITING_SHOWN = 10;

/** What they have, what ends first first, and the requests that wait for their decision. */
export async function accessAtHome(
  call: Call,
): Promise<Pick<HomeView, 'access' | 'awaitingMe'> & { mayAsk: boolean }> {
  const { person, policy } = call;
  const [items, published] = await Promise.all([listGrants(call), knownEntitlements(call)]);
  const titles = titlesOf(published);
  const own = items
    .filter(({ beneficiary }) => beneficiary === person.id)
    .toSorted((one, other) => endOf(one) - endOf(other));
  return {
    access: own.slice(0, SHOWN).map((item) => grantItem(item, { titles })),
    awaitingMe: await awaitingMe(
      call,
      items.filter(({ phase }) => phase === 'awaiting-approval'),
    ),
    mayAsk: published.length > 0 && mayAnywhere(policy, person, 'access.request'),
  };
}

function endOf({ endsAt }: { endsAt?: string }): number {
  return endsAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(endsAt);
}

async function awaitingMe(
  call: Call,
  items: { beneficiary: string; id: string }[],
): Promise<HomeView['awaitingMe']> {
  const states = await Promise.all(items.slice(0, WAITING_SHOWN).map((item) => findGrant(call, item)));
  return states.flatMap((state) => {
    const at = state === undefined ? undefined : currentStage(state.stages);
    if (state === undefined || at === undefined) return [];
    const { approvers = [], votes = [] } = state.stages[at] ?? {};
    const { id } = call.person;
    if (!approvers.includes(id) || votes.some(({ person }) => person === id)) return [];
    const { title, requester, actions } = grantApprovalView(state, { stage: at }, call.directory);
    return [
      { title, requestedBy: personRef(call.directory, requester.id), since: state.requestedAt, actions },
    ];
  });
}
