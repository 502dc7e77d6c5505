import { readFile } from 'node:fs/promises';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SlackConfig } from '../../config.ts';
import { bad, type Finding, good, off } from '../../domain/findings.ts';
import { type AccountRef, accountKey, type ConversationRef } from '../../domain/refs.ts';
import type { Standing } from '../../domain/requests.ts';
import { closedInspection, type Inspection, type Questions } from '../inspection.ts';
import { createActors, type Workspace } from './actors.ts';
import { createWebClient } from './client.ts';
import { codeOf, isPassing, type Method, toChatError } from './errors.ts';

const MANIFEST = new URL('../../../slack-manifest.yaml', import.meta.url);
const manifestSchema = z.object({
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

type SlackPlace = Extract<ConversationRef, { platform: 'slack' }>;

/** Signs in, compares the scopes with those of the app's manifest, and looks at channels and accounts. */
export async function inspectSlack(
  config: SlackConfig,
  { places, accounts }: Questions,
  logger: Logger,
): Promise<Inspection> {
  const client = createWebClient(config.botToken, config.apiUrl, logger);
  const home = await signIn(client);
  if ('state' in home) return closedInspection(home, 'Slack does not let Purser in');
  const ours = places.flatMap(({ conversation, purpose }) =>
    conversation.platform === 'slack' ? [{ conversation, purpose }] : [],
  );
  const [scopes, socket, channels, reasons] = await Promise.all([
    scopeFinding(home.scopes),
    socketFindings(config, logger),
    Promise.all(ours.map(({ conversation, purpose }) => placeFinding(client, home, conversation, purpose))),
    reasonsAgainst(client, home, accounts, logger),
  ]);
  return {
    findings: [good(`signed in to ${home.name} as ${home.user}`), ...socket, scopes, ...channels],
    unreachable: (account) => reasons.get(accountKey(account)),
  };
}

interface SignedIn extends Workspace {
  name: string;
  user: string;
  /** Missing where Slack does not tell. */
  scopes?: string[];
}

async function signIn(client: WebClient): Promise<SignedIn | Finding> {
  try {
    const answer = await client.auth.test();
    const { team_id: teamId = '', enterprise_id: enterpriseId, bot_id: botId, user_id: userId } = answer;
    const scopes = answer.response_metadata?.scopes;
    return { teamId, enterpriseId, botId, userId, name: `${answer.team}`, user: `${answer.user}`, scopes };
  } catch (error) {
    return refused('auth.test', error, 'SLACK_BOT_TOKEN');
  }
}

function refused(method: Method, error: unknown, variable: string): Finding {
  const failure = toChatError(method, error);
  return isPassing(failure)
    ? bad(`Slack does not answer (${failure.message})`, 'See whether this machine reaches slack.com.')
    : bad(
        `Slack refuses ${variable} (${codeOf(failure) ?? failure.message})`,
        'Copy it again from the app’s page on api.slack.com/apps; a new one comes with every installation.',
      );
}

async function socketFindings({ inbound, apiUrl }: SlackConfig, logger: Logger): Promise<Finding[]> {
  if (inbound.kind !== 'socket') return [];
  try {
    await createWebClient(inbound.appToken, apiUrl, logger).apps.connections.open({});
    return [good('Socket Mode takes the app-level token')];
  } catch (error) {
    return [refused('apps.connections.open', error, 'SLACK_APP_TOKEN')];
  }
}

async function scopeFinding(granted: string[] | undefined): Promise<Finding> {
  const text = await readFile(MANIFEST, 'utf8');
  const wanted = manifestSchema.parse(parse(text)).oauth_config.scopes.bot;
  if (granted === undefined) return off('Slack does not say which scopes the app has', 'Nothing to do here.');
  const missing = wanted.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return good(`the app has all ${wanted.length} scopes`);
  return bad(
    `the app lacks ${missing.join(', ')}`,
    'Paste slack-manifest.yaml under App Manifest on api.slack.com/apps, then install the app again.',
  );
}

async function placeFinding(
  client: WebClient,
  home: SignedIn,
  { teamId, channelId }: SlackPlace,
  purpose: string,
): Promise<Finding> {
  const what = `${channelId}, for ${purpose},`;
  if (teamId !== home.teamId && teamId !== home.enterpriseId) {
    return bad(`${what} is said to be in ${teamId}`, `Write teamId: ${home.teamId}, which is ${home.name}.`);
  }
  try {
    const { channel } = await client.conversations.info({ channel: channelId });
    if (channel?.is_archived) return bad(`${what} is archived`, 'Unarchive it, or name another channel.');
    return good(`#${channel?.name} is there for ${purpose}`);
  } catch (error) {
    const code = codeOf(toChatError('conversations.info', error)) ?? 'no answer';
    return bad(
      `${what} cannot be seen (${code})`,
      'If it is private, type /invite @purser there; otherwise correct channelId.',
    );
  }
}

const REASONS: Record<Exclude<Standing, 'member'>, string> = {
  guest: 'their Slack account is a guest’s',
  stranger: 'Slack does not know their account',
  bot: 'their Slack account is a bot’s',
  deactivated: 'their Slack account is deactivated',
  unverified: 'Slack did not say who their account is',
};

const ELSEWHERE = 'their Slack account is said to be in another workspace';

async function reasonsAgainst(
  client: WebClient,
  home: SignedIn,
  accounts: AccountRef[],
  logger: Logger,
): Promise<Map<string, string>> {
  const actors = createActors({ client, workspace: async () => home, logger });
  const reasons = await Promise.all(
    accounts.map(async (account): Promise<[string, string][]> => {
      if (account.platform !== 'slack') return [];
      if (account.teamId !== home.teamId) return [[accountKey(account), ELSEWHERE]];
      const { standing } = await actors.resolve({ id: account.userId, teamId: account.teamId });
      return standing === 'member' ? [] : [[accountKey(account), REASONS[standing]]];
    }),
  );
  return new Map(reasons.flat());
}
