import type { ChatReply } from '../../chat/adapter.ts';
import { approversInWords, eligibleApprovers, selectorOf } from '../../domain/approvers.ts';
import { formatDuration } from '../../domain/durations.ts';
import { personRef } from '../../domain/environment-views.ts';
import { quotaWorkflowId } from '../../domain/ids.ts';
import type { IntentOf } from '../../domain/intents.ts';
import { findTeam, type Person } from '../../domain/people.ts';
import type { Plan, TemplateSummary } from '../../domain/plans.ts';
import { type FullLimit, fullInWords, isFull, type QuotaSubject } from '../../domain/quota.ts';
import { MORE_QUOTA, type QuotaRequestState } from '../../domain/quota-requests.ts';
import { howManyMore, moment, moreQuotaButton } from '../../domain/quota-views.ts';
import type { NoticeView } from '../../domain/views.ts';
import { limitsOf, unknownTemplate } from '../assess.ts';
import { refusal } from '../authorize.ts';
import { type Call, type CommandContext, type Handler, NotRecordedError } from '../context.ts';
import { moreQuotaForm } from '../quota-form.ts';
import { listed, notice } from '../wording.ts';

const { atLeast, atMost } = MORE_QUOTA.reason;

/** Instead of an environment: what is full, and what helps. */
export function noPlace(call: Call, { template, environment: { team } }: Plan, full: FullLimit): NoticeView {
  const { limit } = full;
  const where = limit === 'perTeam' ? `team=${team}` : 'mine';
  return notice('warning', fullWords(call, full, { template: template.name, team }), {
    details: [`Delete one that is no longer needed (/env list ${where} shows them), or ask for more.`],
    actions: [moreQuotaButton({ limit, template: template.name, team })],
  });
}

/** The button under it. */
export const quotaForm: Handler<'quota.ask'> = {
  permission: 'env.create',
  async handle(call, { limit, template, team }) {
    const found = await prospects(call, { limit, template, team });
    if (!found.ok) return found.reply;
    const form = moreQuotaForm(
      { limit, template, team },
      { intro: fullWords(call, found.full, { template, team }), decides: whoDecides(call, found.approvers) },
    );
    return { kind: 'open-form', form };
  },
};

export const quotaRequest: Handler<'quota.request'> = {
  permission: 'env.create',
  async handle(call, intent) {
    const problem = reasonProblem(intent.reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    const found = await prospects(call, intent);
    if (!found.ok) return found.reply;
    return ask(call, intent, found);
  },
};

interface Prospects {
  template: TemplateSummary;
  full: FullLimit;
  approvers: Person[];
}

/** Whether there is anything to ask for, and anybody to ask. */
async function prospects(
  call: Call,
  { limit, template: name, team }: Omit<QuotaSubject, 'person'>,
): Promise<({ ok: true } & Prospects) | { ok: false; reply: ChatReply }> {
  const { context, person, directory, policy } = call;
  const template = context.catalog.get(name);
  if (template === undefined) return no(notice('warning', unknownTemplate(call, name)));
  const refused = await refusal(call, 'env.create', { owner: person.id, team });
  if (refused !== undefined) return no(refused);
  const open = await findQuota(context, { person: person.id, limit, template: name, team });
  if (open !== undefined && open.decision === undefined) return no(openAlready(call, open));
  const places = await context.places.count({ template: name, owner: person.id, team });
  const full = isFull(limitsOf(call, template), places, limit);
  if (full === undefined) return no(placeFree(template));
  const approvers = eligibleApprovers(directory, selectorOf(policy.limits.moreQuota.by, team), person.id);
  if (approvers.length === 0) return no(nobodyToAsk(call, team));
  return { ok: true, template, full, approvers };
}

function no(reply: ChatReply): { ok: false; reply: ChatReply } {
  return { ok: false, reply };
}

async function ask(
  call: Call,
  { limit, team, extra, lasts, reason }: IntentOf<'quota.request'>,
  { template, approvers }: Prospects,
): Promise<ChatReply> {
  const { context, person, policy } = call;
  const { dedupeKey, requestId } = call.request;
  const subject = { person: person.id, limit, template: template.name, team };
  await context.audit.append({
    key: `${dedupeKey}:quota`,
    action: 'quota.request',
    actor: person.id,
    subject: quotaWorkflowId(subject),
    outcome: 'intended',
    detail: { requestId, extra: `${extra}`, lasts: formatDuration(lasts), reason: reason.trim() },
  });
  const request = {
    ...subject,
    requestId,
    title: template.title,
    extra,
    lastsMs: lasts,
    reason: reason.trim(),
    withinMs: policy.limits.moreQuota.within,
  };
  const outcome = await context.quota.start(request);
  if (outcome.ok) {
    return notice('success', `Asked for ${howManyMore(request)}.`, {
      details: [`Who decides: ${whoDecides(call, approvers)}`, 'You will hear from me in a direct message.'],
    });
  }
  if (outcome.type === 'Unavailable') throw new NotRecordedError(outcome.message);
  const open = await findQuota(context, subject);
  return open === undefined
    ? notice('error', 'This was not asked for.', { details: [outcome.message] })
    : openAlready(call, open);
}

function reasonProblem(reason: string): string | undefined {
  const { length } = reason.trim();
  if (length < atLeast)
    return `Please say what for, in at least ${atLeast} characters: whoever decides reads it.`;
  if (length > atMost) return `Please keep it under ${atMost} characters; this has ${length}.`;
  return undefined;
}

/** As `quota.get`; an outage is a reason to try again. */
export async function findQuota(
  { quota }: CommandContext,
  subject: QuotaSubject,
): Promise<QuotaRequestState | undefined> {
  try {
    return await quota.get(subject);
  } catch (cause) {
    throw new NotRecordedError('Temporal did not answer', { cause });
  }
}

function openAlready({ directory }: Call, { request, approvers, deadline }: QuotaRequestState): NoticeView {
  const names = listed(approvers.map((id) => personRef(directory, id).name));
  return notice('info', `You have asked for ${howManyMore(request)} already, and nobody has decided yet.`, {
    details: [
      `Who decides: ${names}, until ${moment(deadline)}.`,
      'You will hear from me in a direct message.',
    ],
  });
}

function placeFree({ name }: TemplateSummary): NoticeView {
  return notice('info', 'There is a place by now, so there is nothing to ask for.', {
    actions: [{ actionId: 'environment.request', label: 'Request it…', payload: { template: name } }],
  });
}

function nobodyToAsk({ directory, policy }: Call, team: string): NoticeView {
  const by = selectorOf(policy.limits.moreQuota.by, team);
  return notice('error', 'Nobody could approve more for you, so it was not asked for.', {
    details: [
      `More is approved by ${approversInWords(by, 1, directory)}, and besides you there is nobody.`,
      'Delete one that is no longer needed, or ask the platform team to name approvers.',
    ],
  });
}

/** `Ravi Sample, within 3 days.` */
function whoDecides({ policy }: Call, approvers: Person[]): string {
  const within = `within ${formatDuration(policy.limits.moreQuota.within)}`;
  const names = listed(approvers.map(({ name }) => name));
  return approvers.length === 1 ? `${names}, ${within}.` : `${names}. One of them is enough, ${within}.`;
}

function fullWords(
  { directory }: Call,
  full: FullLimit,
  { template, team }: { template: string; team: string },
): string {
  return fullInWords(full, { template, team: findTeam(directory, team)?.title ?? team });
}
