import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';
import { accountKey } from '../../domain/refs.ts';
import type { CardData, CarriedForm } from './card-data.ts';
import { accountOf, isPersonal, type TeamsActivity } from './payloads.ts';

/** Of what a form carries, in one drawing. */
export type Seal = (nonce: string, form: CarriedForm) => string;

/**
 * A form passes through somebody's client and carries what we rely on, for one where its card will be posted: so it
 * leaves with our seal, for one person in one place, and counts with that seal only, from them and there.
 */
export interface Seals {
  /** For a form that opens where the activity is from. */
  sealer(activity: TeamsActivity): Seal;
  /** For a form that is sent to the personal chat, wherever it was asked for. */
  personalSealer(activity: TeamsActivity): Seal;
  /** What is no form names nothing that we rely on, and needs none. */
  fits(activity: TeamsActivity, data: CardData): boolean;
}

/** Replicas share the password, and with it the key. The Playground has none: its forms end with the process. */
export function createSeals(password: string | undefined): Seals {
  const key = createHmac('sha256', password ?? randomBytes(32))
    .update('purser: forms in cards')
    .digest();
  const sealFor =
    (holder: string): Seal =>
    (nonce, form) =>
      createHmac('sha256', key)
        .update(canonicalize([holder, nonce, form]) ?? '')
        .digest('base64url');

  return {
    sealer: (activity) => sealFor(holderOf(activity)),
    personalSealer: (activity) => sealFor(accountKey(accountOf(activity))),
    fits(activity, data) {
      if (data.kind !== 'form') return true;
      const expected = Buffer.from(sealFor(holderOf(activity))(data.nonce, data.form));
      const given = Buffer.from(data.seal);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

/** A personal chat is whoever is in it. The threads of a channel are one place. */
function holderOf(activity: TeamsActivity): string {
  const account = accountKey(accountOf(activity));
  const { id } = activity.conversation;
  return isPersonal(id) ? account : `${account} ${id.split(';', 1)[0]}`;
}
