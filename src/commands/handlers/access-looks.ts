import { catalogueView, grantListView } from '../../domain/access-lists.ts';
import { outlookOf } from '../../domain/access-rules.ts';
import { grantView } from '../../domain/access-views.ts';
import {
  grantNamed,
  knownEntitlements,
  listGrants,
  mayAbout,
  offeredTo,
  peopleToAskFor,
  questionAbout,
  takesPart,
} from '../access-lookups.ts';
import { ACCESS_COMMANDS } from '../access-spec.ts';
import { refusalAbout } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { helpWith } from './help.ts';
import { personMeant } from './users.ts';

/** What ends within it is worth a look. */
const SOON_MS = 24 * 3_600_000;

export const accessHelp: Handler<'access.help'> = {
  permission: 'access.look',
  async handle(call) {
    return helpWith(call, ACCESS_COMMANDS, {
      title: 'Access for a while',
      intro:
        'Ask for what you need, for as long as you need it: whoever has to approve is asked, and it is taken back by itself.',
    });
  },
};

export const accessCatalogue: Handler<'access.catalogue'> = {
  permission: 'access.request',
  async handle(call) {
    const published = await call.context.access.entitlements();
    const offered = offeredTo(call, published, peopleToAskFor(call));
    const items = offered.map(async (entitlement) => {
      const about = { owner: entitlement.owner, beneficiary: call.person.id };
      const outlook = outlookOf(entitlement, await questionAbout(call, about));
      const stages = outlook.map(({ because }) => because).join(', then ');
      return { entitlement, approval: stages === '' ? 'given at once' : `approved by ${stages}` };
    });
    return catalogueView(await Promise.all(items));
  },
};

/** What the person may know of: their own, and that of people the policy lets them look at. */
export const accessList: Handler<'access.list'> = {
  permission: 'access.look',
  async handle(call, { filter, who }) {
    if (filter === 'mine') return listOf(call, call.person.id, 'Your access');
    if (who !== undefined) {
      const person = personMeant(call, who);
      if ('kind' in person) return person;
      const refused = await refusalAbout(call, 'access.look', person.id);
      return refused ?? listOf(call, person.id, `Access of ${person.name}`);
    }
    if (filter === 'all') return listOf(call, undefined, 'Who has access now');
    return listOf(call, undefined, 'Access that ends within a day', SOON_MS);
  },
};

async function listOf(call: Call, beneficiary: string | undefined, title: string, withinMs?: number) {
  const { context, directory } = call;
  const [items, published] = await Promise.all([listGrants(call, beneficiary), knownEntitlements(call)]);
  const visible = items.filter((item) => mayAbout(call, 'access.look', item.beneficiary));
  const shown = withinMs === undefined ? visible : endingBefore(visible, context.now().getTime() + withinMs);
  return grantListView(shown, { title, published, directory });
}

/** The soonest first. */
export function endingBefore<Item extends { phase: string; endsAt?: string }>(items: Item[], moment: number) {
  const endOf = ({ endsAt = '' }: Item) => Date.parse(endsAt);
  return items
    .filter((item) => item.phase === 'active' && endOf(item) <= moment)
    .toSorted((one, other) => endOf(one) - endOf(other));
}

export const accessDetails: Handler<'access.show'> = {
  async handle(call, { intent: _intent, ...named }) {
    const state = await grantNamed(call, named);
    if ('kind' in state) return state;
    const refused = (await takesPart(call, state))
      ? undefined
      : await refusalAbout(call, 'access.look', state.beneficiary);
    return refused ?? grantView(state, call.directory);
  },
};
