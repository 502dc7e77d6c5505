import { createHash } from 'node:crypto';
import type { Application } from '@microsoft/teams-ai';
import type { TaskModuleTaskInfo, TurnContext } from 'botbuilder';
import canonicalize from 'canonicalize';
import type { Logger } from 'pino';
import { accountKey } from '../../domain/refs.ts';
import type { ChatRequest } from '../../domain/requests.ts';
import type { ActionId } from '../../domain/views.ts';
import type { ChatReply, Dispatch } from '../adapter.ts';
import { createDeliveries, type Delivery, NOT_RECORDED } from '../deliveries.ts';
import type { Actors } from './actors.ts';
import { type CardData, VERB } from './card-data.ts';
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
  tasked,
  typedText,
} from './payloads.ts';
import type { References } from './references.ts';
import { formValues } from './render/form.ts';
import type { ExecuteAnswer, Replies, Submitted, TaskAnswer } from './replies.ts';

/** What the app's manifest registers with Teams; a test holds the two equal. */
export const SURFACE = { extensions: ['environment.request'] } as const;

const OUTDATED =
  'That button is from an older version of Purser, and nothing was done. Type env to start again.';

/** The answer to this question takes its place. */
const QUESTIONS = new Set<string>(['environment.delete-confirmed'] satisfies ActionId[]);

export interface Listeners {
  register(app: Application): void;
  /** Resolves when everything taken so far is answered. */
  settled(): Promise<void>;
}

type Content = ChatRequest extends infer Request
  ? Request extends ChatRequest
    ? Omit<Request, 'actor' | 'dedupeKey' | 'requestId'>
    : never
  : never;

export function createListeners(options: {
  dispatch: Dispatch;
  actors: Actors;
  references: References;
  replies(track: <Work>(work: Promise<Work>) => Promise<Work>): Replies;
  logger: Logger;
}): Listeners {
  const { actors, references, logger } = options;
  const deliveries = createDeliveries(sharing(options.dispatch), logger);
  const { handle, track } = deliveries;
  const replies = options.replies(track);

  function delivery(activity: TeamsActivity, key: string, content: Content): Delivery {
    return {
      key,
      request: async () => ({ ...content, actor: await actors.resolve(activity) }),
      tell: (view) => replies.tell(view, activity),
    };
  }

  async function onMessage(activity: TeamsActivity): Promise<void> {
    const submitted = activity.text ? undefined : pressed(activity.value);
    if (submitted !== undefined) return onSubmit(activity, submitted);
    const command = commandOf(typedText(activity));
    const content: Content =
      command === undefined
        ? { kind: 'home' }
        : { kind: 'command', text: command, source: conversationOf(activity) };
    await handle(delivery(activity, keyOf(activity), content), async (reply) => {
      void track(replies.perform(reply, activity, command));
    });
  }

  /** From a client that knows no `Action.Execute`: the answer is a message. */
  async function onSubmit(activity: TeamsActivity, press: Pressed): Promise<void> {
    const { content, key } = understood(activity, press);
    await handle(delivery(activity, key, content), async (reply) => {
      void track(replies.perform(reply, activity));
    });
  }

  async function onExecute(activity: TeamsActivity): Promise<ExecuteAnswer> {
    const press = executed(activity);
    if (press === undefined) return OUTDATED;
    const { content, key, submitted } = understood(activity, press);
    return handle(delivery(activity, key, content), async (reply) => {
      if (submitted !== undefined) return replies.settle(reply, activity, submitted);
      if (press.data.kind === 'refresh') return replies.show(reply);
      return isQuestion(press.data) ? replies.conclude(reply, activity) : replies.execute(reply, activity);
    });
  }

  async function onTask(activity: TeamsActivity): Promise<TaskAnswer> {
    const press = tasked(activity);
    if (press === undefined) return OUTDATED;
    const { content, key, submitted } = understood(activity, press);
    return handle(delivery(activity, key, content), async (reply) => replies.task(reply, submitted));
  }

  async function onExtension(activity: TeamsActivity, actionId: ActionId): Promise<TaskAnswer> {
    const content: Content = { kind: 'action', actionId, payload: {}, source: conversationOf(activity) };
    return handle(delivery(activity, keyOf(activity), content), async (reply) => replies.task(reply));
  }

  /** Added for a person: they are greeted with what waits for them. Removed: they are not to be reached any more. */
  async function onInstallation(activity: TeamsActivity): Promise<void> {
    if (activity.conversation.conversationType !== 'personal') return;
    if (activity.action?.startsWith('remove')) {
      await references.forget(accountOf(activity));
      return;
    }
    if (activity.action !== 'add') return;
    await handle(delivery(activity, keyOf(activity), { kind: 'home' }), async (reply) => {
      void track(replies.perform(reply, activity));
    });
  }

  /** Everything that comes in tells where its sender is reached now. */
  function take<Answer>(listener: (activity: TeamsActivity) => Promise<Answer>) {
    return async (context: TurnContext): Promise<Answer> => {
      const activity = activitySchema.parse(context.activity);
      if (!activity.action?.startsWith('remove')) void track(references.learn(activity));
      return track(listener(activity));
    };
  }

  return {
    register(app) {
      app.activity('message', take(onMessage));
      app.activity('installationUpdate', take(onInstallation));
      app.activity(
        'conversationUpdate',
        take(async () => undefined),
      );
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

/** Every delivery of one activity carries its id. */
function keyOf({ type, id, conversation }: TeamsActivity): string {
  return `teams:${type}:${conversation.id}:${id ?? crypto.randomUUID()}`;
}

function understood(
  activity: TeamsActivity,
  { data, inputs }: Pressed,
): { content: Content; key: string; submitted?: Submitted } {
  switch (data.kind) {
    case 'command':
      return { key: keyOf(activity), content: { kind: 'command', text: data.text, source: data.source } };
    case 'action':
    case 'refresh': {
      const { actionId, payload } = data;
      const content: Content = { kind: 'action', actionId, payload, source: sourceOf(activity) };
      return { key: keyOf(activity), content };
    }
    case 'form': {
      const { form, phase, nonce } = data;
      const values = formValues(form, inputs);
      const { formId, context } = form;
      return {
        // Teams' client sends a form again under another activity id when the answer is late.
        key: `teams:form:${accountKey(accountOf(activity))}:${nonce}:${phase}:${digest(values)}`,
        content: { kind: 'form', phase, formId, values, context },
        submitted: { form, values },
      };
    }
  }
}

function digest(values: Submitted['values']): string {
  return createHash('sha256')
    .update(canonicalize(values) ?? '')
    .digest('hex')
    .slice(0, 16);
}

function isQuestion(data: CardData): boolean {
  return data.kind === 'action' && QUESTIONS.has(data.actionId);
}

const SHARED_MS = 30_000;

/** An invoke that Teams' client repeats gets the answer of the first: it no longer listens to that one. */
function sharing(dispatch: Dispatch): Dispatch {
  const answers = new Map<string, Promise<ChatReply>>();
  return (request) => {
    const { dedupeKey } = request;
    const known = answers.get(dedupeKey);
    if (known !== undefined) return known;
    const answer = dispatch(request);
    answers.set(dedupeKey, answer);
    const forget = () => answers.delete(dedupeKey);
    answer.then(
      (reply) => (reply === NOT_RECORDED ? forget() : setTimeout(forget, SHARED_MS).unref()),
      forget,
    );
    return answer;
  };
}
