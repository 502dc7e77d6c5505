import { patched } from '@temporalio/workflow';
import type { Life } from './incident-state.ts';
import { PATCHES } from './patches.ts';
import { send } from './telling.ts';
import { until } from './timekeeping.ts';

/** What it is part of shows how it is. However much changes while that one cannot be told, the last of it is said. */
export async function keepParentTold(life: Life): Promise<void> {
  for (;;) {
    await until(life, () => newsOf(life) !== (life.memory.parentTold ?? ''));
    if (life.leaving) return;
    life.memory.parentTold = newsOf(life);
    const { links, revision } = life.state;
    const { parent: other } = links;
    if (other === undefined || !patched(PATCHES.rollUp)) continue;
    const as = life.state.private ? 'hidden' : 'child';
    send(life, `link:${other}`, { kind: 'link', other, as, key: `roll-up:${revision}` });
  }
}

/** A private one says nothing. One that becomes private says so, once. */
function newsOf({ state }: Life): string {
  const { links, title, severity, status } = state;
  return links.parent === undefined || state.private ? '' : [links.parent, severity, status, title].join(' ');
}
