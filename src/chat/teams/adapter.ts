import type { IncomingMessage, ServerResponse } from 'node:http';
import { Application } from '@microsoft/teams-ai';
import type { Logger } from 'pino';
import type { TeamsConfig } from '../../config.ts';
import type { ReferenceStore } from '../../domain/ports.ts';
import type { AccountRef, ConversationRef, MessageRef } from '../../domain/refs.ts';
import type { MessageView } from '../../domain/views.ts';
import { type ChatAdapter, ChatError, type Dispatch } from '../adapter.ts';
import { type Clock, systemClock } from '../pacer.ts';
import { createActors } from './actors.ts';
import { BotClient } from './client.ts';
import { createGraph, NO_GRAPH } from './graph.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { isPersonal } from './payloads.ts';
import { createHttpReceiver } from './receiver.ts';
import { createReferences } from './references.ts';
import { renderTeams, type TeamsMessage } from './render/index.ts';
import { createReplies } from './replies.ts';
import { createRooms } from './rooms.ts';
import { createSeals } from './seals.ts';
import { createSender, type TeamsPlace } from './sender.ts';
import { SERVICE_URL } from './service-url.ts';

export interface TeamsAdapter extends ChatAdapter {
  readonly platform: 'teams';
  /** For a server's `POST /api/messages`. */
  requestListener(request: IncomingMessage, response: ServerResponse): void;
}

/** Microsoft Teams over teams-ai. Loading this file takes a second and 100 MB. */
export function createTeamsAdapter(options: {
  config: TeamsConfig;
  references: ReferenceStore;
  logger: Logger;
  clock?: Clock;
}): TeamsAdapter {
  const { config, logger, clock = systemClock } = options;
  const client = new BotClient(config);
  const appId = config.app?.id ?? '';
  // Without an app id the client is the Playground, which opens none.
  const dialogs = config.app !== undefined;
  const references = createReferences(options.references, logger);
  const sender = createSender({ client, appId, clock });
  const rooms = createRooms({
    graph: config.app === undefined ? NO_GRAPH : createGraph(config, config.app),
    tenantId: config.tenantIds[0] ?? '',
    serviceUrl: config.apiUrl ?? SERVICE_URL,
  });
  const seals = createSeals(config.app?.password);
  const receiver = createHttpReceiver({ client, config, logger });
  let listeners: Listeners | undefined;

  async function draw(view: MessageView, conversationId: string): Promise<TeamsMessage> {
    const people = view.kind === 'approval' ? (view.audience?.people ?? []) : [];
    const accounts = people.flatMap((person) =>
      person.accounts.filter(({ platform }) => platform === 'teams'),
    );
    const handles = await references.handles(accounts);
    const personal = isPersonal(conversationId);
    const nonce = crypto.randomUUID();
    return renderTeams(view, { dialogs, personal, handles, surface: 'message', nonce });
  }

  return {
    platform: 'teams',
    requestListener: receiver.requestListener,

    async start(dispatch: Dispatch) {
      const app = new Application({ removeRecipientMention: false });
      // Its option to that end is not heeded; what takes long is said in words.
      app.startTypingTimer = () => undefined;
      listeners = createListeners({
        dispatch,
        references,
        seals,
        logger,
        actors: createActors({ sender, references, tenantIds: config.tenantIds, logger }),
        replies: (track) => createReplies({ sender, seals, dialogs, track, clock, logger }),
      });
      listeners.register(app);
      receiver.start(app);
    },

    async stop() {
      receiver.stop();
      await listeners?.settled();
    },

    async post(to, view) {
      const { tenantId, conversationId } = teamsRef(to);
      const posted = await sender.post(place(to), await draw(view, conversationId));
      return {
        platform: 'teams',
        tenantId,
        conversationId: posted.conversation,
        serviceUrl: posted.serviceUrl,
        activityId: posted.activity,
      };
    },

    // A bot cannot read what it has said: whether a post got through whose answer was lost, nobody tells.
    findPosted: async () => undefined,

    async update(message, view) {
      const { conversationId, activityId } = teamsRef(message);
      await sender.update({ ...place(message), activity: activityId }, await draw(view, conversationId));
    },

    rooms,

    async openDirect(account) {
      const { tenantId, aadObjectId } = teamsRef(account);
      const known = await references.find(account);
      const serviceUrl = known?.serviceUrl ?? config.apiUrl ?? SERVICE_URL;
      if (known?.conversationId !== undefined) {
        return { platform: 'teams', tenantId, conversationId: known.conversationId, serviceUrl };
      }
      const opened = await sender.openDirect(known?.userId ?? aadObjectId, tenantId, serviceUrl);
      return { platform: 'teams', tenantId, conversationId: opened.conversation, serviceUrl };
    },
  };
}

function place(ref: ConversationRef | MessageRef): TeamsPlace {
  const { conversationId, serviceUrl } = teamsRef(ref);
  return { conversation: conversationId, serviceUrl };
}

function teamsRef<Ref extends AccountRef | ConversationRef | MessageRef>(
  ref: Ref,
): Extract<Ref, { platform: 'teams' }> {
  if (ref.platform !== 'teams') throw new ChatError('forbidden', `teams cannot reach ${ref.platform}`);
  return ref as Extract<Ref, { platform: 'teams' }>;
}
