import type { HoldingPlace } from './access-ledger.ts';

/** Somebody's access that is not as it should be. */
export interface Drift extends HoldingPlace {
  person: string;
}

/** By the ledger they have it, and the system says that they do not. */
export interface Missing extends Drift {
  grant: string;
}

/** It was given for requests that are over, and is still there. */
export interface Orphan extends Drift {
  grants: string[];
  /** Whether it is to be taken away; otherwise people are asked to look. */
  take: boolean;
}

/** What one look at a system has found. `digest` is the same while that is, and missing where nobody has to hear of it. */
export type AccessLook =
  | { kind: 'differences'; missing: Missing[]; orphans: Orphan[]; digest?: string }
  /** Too much at once to be believed: nothing is changed. */
  | { kind: 'doubtful'; because: 'empty' | 'many'; changes: number; of: number; digest: string };

/** What becomes of access that no request holds. */
export type OrphanRule = 'ask' | 'take';

/** Of everybody who has something in one system. */
const MOST_PEOPLE = 3;
const MOST_PART = 0.2;

/** Why a system is not believed, of how many people who have something there, by what it says or by the ledger. */
export function doubtAbout(people: { having: string[]; expected: string[]; changing: Set<string> }): {
  because?: 'empty' | 'many';
  of: number;
} {
  const { having, expected, changing } = people;
  const of = new Set([...having, ...expected]).size;
  if (having.length === 0 && expected.length > 0) return { because: 'empty', of };
  const isMuch = changing.size > MOST_PEOPLE && changing.size > of * MOST_PART;
  return isMuch ? { because: 'many', of } : { of };
}

/** Tells one thing in a system from every other. */
export function placeKey({ system, holding: { group, scope } }: HoldingPlace): string {
  return JSON.stringify([system, group, scope ?? '']);
}
