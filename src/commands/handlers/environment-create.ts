import type { ChatReply } from '../../chat/adapter.ts';
import { personRef, showButton } from '../../domain/environment-views.ts';
import type { EnvironmentInput, EnvironmentState } from '../../domain/environments.ts';
import { environmentWorkflowId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Plan, TemplateSummary } from '../../domain/plans.ts';
import type { ConversationRef } from '../../domain/refs.ts';
import { originOf } from '../accounts.ts';
import { assess, unknownTemplate } from '../assess.ts';
import { type Call, type Handler, NotRecordedError } from '../context.ts';
import { createForm, teamsToChoose } from '../create-form.ts';
import { freeName, suggestedName } from '../free-names.ts';
import { noteEnvironment } from '../incident-notes.ts';
import { echo, listed, notice } from '../wording.ts';
import { noPlace } from './quota.ts';

/** `/env create …`: does it when nothing is missing or wrong, and opens the form with what was given otherwise. */
export const environmentCreation: Handler<'environment.create'> = {
  permission: 'env.create',
  async handle(call, { template, values }) {
    const origin = originOf(call);
    const found = startingTemplate(call, template);
    if (!found.ok) return found.reply;
    if (template === undefined) return openForm(call, found.template, values, { origin });
    const given = withOnlyTeam(call, found.template, values);
    const attempt = await request(call, found.template, given, { origin });
    return attempt.ok
      ? attempt.reply
      : openForm(call, found.template, given, { origin, errors: attempt.errors });
  },
};

/** The button of a template, of the home tab and of the shortcut. */
export const formRequest: Handler<'environment.request'> = {
  permission: 'env.create',
  async handle(call, { template }) {
    const found = startingTemplate(call, template);
    return found.ok ? openForm(call, found.template, {}, { origin: originOf(call) }) : found.reply;
  },
};

/** What was filled in stays where the newly chosen template has such a field. */
export const formRedraw: Handler<'environment.redraw'> = {
  permission: 'env.create',
  async handle(call, { template, values, origin, incident }) {
    const found = startingTemplate(call, template);
    if (!found.ok) return { kind: 'form-errors', errors: { template: unknownTemplate(call, template) } };
    const filled = withOnlyTeam(call, found.template, filledIn(values));
    const assessment = await assess(call, template, knownTo(found.template, filled), false);
    return {
      kind: 'update-form',
      form: createForm(call, found.template, filled, { assessment, origin, incident }),
    };
  },
};

/**
 * Nothing is requested that the form has not shown: another template, or a choice that changes who has to approve,
 * draws it again first. A platform need not have told us of the change, and may have lost our redrawing.
 */
export const formSubmission: Handler<'environment.submit'> = {
  permission: 'env.create',
  async handle(call, { template, values, origin, incident, shown }) {
    const summary = call.context.catalog.get(template);
    if (summary === undefined) {
      return { kind: 'form-errors', errors: { template: unknownTemplate(call, template) } };
    }
    if (shown !== undefined && shown.template !== template) {
      return formRedraw.handle(call, {
        intent: 'environment.redraw',
        template,
        values,
        origin,
        incident,
      });
    }
    const about = { origin, incident, shownApproval: shown?.approval };
    const attempt = await request(call, summary, filledIn(values), about);
    if (!attempt.ok) return { kind: 'form-errors', errors: atFields(summary, attempt.errors) };
    if (incident !== undefined && attempt.requested !== undefined) {
      await noteEnvironment(call, incident, { name: attempt.requested, template });
    }
    return attempt.reply;
  },
};

/** A platform takes errors at fields of the form only; what belongs to none of them is said at the template. */
function atFields({ parameters }: TemplateSummary, errors: Record<string, string>): Record<string, string> {
  const placed: Record<string, string> = {};
  for (const [field, text] of Object.entries(errors)) {
    if (Object.hasOwn(parameters.properties, field)) placed[field] = text;
    else placed.template = field === 'template' ? text : `${echo(field)}: ${text}`;
  }
  return placed;
}

/** `requested` is the name, where something was requested just now. */
type Attempt =
  | { ok: true; reply: ChatReply; requested?: string }
  | { ok: false; errors: Record<string, string> };

async function request(
  call: Call,
  template: TemplateSummary,
  values: JsonObject,
  { origin, incident, shownApproval }: { origin: ConversationRef; incident?: number; shownApproval?: string },
): Promise<Attempt> {
  const { context, person } = call;
  const assessment = await assess(call, template.name, values, true);
  const { plan, digest, errors, full } = assessment;
  if (plan === undefined || digest === undefined || Object.keys(errors).length > 0)
    return { ok: false, errors };
  if (full !== undefined) return { ok: true, reply: noPlace(call, plan, full) };
  if (shownApproval !== undefined && shownApproval !== plan.approval.because) {
    const intro =
      'What you chose changes who has to approve. Please look once more, then press Request again.';
    const form = createForm(call, template, values, { assessment, origin, intro, incident });
    return { ok: true, reply: { kind: 'update-form', form } };
  }
  const { cluster, name } = plan.environment;
  await Promise.all([
    context.plans.save(digest, plan),
    context.audit.append({
      key: `${call.request.dedupeKey}:request`,
      action: 'environment.request',
      actor: person.id,
      subject: environmentWorkflowId(cluster, name),
      outcome: 'intended',
      detail: { digest, template: `${template.name}@${template.version}`, requestId: call.request.requestId },
    }),
  ]);
  const outcome = await context.launchers.startEnvironment(environmentInput(call, plan, digest, origin));
  if (outcome.ok) return { ok: true, reply: requested(call, plan), requested: name };
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  if (outcome.type === 'NameTaken') return nameTaken(call, template, plan, digest, outcome.state);
  return {
    ok: true,
    reply: notice('error', `“${plan.environment.name}” was not requested.`, { details: [outcome.message] }),
  };
}

