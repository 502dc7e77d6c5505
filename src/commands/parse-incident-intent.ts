import type { IncidentActionId, IncidentFormId } from '../domain/incident-forms.ts';
import type { JsonValue } from '../domain/json.ts';
import { messageKey } from '../domain/refs.ts';
import type { ChatRequest } from '../domain/requests.ts';

/** What the payloads of incidents' buttons and forms say, before it is checked. */

export function incidentActionFields(actionId: IncidentActionId, payload: Record<string, string>): unknown {
  switch (actionId) {
    case 'incident.declare':
      return { intent: actionId, from: payload.text === undefined ? undefined : payload };
    case 'incident.form': {
      const { number, form, ...values } = payload;
      return { intent: actionId, number, form, values };
    }
    case 'incident.act':
      return { intent: actionId, number: payload.number, act: jsonIn(payload.act) };
    case 'incident.export':
      return { intent: actionId, number: payload.number, format: payload.format ?? 'markdown' };
    default:
      return { ...payload, intent: actionId };
  }
}

export function incidentFormFields({
  formId,
  phase,
  values,
  context,
}: ChatRequest & { kind: 'form'; formId: IncidentFormId }): unknown {
  if (formId !== 'incident.declare') {
    return phase === 'change'
      ? undefined
      : { intent: 'incident.fill', number: context.number, form: formId, values };
  }
  return {
    intent: phase === 'change' ? 'incident.redraw' : 'incident.submit',
    values: withoutEmpty(values),
    origin: jsonIn(context.origin),
    from: jsonIn(context.from),
    shown: context.shown,
  };
}

export function incidentMessageFields(request: ChatRequest & { kind: 'message' }): unknown {
  const { event, message, text, author, at, link } = request;
  return { intent: 'incident.message', event, key: messageKey(message), text, author, at, link };
}

/** An optional field left empty is not given. */
export function withoutEmpty(values: Record<string, JsonValue>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null));
}

export function jsonIn(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
