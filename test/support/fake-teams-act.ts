import { createMembershipInTeams, type MembershipInTeams } from './fake-teams-membership.ts';
import { createMessagesInTeams, type MessagesInTeams } from './fake-teams-messages.ts';
import type { FakeTokens } from './fake-teams-tokens.ts';
import {
  buttonsOf,
  type Card,
  type Dialog,
  type FakeWorld,
  inputsOf,
  mriOf,
  personalChatOf,
  seenCard,
  type TeamsMessage,
} from './fake-teams-world.ts';

/** What the bot answered to one activity. */
export interface DeliveredActivity {
  activity: Card;
  status: number;
  body: Card;
  /** Milliseconds. */
  tookMs: number;
}

/** Everything a person can do. Each resolves when the bot has answered the activity that Teams sends for it. */
export interface ActInTeams extends MembershipInTeams, MessagesInTeams {
  /** `env <text>`, or another command: with a mention in a channel, plain in the personal chat (`me`). */
  command(user: string, place: string, text: string, name?: string): Promise<DeliveredActivity>;
  say(user: string, place: string, text: string, entities?: object[]): Promise<DeliveredActivity>;
  /** Presses a button by its title or its action id, with what the card's inputs hold. */
  click(user: string, message: TeamsMessage, button: string, inputs?: object): Promise<DeliveredActivity>;
  /** Fills in the open dialog and presses a button in it; by default its first. */
  submit(user: string, inputs?: object, button?: string): Promise<DeliveredActivity>;
  /** The client asks for the card as this person may see it, if they are among those it asks for. */
  refresh(user: string, message: TeamsMessage): Promise<DeliveredActivity | undefined>;
  /** From a client that knows no `Action.Execute`. */
  clickOldClient(
    user: string,
    message: TeamsMessage,
    button: string,
    inputs?: object,
  ): Promise<DeliveredActivity>;
  extension(user: string, place: string, commandId: string): Promise<DeliveredActivity>;
  /** Teams delivers the same activity again; its client repeats an invoke under another id. */
  redeliver(delivered: DeliveredActivity, as?: 'same' | 'fresh'): Promise<DeliveredActivity>;
  /** Sends any activity, with this header. */
  sendRaw(activity: object, authorization?: string): Promise<{ status: number; body: Card }>;
  /** An activity as Teams makes it, not sent. */
  activityOf(user: string, place: string, changes: object): Card;
}

