import type { Logger } from 'pino';
import type { FormView } from '../../domain/forms.ts';
import type { JsonValue } from '../../domain/json.ts';
import type { HomeView, MessageView, NoticeView, View } from '../../domain/views.ts';
import { ChatError, type ChatReply } from '../adapter.ts';
import { isMessage, NOT_RECORDED, UNSHOWABLE, WORKING } from '../deliveries.ts';
import type { Clock } from '../pacer.ts';
import { createAnswers, placeOf } from './answers.ts';
import type { CarriedForm } from './card-data.ts';
import { LIMITS } from './limits.ts';
import { isPersonal, type TeamsActivity, type Typed } from './payloads.ts';
import type { RenderContext } from './render/buttons.ts';
import type { AdaptiveCard } from './render/elements.ts';
import { renderTeams, type TeamsMessage } from './render/index.ts';
import { launchedCard, launcherCard } from './render/launcher.ts';
import type { Seals } from './seals.ts';
import type { Sender } from './sender.ts';
import { spoken } from './text.ts';

/** What a button in a message is answered with: a word beside the card, or a card in its place, for one person alone. */
export type ExecuteAnswer = string | AdaptiveCard;

/** What a dialog shows next: a word, or a card. */
export type TaskAnswer =
  | string
  | { title: string; height: 'medium' | 'large'; width: 'medium'; card: object };

/** What the button of a form brought. */
export interface Opened {
  /** The message whose button opened the form, where it stands for that alone: it is edited once the form is done. */
  launcher?: string;
  /** The form as it was when it was sent. */
  submitted?: { form: CarriedForm; values: Record<string, JsonValue> };
}

type Seal = ReturnType<Seals['sealer']>;

export interface Replies {
  /** To something typed, or done where there is no card to answer in. Never rejects. */
  perform(reply: ChatReply, activity: TeamsActivity, typed?: Typed): Promise<void>;
  /** To a button in a message. What does not fit beside the card is told in the personal chat. */
  execute(reply: ChatReply, activity: TeamsActivity): ExecuteAnswer;
  /** To whoever asks for a card as they may see it. */
  show(reply: ChatReply, activity: TeamsActivity): ExecuteAnswer;
  /** Shows what is decided in the very message that was pressed or looked at: it may be one that was posted twice. */
  close(reply: ChatReply, activity: TeamsActivity): void;
  /** To a question or a form that stands in a message: its next state, or what came of it. */
  conclude(reply: ChatReply, activity: TeamsActivity, opened: Opened): ExecuteAnswer;
  /** The same when it comes late: the message is edited. Never rejects. */
  concludeLate(outcome: Promise<ChatReply>, activity: TeamsActivity, opened: Opened): Promise<void>;
  /** To a button that opens a dialog, or one in it. */
  task(reply: ChatReply, activity: TeamsActivity, opened: Opened): TaskAnswer;
  /** Says in the personal chat that it takes longer, and edits that into what came of it. Never rejects. */
  tell(outcome: Promise<ChatReply>, activity: TeamsActivity, opened: Opened): Promise<void>;
}

const BELOW = 'The answer is below.';
const ELSEWHERE = 'I have answered you in our personal chat.';
const STALE = 'This card may be out of date: looking took too long. Please look at it again in a moment.';

const DUPLICATE: NoticeView = {
  kind: 'notice',
  tone: 'info',
  text: 'This is being done already: the card shows how it goes.',
};

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
  text: 'Credentials are never written into a chat, and there was nowhere else to show them.',
  details: ['Press the button again, in Teams on a computer or in the browser.'],
};

