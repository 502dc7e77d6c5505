import type { Rival } from '../../activities/access/contract.ts';
import { systems } from './activities.ts';
import type { Life } from './grant-state.ts';
import { steadily } from './steadily.ts';

/** Why nobody may have it beside what they have anyway, whoever gave them that; nothing when an order came first. */
export async function heldRival(life: Life, rivals: Rival[]): Promise<string | undefined> {
  for (const { title, gives } of rivals) {
    const held = await steadily(life, async () => {
      for (const place of gives) {
        if (!(await systems.readHolding({ ...place, person: life.state.beneficiary }))) return false;
      }
      return true;
    });
    if (held === true) return `Nobody may have this together with “${title}”, which they have.`;
  }
  return undefined;
}