export function createActInTeams(options: {
  world: FakeWorld;
  tokens: FakeTokens;
  appId: string;
  serviceUrl: () => string;
  appUrl: () => string;
}): ActInTeams {
  const { world, tokens, appId, serviceUrl, appUrl } = options;
  const bot = { id: `28:${appId}`, name: 'Purser' };

  function conversationOf(user: string, place: string): Card {
    const tenantId = world.users.get(user)?.tenantId ?? world.tenantId;
    if (place === 'me') return { conversationType: 'personal', tenantId, id: personalChatOf(user) };
    if (place.startsWith('a:')) return { conversationType: 'personal', tenantId, id: place };
    return { conversationType: 'channel', isGroup: true, tenantId, id: place };
  }

  function activityOf(user: string, place: string, changes: object): Card {
    const person = world.users.get(user);
    if (person === undefined) throw new Error(`nobody is called ${user}`);
    const conversation = conversationOf(user, place);
    const now = new Date().toISOString();
    return {
      id: `f:${crypto.randomUUID()}`,
      timestamp: now,
      localTimestamp: now,
      locale: 'en-GB',
      channelId: 'msteams',
      serviceUrl: serviceUrl(),
      from: { id: mriOf(user), name: person.name, aadObjectId: user },
      recipient: bot,
      conversation,
      channelData: { tenant: { id: conversation.tenantId } },
      ...changes,
    };
  }

  async function sendRaw(activity: object, authorization?: string): Promise<{ status: number; body: Card }> {
    const response = await fetch(appUrl(), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: JSON.stringify(activity),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function deliver(activity: Card): Promise<DeliveredActivity> {
    const began = performance.now();
    const answer = await sendRaw(activity, `Bearer ${await tokens.token()}`);
    world.answers.push({
      user: activity.from?.aadObjectId ?? '',
      text: JSON.stringify(answer.body ?? ''),
      at: Date.now(),
    });
    return { activity, ...answer, tookMs: performance.now() - began };
  }

  const say: ActInTeams['say'] = (user, place, text, entities = []) =>
    deliver(activityOf(user, place, { type: 'message', text, textFormat: 'plain', entities }));

  /** What the client sends of its inputs: what was filled in, what stood there, and only when nothing needed is missing. */
  function inputValues(card: Card, given: object): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const input of inputsOf(card)) {
      const value = (given as Record<string, unknown>)[input.id] ?? input.value ?? '';
      if (input.isRequired === true && value === '')
        throw new Error(`the client wants ${input.id} filled in`);
      if (
        input.type === 'Input.ChoiceSet' &&
        value !== '' &&
        !input.choices.some((c: Card) => c.value === value)
      )
        throw new Error(`${value} is not among the choices of ${input.id}`);
      values[input.id] = value;
    }
    for (const name of Object.keys(given))
      if (!(name in values)) throw new Error(`the card has no input ${name}`);
    return values;
  }

  function buttonOn(card: Card, wanted?: string): Card {
    const buttons = buttonsOf(card);
    const found =
      wanted === undefined
        ? buttons[0]
        : buttons.find(({ title, data }) => title === wanted || data?.purser?.actionId === wanted);
    if (found === undefined) {
      throw new Error(`no button ${wanted} among ${buttons.map(({ title }) => title).join(', ') || 'none'}`);
    }
    return found;
  }

  async function openDialog(
    user: string,
    activity: Card,
    submit: Dialog['submit'],
  ): Promise<DeliveredActivity> {
    const delivered = await deliver(activity);
    showTask(user, delivered, submit);
    return delivered;
  }

  function showTask(
    user: string,
    { status, body, activity }: DeliveredActivity,
    submit: Dialog['submit'],
  ): void {
    if (status !== 200) return void world.spoken.push({ user, text: `Something went wrong (${status}).` });
    const task = body?.task;
    world.dialogs.delete(user);
    if (task?.type === 'message') world.spoken.push({ user, text: task.value });
    if (task?.type !== 'continue') return;
    world.dialogs.set(user, {
      title: task.value.title,
      card: task.value.card.content,
      replyToId: activity.replyToId,
      submit,
      conversation: activity.conversation.id,
    });
  }

  async function execute(user: string, message: TeamsMessage, action: Card, data: object, trigger: string) {
    const delivered = await deliver(
      activityOf(user, message.conversation, {
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: message.id,
        value: { action: { type: 'Action.Execute', verb: action.verb, data }, trigger },
      }),
    );
    const { statusCode, type, value } = delivered.body ?? {};
    if (statusCode === 200 && type === 'application/vnd.microsoft.card.adaptive') {
      world.ownCards.set(`${user} ${message.id}`, value);
    } else if (type === 'application/vnd.microsoft.activity.message') {
      world.spoken.push({ user, text: value });
    } else {
      world.problems.push(`an invoke was answered ${delivered.status} ${JSON.stringify(delivered.body)}`);
    }
    return delivered;
  }

  function openExtension(user: string, place: string, commandId: string, value: object) {
    return openDialog(
      user,
      activityOf(user, place, {
        type: 'invoke',
        name: 'composeExtension/fetchTask',
        value: { commandId, ...value, context: { theme: 'default' } },
      }),
      { name: 'composeExtension/submitAction', commandId },
    );
  }

  return {
    ...createMembershipInTeams({ world, bot, deliver, activityOf }),
    ...createMessagesInTeams({ world, deliver, activityOf, openExtension }),
    say,
    sendRaw,
    activityOf,

    command(user, place, text, name = 'env') {
      if (place === 'me') return say(user, place, `${name} ${text}`);
      const mention = { type: 'mention', text: '<at>Purser</at>', mentioned: bot };
      return say(user, place, `<at>Purser</at>\u00a0${name} ${text}\n`, [mention]);
    },

    async click(user, message, wanted, inputs = {}) {
      const card = seenCard(world, user, message);
      const action = buttonOn(card, wanted);
      const values = { ...action.data, ...inputValues(card, inputs) };
      if (action.type === 'Action.Execute') return execute(user, message, action, values, 'manual');
      if (action.type !== 'Action.Submit') throw new Error(`${wanted} is ${action.type}`);
      const { msteams, ...data } = values;
      if (msteams?.type !== 'task/fetch')
        throw new Error(`${wanted} is a plain submit, which no dialog holds`);
      return openDialog(
        user,
        activityOf(user, message.conversation, {
          type: 'invoke',
          name: 'task/fetch',
          replyToId: message.id,
          value: { data: { ...data, msteams }, context: { theme: 'default' } },
        }),
        { name: 'task/submit' },
      );
    },

    async clickOldClient(user, message, wanted, inputs = {}) {
      const card = seenCard(world, user, message);
      const { fallback } = buttonOn(card, wanted);
      const value = { ...fallback.data, ...inputValues(card, inputs) };
      return deliver(
        activityOf(user, message.conversation, { type: 'message', replyToId: message.id, value }),
      );
    },

    async submit(user, inputs = {}, wanted) {
      const dialog = world.dialogs.get(user);
      if (dialog === undefined) throw new Error(`${user} has no dialog open`);
      const action = buttonOn(dialog.card, wanted);
      const delivered = await deliver(
        activityOf(user, dialog.conversation, {
          type: 'invoke',
          name: dialog.submit.name,
          replyToId: dialog.replyToId,
          value: {
            ...(dialog.submit.commandId === undefined ? {} : { commandId: dialog.submit.commandId }),
            data: { ...action.data, ...inputValues(dialog.card, inputs) },
            context: { theme: 'default' },
          },
        }),
      );
      showTask(user, delivered, dialog.submit);
      return delivered;
    },

    async refresh(user, message) {
      const { refresh } = message.card;
      if (refresh?.userIds?.includes(mriOf(user)) !== true) return undefined;
      return execute(user, message, refresh.action, refresh.action.data, 'automatic');
    },

    extension: (user, place, commandId) =>
      openExtension(user, place, commandId, { commandContext: 'compose' }),

    redeliver({ activity }, as = 'same') {
      return deliver(as === 'same' ? activity : { ...activity, id: `f:${crypto.randomUUID()}` });
    },
  };
}