export function createReplies(options: {
  sender: Sender;
  seals: Seals;
  /** Whether the client opens dialogs. */
  dialogs: boolean;
  track<Work>(work: Promise<Work>): Promise<Work>;
  clock: Clock;
  logger: Logger;
}): Replies {
  const { sender, seals, dialogs, track, clock, logger } = options;
  const answers = createAnswers({ sender, unreachable: message(NOT_INSTALLED), clock, logger });

  function alone(): RenderContext {
    return { dialogs, personal: true, handles: new Map(), surface: 'message', nonce: crypto.randomUUID() };
  }

  function message(view: MessageView | HomeView): TeamsMessage {
    return renderTeams(view, alone());
  }

  /** As a message of its own. A secret never is one. */
  function standalone(view: View, seal: Seal): TeamsMessage {
    if (view.kind === 'credentials') return message(SECRET);
    if (view.kind !== 'form') return message(view);
    const { title, card } = renderTeams(view, { ...alone(), seal });
    return { summary: title, card };
  }

  function postPrivately(reply: ChatReply, activity: TeamsActivity): Promise<void> {
    const view = viewOf(reply, {});
    return view === undefined
      ? Promise.resolve()
      : showing(view, seals.personalSealer(activity), (content) => answers.post(content, activity));
  }

  /** What was done must not stay unsaid because it cannot be shown. */
  async function showing(view: View, seal: Seal, show: (content: TeamsMessage) => Promise<unknown>) {
    try {
      await show(standalone(view, seal));
    } catch (error) {
      if (!(error instanceof ChatError) || error.reason !== 'invalid') throw error;
      logger.error({ err: error }, 'an answer could not be shown');
      await show(message(UNSHOWABLE));
    }
  }

  async function quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      logger.warn({ err: error }, 'an answer did not get through to teams');
    }
  }

  function inBackground(work: Promise<void>): void {
    void track(quietly(work));
  }

  function edit(id: string, content: TeamsMessage, activity: TeamsActivity): Promise<void> {
    return answers.edit({ ...placeOf(activity), activity: id }, content);
  }

  /** Its button would open a form that is done with. */
  async function concludeLauncher(reply: ChatReply, activity: TeamsActivity, opened: Opened): Promise<void> {
    const { launcher, submitted } = opened;
    if (launcher === undefined || submitted === undefined) return;
    if (reply === WORKING || reply === NOT_RECORDED || !isMessage(reply)) return;
    const content = isPersonal(activity.conversation.id) ? message(reply) : launchedCard(submitted.form);
    await edit(launcher, content, activity);
  }

  async function follow(outcome: Promise<ChatReply>, activity: TeamsActivity, opened: Opened): Promise<void> {
    const working = await answers.post(message(WORKING), activity).catch(() => 'unsaid' as const);
    const reply = await outcome;
    await quietly(concludeLauncher(reply, activity, opened));
    if (working === undefined) return;
    await showing(viewOf(reply, opened) ?? DUPLICATE, seals.personalSealer(activity), (content) =>
      working === 'unsaid' ? answers.post(content, activity) : answers.edit(working, content),
    );
  }

  return {
    async perform(reply, activity, typed) {
      if (reply?.kind === 'open-form' && reply.form.kind === 'form' && typed !== undefined && dialogs) {
        const launcher = launcherCard(reply.form, { kind: 'command', ...typed });
        return quietly(answers.postHere(launcher, activity));
      }
      await quietly(postPrivately(reply, activity));
    },

    execute(reply, activity) {
      if (reply === undefined) return words(DUPLICATE);
      if (reply.kind === 'notice' && reply.actions === undefined) return words(reply);
      // Never posted: shown in place of the card, to the one who asked, until they look again.
      if (reply.kind === 'open-form' && reply.form.kind === 'credentials') {
        return renderTeams(reply.form, { ...alone(), seal: seals.sealer(activity) }).card;
      }
      inBackground(postPrivately(reply, activity));
      return isPersonal(activity.conversation.id) ? BELOW : ELSEWHERE;
    },

    show(reply, activity) {
      if (reply === WORKING) return STALE;
      const view = viewOf(reply, {}) ?? DUPLICATE;
      return view.kind === 'notice' ? words(view) : standalone(view, seals.sealer(activity)).card;
    },

    close(reply, activity) {
      const { replyToId, conversation } = activity;
      if (replyToId === undefined || reply?.kind !== 'approval') return;
      // Before that the copies change, and this edit could come after a newer one.
      if (reply.summary.decision === undefined) return;
      const content = renderTeams(reply, { ...alone(), personal: isPersonal(conversation.id) });
      inBackground(edit(replyToId, content, activity));
    },

    conclude(reply, activity, opened) {
      const view = viewOf(reply, opened);
      if (view === undefined) return words(DUPLICATE);
      const content = standalone(view, seals.sealer(activity));
      const { replyToId } = activity;
      // To edit it into `WORKING` could take longer than the edit that follows.
      if (replyToId !== undefined && reply !== WORKING) inBackground(edit(replyToId, content, activity));
      inBackground(concludeLauncher(reply, activity, opened));
      return content.card;
    },

    async concludeLate(outcome, activity, opened) {
      const { replyToId } = activity;
      if (replyToId === undefined) return quietly(follow(outcome, activity, opened));
      const reply = await outcome;
      await quietly(concludeLauncher(reply, activity, opened));
      const view = viewOf(reply, opened) ?? DUPLICATE;
      await quietly(showing(view, seals.sealer(activity), (content) => edit(replyToId, content, activity)));
    },

    task(reply, activity, opened) {
      const view = viewOf(reply, opened);
      if (view === undefined) return words(DUPLICATE);
      inBackground(concludeLauncher(reply, activity, opened));
      const inDialog: RenderContext = { ...alone(), surface: 'dialog' };
      if (view.kind !== 'form' && view.kind !== 'credentials') {
        const { card } = renderTeams(view, inDialog);
        return taskInfo('Purser', card, view.kind === 'notice' ? 'medium' : 'large');
      }
      const { title, card } = renderTeams(view, { ...inDialog, seal: seals.sealer(activity) });
      return taskInfo(title, card, view.kind === 'form' && view.fields.length > 2 ? 'large' : 'medium');
    },

    tell: (outcome, activity, opened) => quietly(follow(outcome, activity, opened)),
  };
}

/** What a reply shows. A form that was not taken is shown again as it was sent: nothing that was typed is lost. */
function viewOf(reply: ChatReply, { launcher, submitted }: Opened): View | undefined {
  if (reply === undefined) return undefined;
  if (submitted !== undefined && reply === NOT_RECORDED) {
    return { ...submitted.form, values: submitted.values, errors: { '': NOT_RECORDED.text } };
  }
  if (reply.kind === 'form-errors') {
    if (submitted === undefined) return errorNotice(reply.errors);
    return { ...submitted.form, values: submitted.values, errors: reply.errors };
  }
  if (reply.kind !== 'open-form' && reply.kind !== 'update-form') return reply;
  if (launcher === undefined || reply.form.kind === 'credentials') return reply.form;
  const carried: FormView & CarriedForm = { ...reply.form, launcher };
  return carried;
}

function taskInfo(title: string, card: AdaptiveCard, height: 'medium' | 'large'): TaskAnswer {
  return {
    title,
    height,
    width: 'medium',
    card: { contentType: 'application/vnd.microsoft.card.adaptive', content: card },
  };
}

function words({ text, details = [] }: NoticeView): string {
  return [text, ...details].map((part) => spoken(part, LIMITS.text)).join('\n\n');
}

function errorNotice(errors: Record<string, string>): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: 'That cannot be done as it is.',
    details: Object.entries(errors).map(([field, error]) => (field === '' ? error : `${field}: ${error}`)),
  };
}