function environmentInput(call: Call, plan: Plan, digest: string, origin: ConversationRef): EnvironmentInput {
  const { cluster, name, namespace, team } = plan.environment;
  const { name: template, version, title } = plan.template;
  return {
    cluster,
    name,
    namespace,
    requestId: call.request.requestId,
    digest,
    template: { name: template, version, title },
    parameters: plainParameters(plan.parameters),
    requester: call.person.id,
    team,
    origin,
    steps: plan.steps.map(({ id, title, wave }) => ({ id, title, ...(wave === undefined ? {} : { wave }) })),
    approval: plan.approval,
    lifecycle: { ttlMs: plan.lifecycle.ttlMs, warnMs: plan.lifecycle.warnMs },
    quota: plan.quota,
    urls: plan.outputs.flatMap((output) =>
      'value' in output ? [{ key: output.key, url: output.value }] : [],
    ),
    secretKeys: plan.outputs.filter((output) => 'secret' in output).map((output) => output.key),
  };
}

function plainParameters(parameters: JsonObject): EnvironmentInput['parameters'] {
  const plain: EnvironmentInput['parameters'] = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      plain[name] = value;
  }
  return plain;
}

function requested(call: Call, plan: Plan): ChatReply {
  const where = call.request.kind === 'command' ? 'in this channel' : 'where you asked';
  const next = plan.approval.auto
    ? 'Nobody has to approve, so it is being built.'
    : `It needs approval first: ${plan.approval.because}.`;
  return notice('success', `Requested “${plan.environment.name}”. Its card is ${where}.`, {
    details: [next],
  });
}

/** Whose it is, and a name that is free. Asking again for what one already has is no collision. */
async function nameTaken(
  call: Call,
  template: TemplateSummary,
  plan: Plan,
  digest: string,
  state: EnvironmentState | undefined,
): Promise<Attempt> {
  const { name } = plan.environment;
  if (state !== undefined && state.requester === call.person.id && state.digest === digest) {
    return {
      ok: true,
      reply: notice(
        'info',
        `You have asked for exactly this already, so “${name}” was not requested again.`,
        {
          actions: [showButton(state)],
        },
      ),
    };
  }
  const owner = state === undefined ? undefined : personRef(call.directory, state.requester).name;
  const whose = owner === undefined ? 'is taken' : `belongs to ${owner}`;
  const free = await freeName(call, template, name);
  const words = free === undefined ? ' Please choose another.' : ` “${free}” is free.`;
  return { ok: false, errors: { name: `The name “${name}” ${whose}.${words}` } };
}

export function startingTemplate(
  call: Call,
  name: string | undefined,
): { ok: true; template: TemplateSummary } | { ok: false; reply: ChatReply } {
  const { catalog } = call.context;
  const template = name === undefined ? catalog.list()[0] : catalog.get(name);
  if (template !== undefined) return { ok: true, template };
  const text =
    name === undefined ? 'There is no template that works right now.' : unknownTemplate(call, name);
  return {
    ok: false,
    reply: notice('warning', text, { details: ['Type /env templates to see what there is.'] }),
  };
}

export async function openForm(
  call: Call,
  template: TemplateSummary,
  values: JsonObject,
  {
    origin,
    errors = {},
    intro,
  }: { origin: ConversationRef; errors?: Record<string, string>; intro?: string },
): Promise<ChatReply> {
  if (teamsToChoose(call).length === 0) {
    return notice(
      'error',
      'You cannot create an environment, because there is no team you may create one for.',
      {
        details: [
          `You are a member of ${listed(memberships(call)) || 'no team'}. Ask the platform team to add you to yours.`,
        ],
      },
    );
  }
  const filled = withOnlyTeam(call, template, await withName(call, template, values));
  const assessment = await assess(call, template.name, knownTo(template, filled), false);
  const wrong = Object.entries(errors).filter(
    ([field]) => field === 'template' || Object.hasOwn(values, field),
  );
  return {
    kind: 'open-form',
    form: createForm(call, template, filled, {
      assessment,
      origin,
      errors: Object.fromEntries(wrong),
      intro,
    }),
  };
}

function memberships({ directory, person }: Call): string[] {
  return directory.teams.filter((team) => team.members.includes(person.id)).map((team) => team.title);
}

async function withName(call: Call, template: TemplateSummary, values: JsonObject): Promise<JsonObject> {
  if (Object.hasOwn(values, 'name')) return values;
  const name = await suggestedName(call, template);
  return name === undefined ? values : { ...values, name };
}

/** Nobody who is in one team is asked which. */
function withOnlyTeam(call: Call, { parameters }: TemplateSummary, values: JsonObject): JsonObject {
  const filled = { ...values };
  for (const [name, schema] of Object.entries(parameters.properties)) {
    const [team, another] = schema['x-source'] === undefined ? [] : teamsToChoose(call);
    if (!Object.hasOwn(filled, name) && team !== undefined && another === undefined) filled[name] = team.id;
  }
  return filled;
}

function knownTo({ parameters }: TemplateSummary, values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => Object.hasOwn(parameters.properties, name)),
  );
}

/** An optional field left empty is not given. */
function filledIn(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== null));
}
