import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Actor, Standing } from '../../domain/requests.ts';

/** The workspace the app is installed in, and the app's own user there. */
export interface Workspace {
  teamId: string;
  enterpriseId?: string;
  botId?: string;
  userId?: string;
}

const CACHE_MS = 60_000;
const MAX_CACHED = 10_000;

const userSchema = z.object({
  id: z.string(),
  team_id: z.string().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  tz: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_workflow_bot: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_invited_user: z.boolean().optional(),
  is_email_confirmed: z.boolean().optional(),
  enterprise_user: z
    .object({ enterprise_id: z.string(), teams: z.array(z.string()) })
    .partial()
    .optional(),
  profile: z
    .object({ real_name: z.string(), display_name: z.string(), email: z.string() })
    .partial()
    .optional(),
});
type SlackUser = z.infer<typeof userSchema>;

/** Who is behind a user id, by Slack's own word and at most 60 s old. Never rejects: no word is `unverified`. */
export interface Actors {
  resolve(user: { id: string; teamId: string }): Promise<Actor>;
}

export function createActors(options: {
  client: WebClient;
  workspace: () => Promise<Workspace>;
  logger: Logger;
  /** Milliseconds since the epoch. */
  now?: () => number;
}): Actors {
  const { client, workspace, logger, now = Date.now } = options;
  const known = new Map<string, { until: number; actor: Promise<Actor> }>();

  async function ask(user: { id: string; teamId: string }): Promise<Actor> {
    const home = await workspace();
    try {
      const answer = await client.users.info({ user: user.id });
      const profile = userSchema.parse(answer.user);
      return actorOf(profile, home);
    } catch (error) {
      const unknown = error instanceof WebAPIPlatformError && STRANGERS.has(error.data.error);
      if (!unknown) throw error;
      return nameless(user, 'stranger');
    }
  }

  return {
    async resolve(user) {
      const cached = known.get(user.id);
      if (cached !== undefined && cached.until > now()) return cached.actor;
      const actor = ask(user).catch((error: unknown) => {
        known.delete(user.id);
        logger.warn({ err: errorName(error), user: user.id }, 'slack does not say who somebody is');
        return nameless(user, 'unverified');
      });
      if (known.size >= MAX_CACHED) known.clear();
      known.set(user.id, { until: now() + CACHE_MS, actor });
      return actor;
    },
  };
}

/** Slack answers so about people this workspace cannot see. */
const STRANGERS = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

function actorOf(user: SlackUser, home: Workspace): Actor {
  const standing = standingOf(user, home);
  const teamId = standing === 'stranger' ? (user.team_id ?? home.teamId) : home.teamId;
  const profile = user.profile ?? {};
  const displayName = profile.display_name || profile.real_name || user.real_name || user.name || user.id;
  const email = user.is_email_confirmed === false ? undefined : profile.email;
  return {
    account: { platform: 'slack', teamId, userId: user.id },
    standing,
    displayName,
    ...(email === undefined || email === '' ? {} : { profileEmail: email }),
    ...(user.tz === undefined ? {} : { timeZone: user.tz }),
  };
}

/** Only somebody of this workspace, or of its organisation and invited to it, is a member. */
export function standingOf(user: SlackUser, home: Workspace): Standing {
  if (user.deleted === true) return 'deactivated';
  if (user.is_bot === true || user.is_workflow_bot === true || user.id === 'USLACKBOT') return 'bot';
  if (user.is_stranger === true) return 'stranger';
  if (user.is_restricted === true || user.is_ultra_restricted === true) return 'guest';
  if (user.is_invited_user === true) return 'guest';
  if (user.team_id === home.teamId) return 'member';
  const { enterprise_id, teams } = user.enterprise_user ?? {};
  const sameOrganisation = enterprise_id !== undefined && enterprise_id === home.enterpriseId;
  if (sameOrganisation && teams?.includes(home.teamId) === true) return 'member';
  return user.team_id === undefined && enterprise_id === undefined ? 'unverified' : 'stranger';
}

function nameless({ id, teamId }: { id: string; teamId: string }, standing: Standing): Actor {
  return { account: { platform: 'slack', teamId, userId: id }, standing, displayName: id };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
