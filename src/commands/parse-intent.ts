import type { ChatReply } from '../chat/adapter.ts';
import { isIncidentAction, isIncidentForm } from '../domain/incident-forms.ts';
import { type Intent, intentSchema } from '../domain/intents.ts';
import { accountRefSchema } from '../domain/refs.ts';
import type { AnyRequest, ChatRequest, CommandName } from '../domain/requests.ts';
import type { ActionId } from '../domain/views.ts';
import { parseAccessCommand } from './access-spec.ts';
import { parseEnvironmentCommand } from './environments-spec.ts';
import { parseIncidentCommand } from './incidents-spec.ts';
import {
  incidentActionFields,
  incidentFormFields,
  incidentMessageFields,
  jsonIn,
  withoutEmpty,
} from './parse-incident-intent.ts';
import type { CommandParse, Typed } from './spec.ts';
import { parseTeamCommand } from './teams-spec.ts';
import { parseUserCommand } from './users-spec.ts';
import { notice } from './wording.ts';

export type IntentParse = { ok: true; intent: Intent } | { ok: false; reply: ChatReply };

/** The one place where what arrives becomes an intent. Never throws. */
export function parseIntent(request: AnyRequest, now: Date): IntentParse {
  switch (request.kind) {
    case 'home':
      return { ok: true, intent: { intent: 'home' } };
    case 'command':
      return commandIntent(parseCommand(request, { now, key: request.dedupeKey }));
    case 'action':
      // What was typed outside of a room, now that it is known which incident was meant.
      if (request.actionId === ('incident.pick' satisfies ActionId))
        return commandIntent(picked(request, now));
      return checked(actionFields(request.actionId, request.payload));
    case 'form':
      return checked(formFields(request));
    case 'message':
      return checked(incidentMessageFields(request));
  }
}

const PARSERS: Record<CommandName, (text: string, typed: Typed) => CommandParse> = {
  env: parseEnvironmentCommand,
  incident: parseIncidentCommand,
  user: parseUserCommand,
  team: parseTeamCommand,
  access: parseAccessCommand,
};

function parseCommand({ command, text }: AnyRequest & { kind: 'command' }, typed: Typed): CommandParse {
  return PARSERS[command](text, typed);
}

function picked({ payload, dedupeKey }: ChatRequest & { kind: 'action' }, now: Date): CommandParse {
  return parseIncidentCommand(`${payload.number} ${payload.text}`, { now, key: dedupeKey });
}

function commandIntent(parsed: CommandParse): IntentParse {
  if (parsed.ok) return parsed;
  const details = parsed.usage === undefined ? [] : [`Usage: ${parsed.usage}`];
  return { ok: false, reply: notice('warning', parsed.problem, { details }) };
}

function actionFields(actionId: string, payload: Record<string, string>): unknown {
  if (isIncidentAction(actionId)) return incidentActionFields(actionId, payload);
  if (actionId === ('access.request' satisfies ActionId)) return { intent: actionId, values: payload };
  if (actionId === ('access.extend' satisfies ActionId)) return { ...payload, intent: actionId, values: {} };
  const intent = { ...payload, intent: actionId };
  return actionId.startsWith('link.') ? { ...intent, account: payload } : intent;
}

function formFields(request: ChatRequest & { kind: 'form' }): unknown {
  const { formId, phase, values, context } = request;
  if (isIncidentForm(formId)) return incidentFormFields({ ...request, formId });
  if (phase === 'change' && formId !== 'environment.create' && formId !== 'access.request') return undefined;
  switch (formId) {
    case 'environment.create': {
      const { template, ...rest } = values;
      return {
        intent: phase === 'change' ? 'environment.redraw' : 'environment.submit',
        template,
        values: rest,
        origin: jsonIn(context.origin),
        incident: context.incident,
        shown: jsonIn(context.shown),
      };
    }
    case 'environment.deny':
      return { ...context, intent: 'environment.deny-because', reason: values.reason };
    case 'departure.request':
      return {
        intent: 'departure.submit',
        person: context.person,
        values: withoutEmpty(values),
        zone: context.zone,
        origin: jsonIn(context.origin),
      };
    case 'departure.deny':
      return { ...context, intent: 'departure.deny-because', reason: values.reason };
    case 'access.request':
      return {
        intent: phase === 'change' ? 'access.redraw' : 'access.submit',
        values: withoutEmpty(values),
        origin: jsonIn(context.origin),
        shown: context.shown,
      };
    case 'access.deny':
      return { ...context, intent: 'access.deny-because', reason: values.reason };
    case 'access.extend':
      return { ...context, intent: 'access.extend-by', values };
    case 'quota.ask':
      return { ...values, ...context, intent: 'quota.request' };
    case 'quota.deny':
      return { ...context, intent: 'quota.deny-because', reason: values.reason };
    case 'link.decide':
      return {
        intent: 'link.decide-as',
        account: accountRefSchema.safeParse(context).data,
        person: values.person,
      };
    case 'arrival.request':
      return { intent: 'arrival.submit', values: withoutEmpty(values), origin: jsonIn(context.origin) };
    case 'arrival.move':
      return { ...context, intent: 'arrival.move-to', start: values.start };
    case 'people.deny':
      return { ...context, intent: 'people.deny-because', reason: values.reason };
    case 'link.deny':
      return {
        intent: 'link.deny-because',
        account: accountRefSchema.safeParse(context).data,
        reason: values.reason,
      };
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
