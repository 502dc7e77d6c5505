import { z } from 'zod';
import type { TeamsConfig } from '../../config.ts';
import { bad, type Finding, good, off } from '../../domain/findings.ts';
import { type AccountRef, accountKey, type ConversationRef } from '../../domain/refs.ts';
import type { ChatError } from '../adapter.ts';
import { closedInspection, type Inspection, type Questions } from '../inspection.ts';
import { systemClock } from '../pacer.ts';
import { BotClient } from './client.ts';
import { createGraph, type Graph } from './graph.ts';
import { createSender, type Sender } from './sender.ts';
import { SERVICE_URL } from './service-url.ts';

/** What incidents' channels take of Graph. */
const PERMISSIONS = ['Channel.Create', 'ChannelSettings.ReadWrite.All', 'ChannelMember.ReadWrite.All'];
const CONSENT =
  'In the Entra admin centre, under the registration’s API permissions, add them as application permissions and grant consent.';

type TeamsPlace = Extract<ConversationRef, { platform: 'teams' }>;
type App = NonNullable<TeamsConfig['app']>;

/** Signs in, and looks at Graph's permissions, channels, and whom the app is installed for. */
export async function inspectTeams(
  config: TeamsConfig & { app: App },
  { places, accounts, teamsGroup }: Questions,
): Promise<Inspection> {
  const graph = createGraph(config, config.app);
  const permissions = await signIn(graph);
  if (!Array.isArray(permissions)) {
    return closedInspection(permissions, 'Microsoft does not let Purser in');
  }
  const sender = createSender({ client: new BotClient(config), appId: config.app.id, clock: systemClock });
  const ours = places.flatMap(({ conversation, purpose }) =>
    conversation.platform === 'teams' ? [{ conversation, purpose }] : [],
  );
  const [rooms, channels, reasons] = await Promise.all([
    roomFindings(graph, permissions, teamsGroup),
    Promise.all(ours.map(({ conversation, purpose }) => placeFinding(config, sender, conversation, purpose))),
    reasonsAgainst(config, sender, accounts),
  ]);
  return {
    findings: [good('signed in with TEAMS_APP_ID'), ...rooms, ...channels],
    unreachable: (account) => reasons.get(accountKey(account)),
  };
}

/** The permissions that Graph gives the app. */
async function signIn(graph: Graph): Promise<string[] | Finding> {
  try {
    return await graph.permissions();
  } catch (error) {
    const failure = error as ChatError;
    return failure.reason === 'forbidden'
      ? bad(
          `Microsoft refuses TEAMS_APP_ID with TEAMS_APP_PASSWORD (${failure.message})`,
          'See that the client secret has not expired, and that the first of TEAMS_TENANT_IDS is the registration’s.',
        )
      : bad(
          `Microsoft does not answer (${failure.message})`,
          'See whether this machine reaches login.microsoftonline.com.',
        );
  }
}

async function roomFindings(
  graph: Graph,
  permissions: string[],
  group: string | undefined,
): Promise<Finding[]> {
  if (group === undefined) {
    return [
      off(
        'rooms are threads under the announcement',
        'For channels name the team’s group as rooms.teamsGroup.',
      ),
    ];
  }
  const missing = PERMISSIONS.filter((permission) => !permissions.includes(permission));
  if (missing.length > 0) return [bad(`Graph does not grant the app ${missing.join(', ')}`, CONSENT)];
  try {
    await graph.call('GET', `teams/${encodeURIComponent(group)}/channels`, z.unknown());
    return [good('Graph grants what channels for incidents take')];
  } catch (error) {
    const todo = 'Give rooms.teamsGroup the object id of a Microsoft 365 group that has a team.';
    return [bad(`the team of rooms.teamsGroup cannot be seen (${(error as ChatError).message})`, todo)];
  }
}

async function placeFinding(
  { tenantIds }: TeamsConfig,
  sender: Sender,
  { tenantId, conversationId, serviceUrl }: TeamsPlace,
  purpose: string,
): Promise<Finding> {
  const what = `${conversationId}, for ${purpose},`;
  if (!tenantIds.includes(tenantId.toLowerCase())) {
    return bad(`${what} is in a tenant that TEAMS_TENANT_IDS does not name`, 'Correct one of the two.');
  }
  try {
    await sender.members({ conversation: conversationId, serviceUrl });
    return good(`the app is in ${conversationId}, for ${purpose}`);
  } catch (error) {
    return bad(
      `${what} cannot be reached (${(error as ChatError).message})`,
      'Add the app to that team, and compare conversationId and serviceUrl with the link of the channel.',
    );
  }
}

/** The personal chat is opened as for a page, which nobody sees until something is said in it. */
async function reasonsAgainst(
  { tenantIds, apiUrl }: TeamsConfig,
  sender: Sender,
  accounts: AccountRef[],
): Promise<Map<string, string>> {
  async function reasonAgainst(account: AccountRef): Promise<string | undefined> {
    if (account.platform !== 'teams') return undefined;
    const { tenantId, aadObjectId } = account;
    if (!tenantIds.includes(tenantId)) return 'their Teams account is in a tenant that is not listened to';
    try {
      await sender.openDirect(aadObjectId, tenantId, apiUrl ?? SERVICE_URL);
      return undefined;
    } catch (error) {
      const { reason, message } = error as ChatError;
      return reason === 'forbidden' ? 'the Teams app is not installed for them' : `Teams says ${message}`;
    }
  }
  const reasons = await Promise.all(
    accounts.map(async (account) => [accountKey(account), await reasonAgainst(account)] as const),
  );
  return new Map(reasons.flatMap(([key, reason]) => (reason === undefined ? [] : [[key, reason] as const])));
}
