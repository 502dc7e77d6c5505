import type { Application } from '@microsoft/teams-ai';
import type { TaskModuleTaskInfo, TurnContext } from 'botbuilder';
import type { Logger } from 'pino';
import { type ActionId, isRefusal, type NoticeView } from '../../domain/views.ts';
import type { ChatReply, Dispatch } from '../adapter.ts';
import { createDeliveries, type Delivery, WORKING } from '../deliveries.ts';
import type { Actors } from './actors.ts';
import { type CardData, VERB } from './card-data.ts';
import { changeOf, EXTENSIONS, isPin, unpinningOf } from './messages.ts';
import {
  accountOf,
  activitySchema,
  commandOf,
  conversationOf,
  executed,
  type Pressed,
  pressed,
  sourceOf,
  type TeamsActivity,
  type Typed,
  tasked,
  typedText,
} from './payloads.ts';
import { type Content, createRepeats, keyOf, type Press, understood } from './presses.ts';
import type { References } from './references.ts';
import type { ExecuteAnswer, Replies, TaskAnswer } from './replies.ts';
import type { Seals } from './seals.ts';

type ExtensionId = keyof typeof EXTENSIONS;

/** What the app's manifest registers with Teams; a test holds the two equal. */
export const SURFACE = { extensions: Object.keys(EXTENSIONS) as ExtensionId[] } as const;

const OUTDATED =
  'That button is from an older version of Purser, and nothing was done. Type env to start again.';

const MISPLACED =
  'That form was not made for you in this chat, so nothing was done. Type env to start again.';

const NO_MESSAGE =
  'Teams has not said which message, so nothing was done. Copy what it says, and type inc note and then that.';

/** Teams tells of reactions to our own messages alone, and not what a message says. */
const PIN_HINT: NoticeView = {
  kind: 'notice',
  tone: 'info',
  text: 'In Teams a 📌 does not tell me what a message says, so nothing was added.',
  details: ['Open the ⋯ of the message, choose “More actions” and then “Add to the timeline”.'],
};

/** The answer to this question takes its place. */
const QUESTIONS = new Set<string>(['environment.delete-confirmed'] satisfies ActionId[]);

export interface Listeners {
  register(app: Application): void;
  /** Resolves when everything taken so far is answered. */
  settled(): Promise<void>;
}

