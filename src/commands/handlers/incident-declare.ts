import type { ChatReply } from '../../chat/adapter.ts';
import { incidentWorkflowId } from '../../domain/ids.ts';
import { showIncidentButton } from '../../domain/incident-buttons.ts';
import type { IncidentConfig } from '../../domain/incident-config.ts';
import type { Declaration } from '../../domain/incident-intents.ts';
import { platformsInOrder, rulesOf } from '../../domain/incident-rules.ts';
import type { IncidentInput, IncidentRow } from '../../domain/incidents.ts';
import type { IntentOf } from '../../domain/intents.ts';
import type { ConversationRef, Platform } from '../../domain/refs.ts';
import type { AnyRequest } from '../../domain/requests.ts';
import type { NoticeView } from '../../domain/views.ts';
import { refusal } from '../authorize.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { type DeclarationForm, declarationForm, whoIsPaged } from '../incident-form.ts';
import { asked, incidentConfig, isNotice, listIncidents, placeOf } from '../incident-lookups.ts';
import { readable } from '../mentions.ts';
import { nearest } from '../nearest.ts';
import { echo, notice } from '../wording.ts';
import { problemOfHere } from './incident-here.ts';

type From = IntentOf<'incident.submit'>['from'];

/** With a title it is declared at once; what is missing or has to be confirmed is asked for in the form. */
export const incidentDeclaration: Handler<'incident.declare'> = {
  permission: 'incident.declare',
  async handle(call, { from, confirmed, intent: _, ...given }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    const origin = placeOf(call.request);
    const values = withReadableTexts(call, { ...given, title: given.title ?? titleFrom(from) });
    const form: DeclarationForm = { values, origin, from: from && JSON.stringify(from) };
    const wrong = await problems(call, config, { values, origin });
    const asks =
      given.title === undefined ||
      Object.keys(wrong).length > 0 ||
      (!confirmed && needsConfirming(config, values));
    if (asks) return { kind: 'open-form', form: declarationForm(call, config, { ...form, errors: wrong }) };
    const other = confirmed ? undefined : await similar(call, values);
    return other ?? declare(call, config, values, { origin, from });
  },
};

/** Choosing a severity, a service or a drill changes who will be paged. */
export const incidentRedraw: Handler<'incident.redraw'> = {
  permission: 'incident.declare',
  async handle(call, { values, origin, from }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    return {
      kind: 'update-form',
      form: declarationForm(call, config, { values, origin, from: from && JSON.stringify(from) }),
    };
  },
};

/** Nobody is paged whom the form has not named: another choice draws it again first. */
export const incidentSubmission: Handler<'incident.submit'> = {
  permission: 'incident.declare',
  async handle(call, { values, origin, from, shown }) {
    const config = await incidentConfig(call);
    if (isNotice(config)) return config;
    const errors = await problems(call, config, { values, origin });
    if (Object.keys(errors).length > 0) return { kind: 'form-errors', errors };
    if (shown !== whoIsPaged(call, config, values)) {
      const intro = 'What you chose changes who is paged. Please look once more, then press Declare again.';
      return {
        kind: 'update-form',
        form: declarationForm(call, config, { values, origin, from: from && JSON.stringify(from), intro }),
      };
    }
    return declare(call, config, values, { origin, from });
  },
};

function withReadableTexts(
  { directory }: Call,
  { title, summary, ...others }: Partial<Declaration>,
): Partial<Declaration> {
  const read = (text: string | undefined) => (text === undefined ? undefined : readable(directory, text));
  return { ...others, title: read(title), summary: read(summary) };
}

function titleFrom(from: From): string | undefined {
  if (from === undefined) return undefined;
  const [line = ''] = from.text.trim().split('\n');
  return [...line.trim()].slice(0, 120).join('') || undefined;
}

function needsConfirming(
  { severities, defaults }: IncidentConfig,
  { severity }: Partial<Declaration>,
): boolean {
  return severities.find(({ id }) => id === (severity ?? defaults.severity))?.confirm ?? false;
}

