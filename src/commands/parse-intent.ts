import type { ChatReply } from '../chat/adapter.ts';
import { type Intent, intentSchema } from '../domain/intents.ts';
import { accountRefSchema } from '../domain/refs.ts';
import type { ChatRequest } from '../domain/requests.ts';
import { parseCommand } from './environments-spec.ts';
import { notice } from './wording.ts';

export type IntentParse = { ok: true; intent: Intent } | { ok: false; reply: ChatReply };

/** The one place where what arrives becomes an intent. Never throws. */
export function parseIntent(request: ChatRequest): IntentParse {
  switch (request.kind) {
    case 'home':
      return { ok: true, intent: { intent: 'home' } };
    case 'command':
      return commandIntent(request.text);
    case 'action':
      return checked(actionFields(request.actionId, request.payload));
    case 'form':
      return checked(formFields(request));
  }
}

function commandIntent(text: string): IntentParse {
  const parsed = parseCommand(text);
  if (parsed.ok) return parsed;
  const details = parsed.usage === undefined ? [] : [`Usage: ${parsed.usage}`];
  return { ok: false, reply: notice('warning', parsed.problem, { details }) };
}

function actionFields(actionId: string, payload: Record<string, string>): unknown {
  const intent = { ...payload, intent: actionId };
  return actionId.startsWith('link.') ? { ...intent, account: payload } : intent;
}

function formFields({ formId, phase, values, context }: ChatRequest & { kind: 'form' }): unknown {
  if (phase === 'change' && formId !== 'environment.create') return undefined;
  switch (formId) {
    case 'environment.create': {
      const { template, ...rest } = values;
      return {
        intent: phase === 'change' ? 'environment.redraw' : 'environment.submit',
        template,
        values: rest,
        origin: jsonOrUndefined(context.origin),
        shown: jsonOrUndefined(context.shown),
      };
    }
    case 'environment.deny':
      return { ...context, intent: 'environment.deny-because', reason: values.reason };
    case 'link.decide':
      return {
        intent: 'link.decide-as',
        account: accountRefSchema.safeParse(context).data,
        person: values.person,
      };
    case 'link.deny':
      return {
        intent: 'link.deny-because',
        account: accountRefSchema.safeParse(context).data,
        reason: values.reason,
      };
  }
}

function jsonOrUndefined(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function checked(fields: unknown): IntentParse {
  const parsed = intentSchema.safeParse(fields);
  if (parsed.success) return { ok: true, intent: parsed.data };
  return {
    ok: false,
    reply: notice(
      'warning',
      'That button or form is from an older version of Purser, and nothing was done.',
      {
        details: ['Type /env to start again.'],
      },
    ),
  };
}