export function createListeners(options: {
  dispatch: Dispatch;
  actors: Actors;
  references: References;
  seals: Pick<Seals, 'fits'>;
  replies(track: <Work>(work: Promise<Work>) => Promise<Work>): Replies;
  logger: Logger;
}): Listeners {
  const { actors, references, seals, logger } = options;
  const deliveries = createDeliveries(options.dispatch, logger);
  const { handle, track } = deliveries;
  const replies = options.replies(track);
  const repeats = createRepeats();

  function delivery(
    activity: TeamsActivity,
    key: string,
    content: Content,
    tell: Delivery['tell'] = (outcome) => replies.tell(outcome, activity, {}),
  ): Delivery {
    return { key, request: async () => ({ ...content, actor: await actors.resolve(activity) }), tell };
  }

  /** The answer is a message, whenever it comes: nobody waits for the answer to the delivery itself. */
  function converse(activity: TeamsActivity, key: string, content: Content, typed?: Typed): Promise<void> {
    return handle(delivery(activity, key, content), async (reply) => {
      if (reply !== WORKING) void track(replies.perform(reply, activity, typed));
    });
  }

  async function onMessage(activity: TeamsActivity): Promise<void> {
    const press = activity.text ? undefined : pressed(activity.value);
    if (press !== undefined) {
      // From a client that knows no `Action.Execute`.
      if (!seals.fits(activity, press.data)) {
        void track(replies.perform({ kind: 'notice', tone: 'warning', text: MISPLACED }, activity));
        return;
      }
      const { content, key } = understood(activity, press);
      await converse(activity, key, content);
      lookAgain(activity, press);
      return;
    }
    const typed = commandOf(typedText(activity));
    if (typed === undefined) return converse(activity, keyOf(activity), { kind: 'home' });
    const content: Content = { kind: 'command', ...typed, source: conversationOf(activity) };
    await converse(activity, keyOf(activity), content, typed);
  }

  /** A refusal is given once: to press again after it is to try again. */
  function invoke<Answer>(
    activity: TeamsActivity,
    press: Press,
    answer: { finish(reply: ChatReply): Answer; tell: Delivery['tell'] },
  ): Promise<Answer> {
    const { again, key } = press;
    const content = again === key ? press.content : { ...press.content, pressKey: again };
    return repeats(again, (forget) => {
      const noted = (reply: ChatReply) => {
        if (reply?.kind === 'notice' && isRefusal(reply)) forget();
        return reply;
      };
      const tell: Delivery['tell'] = (outcome) => answer.tell(outcome.then(noted));
      return handle(delivery(activity, key, content, tell), async (reply) => answer.finish(noted(reply)));
    });
  }

  /** Whether a post got through whose answer was lost, Teams does not say: nobody else keeps such a card up to date. */
  function lookAgain(activity: TeamsActivity, { data }: Pressed): void {
    if (data.kind !== 'action' || data.card === undefined) return;
    const content: Content = { kind: 'action', ...data.card, source: sourceOf(activity) };
    const look = delivery(activity, `${keyOf(activity)}:card`, content, async () => undefined);
    void track(handle(look, async (reply) => replies.close(reply, activity)));
  }

  async function onExecute(activity: TeamsActivity): Promise<ExecuteAnswer> {
    const sent = executed(activity);
    if (sent === undefined) return OUTDATED;
    if (!seals.fits(activity, sent.data)) return MISPLACED;
    const answer = await executing(activity, sent);
    lookAgain(activity, sent);
    return answer;
  }

  async function executing(activity: TeamsActivity, sent: Pressed): Promise<ExecuteAnswer> {
    const press = understood(activity, sent);
    const { opened } = press;
    if (sent.data.kind === 'refresh') {
      return invoke(activity, press, {
        finish(reply) {
          replies.close(reply, activity);
          return replies.show(reply, activity);
        },
        // The client looks again by itself.
        tell: async () => undefined,
      });
    }
    const inPlace = opened.submitted !== undefined || isQuestion(sent.data);
    return invoke<ExecuteAnswer>(
      activity,
      press,
      inPlace
        ? {
            finish: (reply) => replies.conclude(reply, activity, opened),
            tell: (outcome) => replies.concludeLate(outcome, activity, opened),
          }
        : {
            finish: (reply) => replies.execute(reply, activity),
            tell: (outcome) => replies.tell(outcome, activity, opened),
          },
    );
  }

  async function onTask(activity: TeamsActivity): Promise<TaskAnswer> {
    const sent = tasked(activity);
    if (sent === undefined) return OUTDATED;
    if (!seals.fits(activity, sent.data)) return MISPLACED;
    const answer = await openDialog(activity, understood(activity, sent));
    lookAgain(activity, sent);
    return answer;
  }

  async function onExtension(activity: TeamsActivity, id: ExtensionId): Promise<TaskAnswer> {
    const content = EXTENSIONS[id](activity);
    if (content === undefined) return NO_MESSAGE;
    return openDialog(activity, { key: keyOf(activity), content, opened: {} });
  }

  /** Of what people said to us. The same message may be edited again: when it was is a part of the key. */
  async function onChange(activity: TeamsActivity, event: 'edited' | 'deleted'): Promise<void> {
    const content = changeOf(activity, event);
    const { standing } = await actors.resolve(activity);
    // Whoever only edits something asks for nothing, and is not told that they may not.
    if (content === undefined || ['guest', 'stranger', 'bot'].includes(standing)) return;
    await converse(activity, `${keyOf(activity)}:${activity.timestamp ?? ''}`, content);
  }

  async function onReaction(activity: TeamsActivity): Promise<void> {
    if (isPin(activity.reactionsAdded)) void track(replies.perform(PIN_HINT, activity));
    const content = unpinningOf(activity);
    if (content !== undefined) await converse(activity, keyOf(activity), content);
  }

  function openDialog(activity: TeamsActivity, press: Press): Promise<TaskAnswer> {
    return invoke(activity, press, {
      finish: (reply) => replies.task(reply, activity, press.opened),
      tell: (outcome) => replies.tell(outcome, activity, press.opened),
    });
  }

  /** Added for a person: they are greeted with what waits for them. Removed: they are not to be reached any more. */
  async function onInstallation(activity: TeamsActivity): Promise<void> {
    if (activity.conversation.conversationType !== 'personal') return;
    if (activity.action?.startsWith('remove')) {
      await references.forget(accountOf(activity));
      return;
    }
    if (activity.action === 'add') await converse(activity, keyOf(activity), { kind: 'home' });
  }

  /** Whoever left is not to be reached there any more. Who is new tells it with the first thing they do. */
  async function onConversation(activity: TeamsActivity): Promise<void> {
    const people = (activity.membersRemoved ?? []).filter(({ aadObjectId }) => aadObjectId !== undefined);
    await Promise.all(people.map((person) => references.left(accountOf(activity, person))));
  }

  /** Everything that comes in tells where its sender is reached now, but for word that the app is gone from there. */
  function take<Answer>(listener: (activity: TeamsActivity) => Promise<Answer>) {
    return async (context: TurnContext): Promise<Answer> => {
      const activity = activitySchema.parse(context.activity);
      if (!isFarewell(activity)) void track(references.learn(activity));
      return track(listener(activity));
    };
  }

  return {
    register(app) {
      app.activity('message', take(onMessage));
      app.activity(
        'messageUpdate',
        take((activity) => onChange(activity, 'edited')),
      );
      app.activity(
        'messageDelete',
        take((activity) => onChange(activity, 'deleted')),
      );
      app.activity('messageReaction', take(onReaction));
      app.activity('installationUpdate', take(onInstallation));
      app.activity('conversationUpdate', take(onConversation));
      const onDialog = take(onTask) as (context: TurnContext) => Promise<TaskModuleTaskInfo | string>;
      app.adaptiveCards.actionExecute(VERB, take(onExecute) as (context: TurnContext) => Promise<string>);
      app.taskModules.fetch(isInvoke('task/fetch'), onDialog);
      app.taskModules.submit(isInvoke('task/submit'), onDialog);
      for (const command of SURFACE.extensions) {
        const open = take((activity) => onExtension(activity, command));
        app.messageExtensions.fetchTask(
          command,
          open as (context: TurnContext) => Promise<TaskModuleTaskInfo | string>,
        );
        app.messageExtensions.submitAction(command, onDialog as never);
      }
    },
    settled: deliveries.settled,
  };
}

function isInvoke(name: string) {
  return async ({ activity }: TurnContext) => activity.type === 'invoke' && activity.name === name;
}

function isQuestion(data: CardData): boolean {
  return data.kind === 'action' && QUESTIONS.has(data.actionId);
}

function isFarewell({ action, membersRemoved = [], recipient }: TeamsActivity): boolean {
  return action?.startsWith('remove') === true || membersRemoved.some(({ id }) => id === recipient.id);
}