/** By field of the form. */
async function problems(
  call: Call,
  config: IncidentConfig,
  { values, origin }: Pick<DeclarationForm, 'values' | 'origin'>,
): Promise<Record<string, string>> {
  const { title, severity, service } = values;
  const errors: Record<string, string> = {};
  const here = await problemOfHere(call, config, { values, origin });
  if (here !== undefined) errors.here = here;
  const length = title?.trim().length ?? 0;
  if (title !== undefined && length < 3) errors.title = 'Please say what is wrong, in a few words.';
  if (length > 120) errors.title = `Please keep it under 120 characters; this has ${length}.`;
  const severities = config.severities.map(({ id }) => id);
  if (severity !== undefined && !severities.includes(severity)) {
    errors.severity = `There is no severity “${echo(severity)}”. There are ${severities.join(', ')}.`;
  }
  const services = config.services.map(({ id }) => id);
  if (service !== undefined && !services.includes(service)) {
    const meant = nearest(service, services);
    errors.service = `There is no service “${echo(service)}”. ${meant === undefined ? `There are ${services.join(', ')}.` : `Did you mean ${meant}?`}`;
  }
  return errors;
}

/** Somebody may have been faster: whoever declares reads so before there are two. */
async function similar(
  call: Call,
  { service, title, drill, severity, here, private: isPrivate }: Partial<Declaration>,
): Promise<NoticeView | undefined> {
  if (service === undefined || drill === true) return undefined;
  const { items } = await listIncidents(call, { open: true, limit: 50 });
  const [open] = items.filter((row: IncidentRow) => row.service === service && !row.drill);
  if (open === undefined) return undefined;
  return notice(
    'warning',
    `There is an open incident of ${service} already: #${open.number} “${open.title}”.`,
    {
      details: ['Join it, unless yours is another one.'],
      actions: [
        { ...showIncidentButton(open.number), label: `Show #${open.number}`, style: 'primary' },
        {
          actionId: 'incident.form',
          label: 'Declare anyway…',
          payload: {
            form: 'incident.declare',
            title: title ?? '',
            service,
            ...(severity === undefined ? {} : { severity }),
            private: `${isPrivate ?? false}`,
            here: `${here ?? false}`,
          },
        },
      ],
    },
  );
}

async function declare(
  call: Call,
  config: IncidentConfig,
  values: Partial<Declaration>,
  { origin, from }: { origin?: ConversationRef; from?: From },
): Promise<ChatReply> {
  const refused = await refusal(call, 'incident.declare');
  if (refused !== undefined) return refused;
  const { context, request, person } = call;
  const { store, launchers } = context.incidents;
  const number = await asked(() => store.claimNumber(request.requestId), 'The database did not answer');
  await context.audit.append({
    key: `${request.dedupeKey}:declare`,
    action: 'incident.declare',
    actor: person.id,
    subject: incidentWorkflowId(number),
    outcome: 'intended',
    detail: { requestId: request.requestId, severity: values.severity ?? config.defaults.severity },
  });
  const outcome = await launchers.declare(incidentInput(call, config, values, { number, origin, from }));
  if (!outcome.ok && outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  if (!outcome.ok) return notice('error', 'The incident was not declared.', { details: [outcome.message] });
  const room = values.here
    ? 'This becomes its room: look below.'
    : 'Its room is being opened, and you are invited to it.';
  return notice('success', `#${number} is declared. ${room}`, {
    details: [`Paged first: ${whoIsPaged(call, config, values)}.`],
    actions: [showIncidentButton(number)],
    incident: number,
  });
}

function incidentInput(
  { context, request, person }: Call,
  config: IncidentConfig,
  values: Partial<Declaration>,
  { number, origin, from }: { number: number; origin?: ConversationRef; from?: From },
): IncidentInput {
  const severity = values.severity ?? config.defaults.severity;
  const { service, private: isPrivate = false, drill = false } = values;
  return {
    number,
    requestId: request.requestId,
    title: (values.title ?? '').trim(),
    summary: (values.summary ?? '').trim(),
    severity,
    service,
    private: isPrivate,
    drill,
    declaredBy: person.id,
    detectedAt: from?.at ?? context.now().toISOString(),
    platforms: platformsFor(request, config, context.incidents.platforms()),
    origin,
    ...(values.here ? { adopt: origin } : {}),
    ...(from === undefined ? {} : { firstEntry: from }),
    rules: rulesOf(config, { service, private: isPrivate, drill }),
  };
}

/** The room is first opened where the declarer is, or else where incidents are announced first. */
function platformsFor({ actor }: AnyRequest, config: IncidentConfig, connected: Platform[]): Platform[] {
  if (!('account' in actor)) return platformsInOrder(config, connected);
  const { platform: first } = actor.account;
  return [first, ...connected.filter((platform) => platform !== first)];
}
