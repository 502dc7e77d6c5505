import type { Logger } from 'pino';
import type { FormView } from '../../domain/forms.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { HomeView, MessageView, NoticeView } from '../../domain/views.ts';
import { ChatError, type ChatReply } from '../adapter.ts';
import { NOT_RECORDED } from '../deliveries.ts';
import type { CardData } from './card-data.ts';
import { conversationOf, isPersonal, type TeamsActivity, tenantOf } from './payloads.ts';
import type { RenderContext } from './render/buttons.ts';
import type { AdaptiveCard } from './render/elements.ts';
import { renderTeams, type TeamsMessage } from './render/index.ts';
import { launcherCard } from './render/launcher.ts';
import type { Sender, TeamsPlace } from './sender.ts';

/** What a button in a message is answered with: a word beside the card, or a card in its place, for one person alone. */
export type ExecuteAnswer = string | AdaptiveCard;

/** What a dialog shows next: a word, or a card. */
export type TaskAnswer =
  | string
  | { title: string; height: 'medium' | 'large'; width: 'medium'; card: object };

/** A form as it was when it was sent. */
export interface Submitted {
  form: Omit<FormView, 'values' | 'errors'>;
  values: Record<string, JsonValue>;
}

export interface Replies {
  /** To something typed, or done where there is no card to answer in. Never rejects. */
  perform(reply: ChatReply, activity: TeamsActivity, command?: string): Promise<void>;
  /** To a button in a message. What does not fit beside the card is told in the personal chat. */
  execute(reply: ChatReply, activity: TeamsActivity): Promise<ExecuteAnswer>;
  /** To whoever asks for a card as they may see it. */
  show(reply: ChatReply): ExecuteAnswer;
  /** To a question that stands in a message: what came of it. */
  conclude(reply: ChatReply, activity: TeamsActivity): Promise<ExecuteAnswer>;
  /** To a form that stands in a message: its next state, or what came of it. */
  settle(reply: ChatReply, activity: TeamsActivity, submitted: Submitted): Promise<ExecuteAnswer>;
  /** To a button that opens a dialog, or one in it; with `submitted`, to a form in it. */
  task(reply: ChatReply, submitted?: Submitted): TaskAnswer;
  /** In the personal chat, wherever it was asked. Never rejects. */
  tell(view: MessageView | HomeView, activity: TeamsActivity): Promise<void>;
}

const DUPLICATE = 'This is being done already: the card shows how it goes.';
const BELOW = 'The answer is below.';
const ELSEWHERE = 'I have answered you in our personal chat.';

/** Says nothing of what it was about. */
const NOT_INSTALLED: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'I cannot write to you in private, so I have not answered here either.',
  details: ['Add Purser for yourself (Apps, then Purser, then Add), and ask again.'],
};

const SECRET: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Credentials are never written into a chat, and this client can show them nowhere else.',
  details: ['Press the button again in Teams on a computer or in the browser.'],
};

