import { messageProblems, viewProblems } from './fake-slack-block-kit.ts';
import {
  type Delivered,
  type RawRequest,
  type RawResponse,
  sendRaw,
  signedRequest,
} from './fake-slack-deliveries.ts';
import { messageJson, type Params, replaceModal, withIds } from './fake-slack-methods.ts';
import { eventBody } from './fake-slack-talk.ts';
import {
  buttonsOf,
  type FakeBlock,
  type FakeElement,
  type FakeMessage,
  type FakeView,
  type FakeWorkspace,
  type PrivateMessage,
} from './fake-slack-workspace.ts';

/** A value typed or chosen in a form: text and choices as strings, yes and no as booleans. */
export type FieldValue = string | boolean;

/** Slack's side: each call is one signed HTTP request to the app, and resolves with the app's answer to it. */
export interface ActAs {
  /** Somebody types `/env <text>`. A private answer in the acknowledgement is in `privateTo(user)`. */
  command(user: string, channel: string, text: string, command?: string): Promise<Delivered>;
  /** Somebody clicks a button that the message really shows. Throws when it does not. */
  click(user: string, message: FakeMessage | PrivateMessage, actionId: string): Promise<Delivered>;
  /** The same for a button on the person's home tab; the `index`th with that action id. */
  clickHome(user: string, actionId: string, index?: number): Promise<Delivered>;
  /** Somebody fills in the open form and submits it. Fields not named keep what the form proposes. */
  submitView(user: string, values: Record<string, FieldValue>): Promise<Delivered>;
  /** Somebody chooses something in the open form, in a field that redraws it. `values` are all they filled in so far. */
  changeView(user: string, field: string, values: Record<string, FieldValue>): Promise<Delivered>;
  shortcut(user: string, callbackId: string): Promise<Delivered>;
  /** Somebody chooses a shortcut from a message's menu. */
  messageShortcut(user: string, message: FakeMessage, callbackId: string): Promise<Delivered>;
  openHome(user: string): Promise<Delivered>;
  /** Any payload, signed: `form` as an interaction or command, `json` as an event. */
  deliver(kind: 'form' | 'json', payload: Params): Promise<Delivered>;
  /** The request `deliver` would send, for a test to tamper with and hand to `sendRaw`. `timestamp` in seconds. */
  signed(kind: 'form' | 'json', payload: Params, timestamp?: number): RawRequest;
  /** What Slack sends for `/env <text>`. */
  commandPayload(user: string, channel: string, text: string, command?: string): Params;
}

const TRIGGER_MS = 3_000;

