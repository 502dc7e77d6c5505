import type { Logger } from 'pino';
import { z } from 'zod';
import { accountKey } from '../../domain/refs.ts';
import type { Actor, Standing } from '../../domain/requests.ts';
import { ChatError } from '../adapter.ts';
import { accountOf, type TeamsActivity } from './payloads.ts';
import type { References } from './references.ts';
import type { Sender } from './sender.ts';

const CACHE_MS = 60_000;
const MAX_CACHED = 10_000;

const memberSchema = z.object({
  id: z.string(),
  aadObjectId: z.string().optional(),
  objectId: z.string().optional(),
  tenantId: z.string().optional(),
  userRole: z.string().optional(),
  userPrincipalName: z.string().optional(),
  email: z.string().optional(),
  name: z.string().optional(),
});
type Member = z.infer<typeof memberSchema>;

/** Who sent an activity, by the roster's word and at most 60 s old. Never rejects: no word is `unverified`. */
export interface Actors {
  resolve(activity: TeamsActivity): Promise<Actor>;
}

export function createActors(options: {
  sender: Pick<Sender, 'member'>;
  references: Pick<References, 'find'>;
  tenantIds: readonly string[];
  logger: Logger;
  /** Milliseconds since the epoch. */
  now?: () => number;
}): Actors {
  const { sender, references, tenantIds, logger, now = Date.now } = options;
  const known = new Map<string, { until: number; actor: Promise<Actor> }>();

  async function roster(activity: TeamsActivity): Promise<object> {
    const { serviceUrl, conversation, from } = activity;
    try {
      return await sender.member({ serviceUrl, conversation: conversation.id }, from.id);
    } catch (error) {
      if (!(error instanceof ChatError) || error.reason !== 'forbidden') throw error;
      // A message extension is used where the app is not a member. It always is in the person's own chat with it.
      const known = await references.find(accountOf(activity));
      if (known?.conversationId === undefined) throw error;
      return sender.member({ serviceUrl: known.serviceUrl, conversation: known.conversationId }, from.id);
    }
  }

  async function ask(activity: TeamsActivity): Promise<Actor> {
    try {
      return actorOf(activity, memberSchema.parse(await roster(activity)), tenantIds);
    } catch (error) {
      if (error instanceof ChatError && error.reason === 'not-found') return nameless(activity, 'stranger');
      throw error;
    }
  }

  async function someone(activity: TeamsActivity): Promise<Actor> {
    if (activity.from.aadObjectId === undefined) return nameless(activity, 'bot');
    const key = accountKey(accountOf(activity));
    const cached = known.get(key);
    if (cached !== undefined && cached.until > now()) return cached.actor;
    const actor = ask(activity).catch((error: unknown) => {
      known.delete(key);
      logger.warn({ err: error }, 'teams does not say who somebody is');
      return nameless(activity, 'unverified');
    });
    if (known.size >= MAX_CACHED) known.clear();
    known.set(key, { until: now() + CACHE_MS, actor });
    return actor;
  }

  return {
    /** Not every activity says where the sender's clock is. */
    async resolve(activity) {
      const actor = await someone(activity);
      const { localTimezone } = activity;
      return localTimezone === undefined ? actor : { ...actor, timeZone: localTimezone };
    },
  };
}

function actorOf(activity: TeamsActivity, member: Member, tenantIds: readonly string[]): Actor {
  const email = member.email ?? member.userPrincipalName;
  return {
    account: accountOf(activity),
    standing: standingOf(activity, member, tenantIds),
    displayName: member.name ?? activity.from.name ?? activity.from.id,
    ...(email === undefined || email === '' ? {} : { profileEmail: email }),
  };
}

/** Only a full user of the tenant the activity is of, and whom the roster knows by the same ids, is a member. */
export function standingOf(activity: TeamsActivity, member: Member, tenantIds: readonly string[]): Standing {
  const account = accountOf(activity);
  if (account.platform !== 'teams') return 'unverified';
  const { aadObjectId = member.objectId, tenantId, userRole, userPrincipalName } = member;
  if (member.id !== activity.from.id || aadObjectId?.toLowerCase() !== account.aadObjectId)
    return 'unverified';
  if (tenantId === undefined) return 'unverified';
  if (tenantId.toLowerCase() !== account.tenantId || !tenantIds.includes(account.tenantId)) return 'stranger';
  if (userRole === 'guest' || userPrincipalName?.toUpperCase().includes('#EXT#') === true) return 'guest';
  if (userRole === 'anonymous') return 'stranger';
  return userRole === 'user' ? 'member' : 'unverified';
}

function nameless(activity: TeamsActivity, standing: Standing): Actor {
  const { from } = activity;
  return { account: accountOf(activity), standing, displayName: from.name ?? from.id };
}