export function createReplies(options: {
  sender: Sender;
  /** Whether the client opens dialogs. */
  dialogs: boolean;
  track<Work>(work: Promise<Work>): Promise<Work>;
  logger: Logger;
}): Replies {
  const { sender, dialogs, track, logger } = options;
  const alone: RenderContext = { dialogs, personal: true, handles: new Map(), surface: 'message' };
  const inDialog: RenderContext = { ...alone, surface: 'dialog' };

  const message = (view: MessageView | HomeView): TeamsMessage => renderTeams(view, alone);

  function inlineForm(form: Extract<ChatReply, { kind: 'open-form' }>['form']): TeamsMessage {
    const { title, card } = renderTeams(form, { ...alone, nonce: crypto.randomUUID() });
    return { summary: title, card };
  }

  function dialog(form: Extract<ChatReply, { kind: 'open-form' }>['form']): TaskAnswer {
    const { title, card } = renderTeams(form, { ...inDialog, nonce: crypto.randomUUID() });
    return taskInfo(title, card, form.kind === 'form' && form.fields.length > 2 ? 'large' : 'medium');
  }

  /** What a reply is as a message of its own; nothing where there is nothing to say. A secret never is one. */
  function standalone(reply: ChatReply): TeamsMessage | undefined {
    if (reply === undefined) return undefined;
    if (reply.kind === 'form-errors') return message(errorNotice(reply.errors));
    if (reply.kind !== 'open-form' && reply.kind !== 'update-form') return message(reply);
    return reply.form.kind === 'credentials' ? message(SECRET) : inlineForm(reply.form);
  }

  async function direct(activity: TeamsActivity): Promise<TeamsPlace> {
    if (isPersonal(activity.conversation.id)) return placeOf(activity);
    const tenantId = tenantOf(activity) ?? '';
    return sender.openDirect(activity.from.id, tenantId, activity.serviceUrl);
  }

  /** In private; where that cannot be, says so where it was asked, without the content. */
  async function postPrivately(content: TeamsMessage, activity: TeamsActivity): Promise<void> {
    const here = placeOf(activity);
    try {
      await sender.post(await direct(activity), content);
    } catch (error) {
      if (!(error instanceof ChatError) || !['forbidden', 'not-found'].includes(error.reason)) throw error;
      logger.info({ err: error.message }, 'somebody cannot be answered in private');
      if (!isPersonal(here.conversation)) await sender.post(here, message(NOT_INSTALLED));
    }
  }

  async function quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      logger.warn({ err: error }, 'an answer did not get through to teams');
    }
  }

  /** The message itself comes to show what the person sees, on all their devices. */
  function replace(content: TeamsMessage, activity: TeamsActivity): AdaptiveCard {
    const { replyToId } = activity;
    if (replyToId !== undefined) {
      void track(quietly(sender.update({ ...placeOf(activity), activity: replyToId }, content)));
    }
    return content.card;
  }

  function redrawn(submitted: Submitted, errors: Record<string, string>): FormView {
    return { ...submitted.form, values: submitted.values, errors };
  }

  return {
    async perform(reply, activity, command) {
      await quietly(
        (async () => {
          if (reply?.kind === 'open-form' && reply.form.kind === 'form' && command !== undefined && dialogs) {
            const data: CardData = { kind: 'command', text: command, source: conversationOf(activity) };
            await sender.post(placeOf(activity), launcherCard(reply.form, data));
            return;
          }
          const content = standalone(reply);
          if (content !== undefined) await postPrivately(content, activity);
        })(),
      );
    },

    async execute(reply, activity) {
      if (reply === undefined) return DUPLICATE;
      if (reply.kind === 'notice' && reply.actions === undefined) return spoken(reply);
      // Never posted: shown in place of the card, to the one who asked, until they look again.
      if (reply.kind === 'open-form' && reply.form.kind === 'credentials') return inlineForm(reply.form).card;
      const content = standalone(reply);
      if (content === undefined) return DUPLICATE;
      void track(quietly(postPrivately(content, activity)));
      return isPersonal(activity.conversation.id) ? BELOW : ELSEWHERE;
    },

    show(reply) {
      if (reply?.kind === 'notice') return spoken(reply);
      return standalone(reply)?.card ?? DUPLICATE;
    },

    async conclude(reply, activity) {
      const content = standalone(reply);
      return content === undefined ? DUPLICATE : replace(content, activity);
    },

    async settle(reply, activity, submitted) {
      if (reply === undefined) return DUPLICATE;
      const errors =
        reply === NOT_RECORDED
          ? { '': NOT_RECORDED.text }
          : reply.kind === 'form-errors'
            ? reply.errors
            : undefined;
      if (errors !== undefined) return replace(inlineForm(redrawn(submitted, errors)), activity);
      const content = standalone(reply);
      return content === undefined ? DUPLICATE : replace(content, activity);
    },

    task(reply, submitted) {
      if (reply === undefined) return DUPLICATE;
      if (submitted !== undefined && reply === NOT_RECORDED) {
        return dialog(redrawn(submitted, { '': NOT_RECORDED.text }));
      }
      if (reply.kind === 'form-errors') {
        if (submitted !== undefined) return dialog(redrawn(submitted, reply.errors));
        return taskInfo('Purser', renderTeams(errorNotice(reply.errors), inDialog).card, 'medium');
      }
      if (reply.kind === 'open-form' || reply.kind === 'update-form') return dialog(reply.form);
      return taskInfo(
        'Purser',
        renderTeams(reply, inDialog).card,
        reply.kind === 'notice' ? 'medium' : 'large',
      );
    },

    tell: (view, activity) => quietly(postPrivately(message(view), activity)),
  };
}

function taskInfo(title: string, card: AdaptiveCard, height: 'medium' | 'large'): TaskAnswer {
  return {
    title,
    height,
    width: 'medium',
    card: { contentType: 'application/vnd.microsoft.card.adaptive', content: card },
  };
}

function placeOf({ serviceUrl, conversation }: TeamsActivity): TeamsPlace {
  return { serviceUrl, conversation: conversation.id };
}

function spoken({ text, details = [] }: NoticeView): string {
  return [text, ...details].join('\n\n');
}

function errorNotice(errors: Record<string, string>): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: 'That cannot be done as it is.',
    details: Object.entries(errors).map(([field, error]) => (field === '' ? error : `${field}: ${error}`)),
  };
}
