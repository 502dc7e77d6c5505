import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { FormView } from '../../domain/forms.ts';
import type { MessageView, NoticeView } from '../../domain/views.ts';
import type { ChatReply } from '../adapter.ts';
import { fileOf } from './files.ts';
import type { SlackView } from './payloads.ts';
import { writeMetadata } from './payloads.ts';
import { context, type RenderContext } from './render/blocks.ts';
import { renderSlack, type SlackMessage } from './render/index.ts';
import type { Sender, SlackPlace } from './sender.ts';

/** Where the answers to one delivery go. */
export interface AnswerTo {
  user: string;
  triggerId?: string;
  responseUrl?: string;
  /** Where the person asked; without it, or where the app may not speak, the answer is a direct message. */
  place?: SlackPlace;
  /** The form that was changed or submitted. */
  view?: SlackView;
  /** The question this answers disappears with it. */
  replacesQuestion?: boolean;
}

/** Carries answers out once Slack has its acknowledgement. Never rejects: what fails is logged, or said instead. */
export interface Replies {
  /** For one person's eyes. */
  message(view: MessageView): SlackMessage;
  /** What the message cannot hold, as a file in the direct conversation: only the app and the person are sure to be in it. */
  attach(view: MessageView, to: AnswerTo): Promise<void>;
  modal(form: Extract<ChatReply, { kind: 'open-form' }>['form'], to: AnswerTo): ReturnType<typeof drawModal>;
  perform(reply: ChatReply, to: AnswerTo): Promise<void>;
  tell(view: MessageView, to: AnswerTo): Promise<void>;
}

const RESPONSE_URL_TIMEOUT_MS = 5_000;

const TRIGGER_EXPIRED: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Slack did not open the form in time. Nothing was changed: please try again.',
};

const FILE_FOLLOWS = '📎  The file comes in a direct message.';

const FILE_LOST: NoticeView = {
  kind: 'notice',
  tone: 'warning',
  text: 'Slack did not take the file, so it does not come after all. Please ask for it again in a moment.',
};

export function createReplies(options: {
  client: WebClient;
  sender: Sender;
  apiUrl: string | undefined;
  draw: RenderContext;
  logger: Logger;
}): Replies {
  const { client, sender, apiUrl, draw, logger } = options;

  async function openForm(
    form: Extract<ChatReply, { kind: 'open-form' }>['form'],
    to: AnswerTo,
  ): Promise<void> {
    if (to.triggerId === undefined) return tell(TRIGGER_EXPIRED, to);
    try {
      await client.views.open({ trigger_id: to.triggerId, view: drawModal(form, to, draw) });
    } catch (error) {
      logger.warn({ err: reason(error) }, 'slack did not open a form');
      await tell(TRIGGER_EXPIRED, to);
    }
  }

  /** Bound to the form as it was when it was changed: a newer redraw is not overwritten by an older one. */
  async function redraw(form: FormView, { view, ...to }: AnswerTo): Promise<void> {
    if (view === undefined) return;
    const modal = drawModal(form, to, draw);
    await client.views.update({
      view_id: view.id,
      ...(view.hash === undefined ? {} : { hash: view.hash }),
      view: modal,
    });
  }

  async function perform(reply: ChatReply, to: AnswerTo): Promise<void> {
    if (reply === undefined || reply.kind === 'form-errors') return;
    try {
      if (reply.kind === 'open-form') return await openForm(reply.form, to);
      if (reply.kind === 'update-form') return await redraw(reply.form, to);
      if (reply.kind !== 'home') return await tell(reply, to);
      await client.views.publish({ user_id: to.user, view: renderSlack(reply, draw) });
    } catch (error) {
      logger.warn({ err: reason(error), reply: reply.kind }, 'an answer did not get through to slack');
    }
  }

  async function tell(view: MessageView, to: AnswerTo): Promise<void> {
    await say(view, to);
    await attach(view, to);
  }

  function drawn(view: MessageView): SlackMessage {
    const { text, blocks } = renderSlack(view, draw);
    const file = fileOf(view);
    return { text, blocks: file === undefined ? blocks : [...blocks, ...context([FILE_FOLLOWS])] };
  }

  async function say(view: MessageView, to: AnswerTo): Promise<void> {
    try {
      const message = drawn(view);
      if (await respond(message, to)) return;
      if (to.place !== undefined && (await postPrivately(message, to.place, to.user))) return;
      await sender.post({ channel: await sender.openDirect(to.user) }, message, crypto.randomUUID());
    } catch (error) {
      logger.warn({ err: reason(error) }, 'a private answer did not get through to slack');
    }
  }

  async function attach(view: MessageView, to: AnswerTo): Promise<void> {
    const file = fileOf(view);
    if (file === undefined) return;
    try {
      await sender.upload({ channel: await sender.openDirect(to.user) }, file);
    } catch (error) {
      logger.warn({ err: reason(error) }, 'a file did not get through to slack');
      await say(FILE_LOST, to);
    }
  }

  async function respond(message: SlackMessage, to: AnswerTo): Promise<boolean> {
    if (to.responseUrl === undefined || !isSlackUrl(to.responseUrl, apiUrl)) return false;
    const body = { response_type: 'ephemeral', replace_original: to.replacesQuestion === true, ...message };
    try {
      const response = await fetch(to.responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(RESPONSE_URL_TIMEOUT_MS),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  async function postPrivately(message: SlackMessage, place: SlackPlace, user: string): Promise<boolean> {
    try {
      await sender.postPrivately(place, user, message);
      return true;
    } catch (error) {
      logger.info({ err: reason(error) }, 'answering in a direct message instead');
      return false;
    }
  }

  return {
    message: drawn,
    attach,
    modal: (form, to) => drawModal(form, to, draw),
    perform,
    tell,
  };
}

function drawModal(
  form: Extract<ChatReply, { kind: 'open-form' }>['form'],
  { place }: Pick<AnswerTo, 'place'>,
  draw: RenderContext,
) {
  const context = form.kind === 'form' ? form.context : {};
  const metadata = writeMetadata({ context, ...(place === undefined ? {} : { origin: place }) });
  return renderSlack(form, { ...draw, metadata });
}

/** Slack's own host, or the one that `SLACK_API_URL` names; a local one may call itself by any loopback name. */
export function isSlackUrl(url: string, apiUrl: string | undefined): boolean {
  const target = URL.parse(url);
  if (target === null || target.username !== '' || target.password !== '') return false;
  if (apiUrl === undefined) return target.origin === 'https://hooks.slack.com';
  const api = new URL(apiUrl);
  if (target.origin === api.origin || target.origin === 'https://hooks.slack.com') return true;
  return isLoopback(target) && isLoopback(api) && target.port === api.port;
}

function isLoopback({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
