import type { ChatReply } from '../../chat/adapter.ts';
import type { GrantInput } from '../../domain/access.ts';
import type { AccessValues } from '../../domain/access-intents.ts';
import { showGrantButton } from '../../domain/access-views.ts';
import type { PublishedEntitlement } from '../../domain/entitlements.ts';
import { grantWorkflowId } from '../../domain/ids.ts';
import type { ConversationRef } from '../../domain/refs.ts';
import { type Assessment, assess } from '../access-assess.ts';
import { accessForm, approvalInWords, placed, shownOf } from '../access-form.ts';
import { offeredTo, peopleToAskFor } from '../access-lookups.ts';
import { originOf } from '../accounts.ts';
import type { Call, Handler } from '../context.ts';
import { refusedLaunch } from '../lookups.ts';
import { notice } from '../wording.ts';

/** `/access request …`: does it when nothing is missing or wrong, and opens the form with what was given otherwise. */
export const accessAsked: Handler<'access.ask'> = {
  permission: 'access.request',
  async handle(call, { values }) {
    const origin = originOf(call);
    if (values.entitlement === undefined) return openForm(call, values, origin);
    const published = await call.context.access.entitlements();
    const assessment = await assess(call, published, values);
    const request = requestOf(call, assessment, origin);
    return request === undefined ? openForm(call, values, origin) : start(call, request, assessment);
  },
};

/** The button of the catalogue and of the home tab. */
export const accessFormRequest: Handler<'access.request'> = {
  permission: 'access.request',
  handle: (call, { values }) => openForm(call, values, originOf(call)),
};

export const accessRedraw: Handler<'access.redraw'> = {
  permission: 'access.request',
  async handle(call, { values, origin }) {
    const drawn = await draw(call, values, origin);
    return drawn === undefined ? NOTHING : { kind: 'update-form', form: drawn };
  },
};

/**
 * Nothing is requested that the form has not shown: something else, or for somebody else, draws it again first. A platform
 * need not have told us of the change, and may have lost our redrawing.
 */
export const accessSubmission: Handler<'access.submit'> = {
  permission: 'access.request',
  async handle(call, { values, origin, shown }) {
    const published = await call.context.access.entitlements();
    const assessment = await assess(call, published, values);
    const isKnown = assessment.entitlement !== undefined && assessment.beneficiary !== undefined;
    if (isKnown && shownOf(assessment) !== shown) {
      const intro =
        'What you chose changes what you get or who has to approve. Please look once more, then press Request again.';
      const form = await draw(call, values, origin, intro);
      return form === undefined ? NOTHING : { kind: 'update-form', form };
    }
    const request = requestOf(call, assessment, origin);
    if (request !== undefined) return start(call, request, assessment);
    const drawn = await draw(call, values, origin);
    return { kind: 'form-errors', errors: placed(assessment.errors, drawn?.fields ?? []) };
  },
};

const NOTHING = notice('info', 'There is nothing you could ask for.', {
  details: ['What there is, and for whom, the platform team says in manifests/entitlements.yaml.'],
});

async function openForm(call: Call, values: AccessValues, origin: ConversationRef): Promise<ChatReply> {
  const form = await draw(call, values, origin);
  return form === undefined ? NOTHING : { kind: 'open-form', form };
}

/** What is wrong with what was chosen or typed is said at once; what is not filled in yet is not wrong. */
async function draw(call: Call, values: AccessValues, origin: ConversationRef, intro?: string) {
  const published = await call.context.access.entitlements();
  const people = peopleToAskFor(call);
  const offered = offeredTo(call, published, people);
  if (offered.length === 0) return undefined;
  const chosen = withFirst(values, offered);
  const assessment = await assess(call, published, chosen);
  const given = Object.entries(assessment.errors).filter(
    ([field]) => field === 'entitlement' || Object.hasOwn(values, field),
  );
  const isOffered = offered.some(({ id }) => id === assessment.entitlement?.id);
  return accessForm({
    values: chosen,
    assessment,
    offered:
      isOffered || assessment.entitlement === undefined ? offered : [assessment.entitlement, ...offered],
    people,
    origin,
    errors: Object.fromEntries(given),
    intro,
  });
}

/** Something has to be shown: what is chosen first. */
function withFirst(values: AccessValues, offered: PublishedEntitlement[]): AccessValues {
  return values.entitlement === undefined ? { ...values, entitlement: offered[0]?.id } : values;
}

/** Nothing while something is missing or wrong. */
function requestOf(
  { person, request }: Call,
  { entitlement: published, beneficiary, durationMs, reason, ticket, errors }: Assessment,
  origin: ConversationRef,
): GrantInput | undefined {
  if (published === undefined || beneficiary === undefined || durationMs === undefined) return undefined;
  if (Object.keys(errors).length > 0) return undefined;
  const { digest, ...entitlement } = published;
  return {
    // The same for every delivery of the same thing: it is asked for once.
    id: request.requestId.slice(0, ID_LENGTH),
    entitlement,
    digest,
    requester: person.id,
    beneficiary: beneficiary.id,
    durationMs,
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    origin,
  };
}

/** Short enough to be typed, long enough for all that one person ever asks for. */
const ID_LENGTH = 10;

async function start(call: Call, request: GrantInput, { outlook }: Assessment): Promise<ChatReply> {
  const { id, entitlement, digest, beneficiary } = request;
  await call.context.audit.append({
    key: `${call.request.dedupeKey}:request`,
    action: 'access.request',
    actor: call.person.id,
    subject: grantWorkflowId(beneficiary, id),
    outcome: 'intended',
    detail: { entitlement: entitlement.id, digest, requestId: call.request.requestId },
  });
  const outcome = await call.context.access.launchers.startGrant(request);
  const refused = refusedLaunch(outcome, `“${entitlement.title}” was not asked for.`);
  if (refused !== undefined) return refused;
  const where = call.request.kind === 'command' ? 'in this channel' : 'where you asked';
  return notice('success', `Asked for “${entitlement.title}”. Its card is ${where}.`, {
    details: approvalInWords(outlook).split('\n'),
    actions: [showGrantButton({ beneficiary, id })],
  });
}