export function createActAs(options: {
  workspace: FakeWorkspace;
  signingSecret: string;
  base: string;
  appUrl: () => string;
}): ActAs {
  const { workspace, signingSecret, base, appUrl } = options;

  function signed(
    kind: 'form' | 'json',
    payload: Params,
    timestamp?: number,
    headers?: Record<string, string>,
  ) {
    const body = kind === 'json' ? JSON.stringify(payload) : formBody(payload);
    const contentType = kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
    return signedRequest({ url: appUrl(), body, signingSecret, contentType, timestamp, headers });
  }

  async function deliver(
    kind: 'form' | 'json',
    payload: Params,
    settle: (response: RawResponse) => void = () => undefined,
  ): Promise<Delivered> {
    const request = signed(kind, payload);
    const response = await sendRaw(request);
    workspace.answers.push({ asked: `${request.body}`, text: response.text, at: Date.now() });
    settle(response);
    const retryHeaders = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' };
    return {
      ...response,
      request,
      replay: () => sendRaw(request),
      retry: () => sendRaw(signed(kind, payload, undefined, retryHeaders)),
    };
  }

  function trigger(user: string): string {
    const id = `${Date.now()}.${workspace.nextId('')}`;
    workspace.triggers.set(id, { user, expiresAt: Date.now() + TRIGGER_MS, used: false });
    return id;
  }

  function responseUrl(user: string, channel: string, original?: PrivateMessage): string {
    const id = workspace.nextId('R');
    workspace.responseUrls.set(id, { user, channel, left: 5, original });
    return `${base}/response/${id}`;
  }

  function interaction(type: string, user: string): Params {
    const teamId = workspace.users.get(user)?.teamId ?? workspace.teamId;
    return {
      type,
      team: { id: workspace.teamId, domain: 'sample' },
      user: { id: user, username: workspace.users.get(user)?.name ?? user, team_id: teamId },
      api_app_id: 'A0PURSER',
      is_enterprise_install: false,
      trigger_id: trigger(user),
    };
  }

  function commandPayload(user: string, channel: string, text: string, command = '/env'): Params {
    return {
      command,
      text,
      user_id: user,
      user_name: workspace.users.get(user)?.name ?? user,
      team_id: workspace.users.get(user)?.teamId ?? workspace.teamId,
      channel_id: channel,
      channel_name: workspace.channels.get(channel)?.name ?? channel,
      api_app_id: 'A0PURSER',
      is_enterprise_install: 'false',
      response_url: responseUrl(user, channel),
      trigger_id: trigger(user),
    };
  }

  function press(
    user: string,
    button: FakeElement | undefined,
    actionId: string,
    rest: Params,
  ): Promise<Delivered> {
    if (button === undefined) throw new Error(`there is no button ${actionId} to click`);
    const action = { ...button, block_id: 'actions', action_ts: workspace.nextTs() };
    return deliver('form', { ...interaction('block_actions', user), ...rest, actions: [action] });
  }

  function openModalOf(user: string): FakeView {
    const open = workspace.modals.get(user);
    if (open === undefined) throw new Error(`${user} has no form open`);
    return open;
  }

  /** Slack closes the form, keeps it open with errors, or shows another one in its place. */
  function settleSubmission(open: FakeView, { status, json }: RawResponse): void {
    if (status !== 200) return;
    const answer = (json ?? {}) as {
      response_action?: string;
      errors?: Record<string, string>;
      view?: FakeView['view'];
    };
    if (answer.response_action === 'errors') {
      const fields = open.view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
      for (const field of Object.keys(answer.errors ?? {})) {
        if (!fields.includes(field))
          workspace.problems.push(`view_submission: no input ${field} to show an error at`);
      }
      open.errors = answer.errors ?? {};
    } else if (answer.response_action === 'update' && answer.view !== undefined) {
      workspace.problems.push(...viewProblems(answer.view).map((problem) => `view_submission: ${problem}`));
      replaceModal(workspace, open, answer.view);
    } else {
      workspace.modals.delete(open.user);
    }
  }

  return {
    signed,
    deliver,
    commandPayload,

    command(user, channel, text, command) {
      return deliver('form', commandPayload(user, channel, text, command), ({ status, json }) => {
        if (status !== 200 || json === undefined) return;
        const { text: said, blocks } = json as { text?: string; blocks?: FakeBlock[] };
        workspace.problems.push(
          ...messageProblems({ text: said, blocks }).map((problem) => `command: ${problem}`),
        );
        const ts = workspace.nextTs();
        workspace.privates.push({ user, channel, ts, text: said ?? '', blocks: withIds(blocks ?? []) });
      });
    },

    click(user, message, actionId) {
      const button = buttonsOf(message).find(({ action_id }) => action_id === actionId);
      const ephemeral = !('edits' in message);
      return press(user, button, actionId, {
        container: {
          type: 'message',
          message_ts: message.ts,
          channel_id: message.channel,
          is_ephemeral: ephemeral,
        },
        channel: { id: message.channel, name: workspace.channels.get(message.channel)?.name ?? '' },
        ...(ephemeral ? {} : { message: messageJson(message, false) }),
        response_url: responseUrl(user, message.channel, ephemeral ? message : undefined),
      });
    },

    clickHome(user, actionId, index = 0) {
      const home = workspace.homes.get(user);
      const button = home && buttonsOf(home).filter(({ action_id }) => action_id === actionId)[index];
      return press(user, button, actionId, {
        container: { type: 'view', view_id: 'V0HOME' },
        view: {
          id: 'V0HOME',
          type: 'home',
          callback_id: '',
          private_metadata: '',
          blocks: home?.blocks ?? [],
        },
      });
    },

    submitView(user, values) {
      const open = openModalOf(user);
      const payload = {
        ...interaction('view_submission', user),
        view: viewJson(open, values),
        response_urls: [],
      };
      return deliver('form', payload, (response) => settleSubmission(open, response));
    },

    changeView(user, field, values) {
      const open = openModalOf(user);
      const block = open.view.blocks.find(({ block_id }) => block_id === field);
      if (block?.dispatch_action !== true || block.element === undefined) {
        throw new Error(`${field} does not redraw the form`);
      }
      const state = fieldState(block.element, values[field]);
      return deliver('form', {
        ...interaction('block_actions', user),
        container: { type: 'view', view_id: open.id },
        view: viewJson(open, values),
        actions: [
          { ...state, action_id: block.element.action_id, block_id: field, action_ts: workspace.nextTs() },
        ],
      });
    },

    shortcut(user, callbackId) {
      return deliver('form', {
        ...interaction('shortcut', user),
        callback_id: callbackId,
        action_ts: workspace.nextTs(),
      });
    },

    messageShortcut(user, message, callbackId) {
      const { channel } = message;
      const author = message.user === undefined ? { bot_id: workspace.botId } : {};
      return deliver('form', {
        ...interaction('message_action', user),
        callback_id: callbackId,
        action_ts: workspace.nextTs(),
        message_ts: message.ts,
        channel: { id: channel, name: workspace.channels.get(channel)?.name ?? '' },
        message: { user: workspace.botUserId, ...messageJson(message, false), ...author },
        response_url: responseUrl(user, channel),
      });
    },

    openHome(user) {
      const event = { type: 'app_home_opened', user, channel: `D0${user}`, tab: 'home' };
      return deliver('json', eventBody(workspace, event));
    },
  };
}

