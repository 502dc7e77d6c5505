import type { GrantListItem, GrantPhase } from './access.ts';
import { requestAccessButton, showGrantButton } from './access-views.ts';
import { formatDuration } from './durations.ts';
import type { PublishedEntitlement } from './entitlements.ts';
import { personRef } from './environment-views.ts';
import type { ItemListView } from './incident-view-types.ts';
import type { DirectorySnapshot } from './people.ts';

type Item = ItemListView['items'][number];

const PHASES: Record<GrantPhase, { glyph: string; words: string }> = {
  requested: { glyph: '🔵', words: 'requested' },
  'awaiting-approval': { glyph: '🟡', words: 'waits for approval' },
  granting: { glyph: '🔵', words: 'is being given' },
  active: { glyph: '🟢', words: 'ends' },
  revoking: { glyph: '🟠', words: 'is being taken back' },
  ended: { glyph: '⚪', words: 'is over' },
};

/** One of them as a line; what it is called is said by the rules of now. */
export function grantItem(
  item: GrantListItem,
  { titles, directory }: { titles: Map<string, string>; directory?: DirectorySnapshot },
): Item {
  const { glyph, words } = PHASES[item.phase];
  const title = titles.get(item.entitlement) ?? item.entitlement;
  const whose = directory === undefined ? '' : ` for ${personRef(directory, item.beneficiary).name}`;
  const ends = item.phase === 'active' && item.endsAt !== undefined ? { at: item.endsAt } : {};
  return {
    glyph,
    text: `${title}${whose} (${item.id})`,
    detail: words,
    ...ends,
    action: showGrantButton(item),
  };
}

export function titlesOf(published: PublishedEntitlement[]): Map<string, string> {
  return new Map(published.map(({ id, title }) => [id, title]));
}

const SHOWN = 20;

/** `/access list`. */
export function grantListView(
  items: GrantListItem[],
  about: { title: string; published: PublishedEntitlement[]; directory: DirectorySnapshot },
): ItemListView {
  const { title, published, directory } = about;
  const left = items.length - SHOWN;
  return {
    kind: 'item-list',
    title,
    items: [
      ...items.slice(0, SHOWN).map((item) => grantItem(item, { titles: titlesOf(published), directory })),
      ...(left > 0
        ? [{ glyph: '…', text: `${left} more. Name somebody to see theirs: /access list @kim` }]
        : []),
    ],
    more: 0,
    empty: 'There is none. /access catalogue shows what you can ask for.',
  };
}

/** `/access catalogue`: how long and who approves comes first, for it is never to be cut. */
export function catalogueView(
  offered: { entitlement: PublishedEntitlement; approval: string }[],
): ItemListView {
  return {
    kind: 'item-list',
    title: 'What you can ask for',
    items: offered.map(({ entitlement: { id, title, meaning, duration }, approval }) => ({
      glyph: '🔑',
      text: `${title} (${id}), for ${formatDuration(duration.most)} at most: ${meaning}`,
      detail: approval,
      action: requestAccessButton(id),
    })),
    more: 0,
    empty: 'There is nothing for you. What there is, the platform team says in manifests/entitlements.yaml.',
  };
}
