import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { accountKey } from '../../domain/refs.ts';
import type { ChatRequest } from '../../domain/requests.ts';
import type { ActionId } from '../../domain/views.ts';
import { accountOf, conversationOf, type Pressed, sourceOf, type TeamsActivity } from './payloads.ts';
import { opensDialog } from './render/buttons.ts';
import { formValues } from './render/form.ts';
import type { Opened } from './replies.ts';

export type Content = ChatRequest extends infer Request
  ? Request extends ChatRequest
    ? Omit<Request, 'actor' | 'dedupeKey' | 'requestId'>
    : never
  : never;

/** A button that was pressed, as a request. */
export interface Press {
  content: Content;
  /** The dedupe key. */
  key: string;
  /** The same for the same button of the same drawing; missing where pressing again has to look again. */
  again?: string;
  opened: Opened;
}

/** It runs what was typed before, which does something, whatever the answer is shown in. */
const DOES = new Set<string>(['incident.pick'] satisfies ActionId[]);

/** Every delivery of one activity carries its id. */
export function keyOf({ type, id, conversation }: TeamsActivity): string {
  return `teams:${type}:${conversation.id}:${id ?? crypto.randomUUID()}`;
}

export function understood(activity: TeamsActivity, { data, inputs }: Pressed): Press {
  const key = keyOf(activity);
  const who = accountKey(accountOf(activity));
  switch (data.kind) {
    case 'command': {
      const { command, text } = data;
      const content: Content = { kind: 'command', command, text, source: conversationOf(activity) };
      return { key, content, opened: { launcher: activity.replyToId } };
    }
    case 'action':
    case 'refresh': {
      const { actionId, payload } = data;
      const content: Content = { kind: 'action', actionId, payload, source: sourceOf(activity) };
      const looks = data.kind === 'refresh' || (opensDialog(actionId) && !DOES.has(actionId));
      return { key, content, opened: {}, ...(looks ? {} : { again: `teams:press:${who}:${digest(data)}` }) };
    }
    case 'form': {
      const { form, phase, nonce } = data;
      const { formId, context, launcher } = form;
      const values = formValues(form, inputs);
      const again = `teams:form:${who}:${nonce}:${phase}:${digest(values)}`;
      const content: Content = { kind: 'form', phase, formId, values, context };
      return { key: again, again, content, opened: { launcher, submitted: { form, values } } };
    }
  }
}

function digest(value: object): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex')
    .slice(0, 16);
}

/** Teams' client waits 5 s for an answer, and asks again twice. */
const REPEATED_MS = 20_000;

/** Calls `answer`, or gives what it gave or still works on for the same `again`. */
type Repeats = <Answer>(
  again: string | undefined,
  answer: (forget: () => void) => Promise<Answer>,
) => Promise<Answer>;

/**
 * An invoke that Teams' client repeats, under another activity id, gets the answer of the first: it no longer listens to
 * that one. Only the process that works on the first knows its answer; another one knows by `again` that it was claimed.
 */
export function createRepeats(): Repeats {
  const answers = new Map<string, Promise<unknown>>();
  return <Answer>(again: string | undefined, answer: (forget: () => void) => Promise<Answer>) => {
    if (again === undefined) return answer(() => undefined);
    const known = answers.get(again);
    if (known !== undefined) return known as Promise<Answer>;
    const forget = () => {
      if (answers.get(again) === given) answers.delete(again);
    };
    const given = answer(forget);
    answers.set(again, given);
    setTimeout(forget, REPEATED_MS).unref();
    given.catch(forget);
    return given;
  };
}