/** Commands are plain fields; interactions are one field with JSON in it. */
function formBody(payload: Params): string {
  if (payload.command === undefined)
    return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [name, `${value}`]);
  return new URLSearchParams(fields).toString();
}

function viewJson({ id, hash, view }: FakeView, values: Record<string, FieldValue>): Params {
  const inputs = view.blocks.filter((block) => block.type === 'input' && block.element !== undefined);
  for (const field of Object.keys(values)) {
    if (!inputs.some(({ block_id }) => block_id === field)) throw new Error(`the form has no field ${field}`);
  }
  const state = inputs.map(({ block_id, element }) => [
    block_id,
    { [`${element?.action_id}`]: fieldState(element as FakeElement, values[`${block_id}`]) },
  ]);
  return { ...view, id, hash, state: { values: Object.fromEntries(state) } };
}

/** What was filled in, else what the form proposes. */
function fieldState(element: FakeElement, value: FieldValue | undefined): Params {
  if (element.type === 'plain_text_input') {
    return { type: element.type, value: value ?? element.initial_value ?? null };
  }
  if (element.type === 'checkboxes') {
    const options = element.options as Params[];
    const chosen = value === undefined ? (element.initial_options ?? []) : value === true ? options : [];
    return { type: element.type, selected_options: chosen };
  }
  const groups = (element.option_groups ?? [element]) as { options: { value: string }[] }[];
  const options = groups.flatMap((group) => group.options);
  const chosen = options.find((option) => option.value === `${value}`);
  if (value !== undefined && chosen === undefined) throw new Error(`${value} is not among the choices`);
  return { type: element.type, selected_option: chosen ?? element.initial_option ?? null };
}
