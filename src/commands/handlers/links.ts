import type { ChatReply } from '../../chat/adapter.ts';
import { personRef } from '../../domain/environment-views.ts';
import type { FormField, FormView } from '../../domain/forms.ts';
import { linkApprovalView } from '../../domain/link-views.ts';
import { LINK_NOTICE_MS, type LinkInput, type LinkState } from '../../domain/links.ts';
import {
  type DirectorySnapshot,
  lapsedOwner,
  linkedUntil,
  ownerOfAccount,
  type Person,
} from '../../domain/people.ts';
import { whoMay } from '../../domain/policy.ts';
import { type AccountRef, accountKey, conversationRefSchema } from '../../domain/refs.ts';
import type { ChatRequest } from '../../domain/requests.ts';
import { accountOf } from '../accounts.ts';
import { refusal } from '../authorize.ts';
import { type Call, type CommandContext, type Handler, NotRecordedError } from '../context.ts';
import { refusedLaunch } from '../lookups.ts';
import { echo, notice } from '../wording.ts';
import { REASON_FIELD, reasonProblem } from './environment-decisions.ts';
import { linkProven, provenOwner, signInToLink } from './link-sign-in.ts';

/** A longer list of people is typed into, not chosen from. */
const MAX_CHOICES = 100;

/** The one thing an account nobody is linked to may do. Whose it was, or its profile's e-mail, suggests and grants nothing. */
export async function requestLink(
  context: CommandContext,
  request: ChatRequest & { kind: 'action' },
  directory: DirectorySnapshot,
): Promise<ChatReply> {
  const { account, profileEmail } = request.actor;
  const suggestion = (lapsedOwner(directory, account) ?? personWithEmail(directory, profileEmail))?.id;
  return await askFor(context, request, directory, { suggestion }, 'to link your account');
}

/** An account that is linked asks to stay so when that is about to end; before, it is an old prompt that was pressed. */
export const linkOfLinked: Handler<'link.request'> = {
  async handle({ context, request, directory, person }) {
    if (request.kind !== 'action' || !('account' in request.actor))
      throw new Error('only a button asks this');
    const until = linkedUntil(directory, request.actor.account);
    if (until === undefined || until.getTime() - context.now().getTime() > LINK_NOTICE_MS) {
      return notice('info', `Your account is linked already: you are ${person.name}.`, {
        details: ['Type /env to see what you can do.'],
      });
    }
    const keeps = { person: person.id, until: until.toISOString() };
    return await askFor(
      context,
      request,
      directory,
      { suggestion: person.id, keeps },
      'to keep your account linked',
    );
  },
};

/** Decided by whoever signs in, where there is an identity provider and they can; else by the administrators. */
async function askFor(
  context: CommandContext,
  request: ChatRequest & { kind: 'action' },
  directory: DirectorySnapshot,
  asked: Pick<LinkInput, 'suggestion' | 'keeps'>,
  forWhat: string,
): Promise<ChatReply> {
  const { signedIn } = request.actor;
  const elsewhere = signedIn === undefined ? await signInToLink(context, request) : undefined;
  if (elsewhere !== undefined) return elsewhere;
  const proven = provenOwner(directory, request.actor);
  if (proven !== undefined) {
    const mine = { ...asked, suggestion: proven.owner.id, bySignIn: true } as const;
    return (await putForward(context, request, mine)) ?? (await linkProven(context, request, proven));
  }
  const doubt = 'The profile of this chat account has another e-mail address than you, so they have a look.';
  return (
    (await putForward(context, request, { ...asked, suggestion: signedIn?.person ?? asked.suggestion })) ??
    notice('success', `The administrators have been asked ${forWhat}.`, {
      details: [
        ...(signedIn === undefined ? [] : [doubt]),
        'You will read here what they decide. There is nothing else to do.',
      ],
    })
  );
}

/** Says what is wrong if it could not be asked. */
async function putForward(
  context: CommandContext,
  request: ChatRequest & { kind: 'action' },
  asked: Pick<LinkInput, 'suggestion' | 'keeps' | 'bySignIn'>,
): Promise<ChatReply> {
  const { account, displayName, profileEmail } = request.actor;
  const key = accountKey(account);
  await context.audit.append({
    key: `${request.dedupeKey}:link`,
    action: 'link.request',
    actor: key,
    subject: `account/${key}`,
    outcome: 'intended',
    detail: { requestId: request.requestId },
  });
  const outcome = await context.launchers.startLink({
    account,
    requestId: request.requestId,
    displayName,
    profileEmail,
    ...asked,
    origin: conversationRefSchema.parse(request.source),
  });
  return refusedLaunch(outcome, 'Your account could not be put forward for linking.');
}

/** The card as an administrator may see it. */
export const linkCard: Handler<'link.approval'> = {
  permission: 'link.decide',
  async handle(call, { account }) {
    const refused = await refusal(call, 'link.decide');
    if (refused !== undefined) return refused;
    const found = await findLink(call.context, account);
    if (found === undefined) return notice('info', 'That request to link an account is over.');
    const { link, ...progress } = found;
    const approvers = whoMay(call.policy, call.directory, { permission: 'link.decide' }).map(({ id }) => id);
    return linkApprovalView(link, { ...progress, approvers }, call.directory);
  },
};

function isOpen(found: LinkState | undefined): boolean {
  return found !== undefined && found.decision === undefined && found.timedOutAt === undefined;
}

async function findLink({ launchers }: CommandContext, account: AccountRef): Promise<LinkState | undefined> {
  try {
    return await launchers.getLink(account);
  } catch (cause) {
    throw new NotRecordedError('Temporal did not answer', { cause });
  }
}

export const linkDecisionForm: Handler<'link.decide'> = {
  permission: 'link.decide',
  async handle(call, { account, displayName, suggestion }) {
    const settled = (await refusal(call, 'link.decide')) ?? (await alreadyLinked(call, account));
    if (settled !== undefined) return settled;
    const known = suggestion !== undefined && call.directory.people.some(({ id }) => id === suggestion);
    const form: FormView = {
      kind: 'form',
      formId: 'link.decide',
      title: 'Link an account',
      submitLabel: 'Link',
      intro: `Who is ${accountKey(account)}, who calls themselves “${echo(displayName)}”? Make sure in another way than by the profile: whoever uses the account will act as this person.`,
      fields: [personField(call.directory)],
      values: known ? { person: suggestion } : {},
      notes: [],
      context: { ...account },
    };
    return { kind: 'open-form', form };
  },
};

export const linkDecision: Handler<'link.decide-as'> = {
  permission: 'link.decide',
  async handle(call, { account, person: named }) {
    const settled = (await refusal(call, 'link.decide')) ?? (await alreadyLinked(call, account));
    if (settled !== undefined) return settled;
    const person = personNamed(call.directory, named);
    if (person === undefined) {
      const text = `Nobody active in the directory is “${echo(named)}”. Give the id or the e-mail address that the directory has.`;
      return { kind: 'form-errors', errors: { person: text } };
    }
    const owner = ownerOfAccount(call.directory, account);
    if (owner !== undefined && owner.id !== person.id) {
      const text = `It is linked to ${owner.name}. Choose them, or unlink it first to give it to somebody else.`;
      return { kind: 'form-errors', errors: { person: text } };
    }
    const outcome = await call.context.launchers.decideLink({ ...decider(call), account, person: person.id });
    if (outcome.ok) await call.context.people.newcomerLinked(person.id);
    const refused = refusedLaunch(outcome, 'The account was not linked.');
    return refused ?? notice('success', `${accountKey(account)} is being linked to ${person.name}.`);
  },
};

export const linkDenialForm: Handler<'link.deny'> = {
  permission: 'link.decide',
  async handle(call, { account, displayName }) {
    const settled = (await refusal(call, 'link.decide')) ?? (await alreadyLinked(call, account));
    if (settled !== undefined) return settled;
    const form: FormView = {
      kind: 'form',
      formId: 'link.deny',
      title: 'Do not link',
      submitLabel: 'Deny',
      intro: `${accountKey(account)}, who calls themselves “${echo(displayName)}”, ${afterDenial(call, account)}.`,
      fields: [REASON_FIELD],
      values: {},
      notes: [],
      context: { ...account },
    };
    return { kind: 'open-form', form };
  },
};

export const linkDenial: Handler<'link.deny-because'> = {
  permission: 'link.decide',
  async handle(call, { account, reason }) {
    const refused = await refusal(call, 'link.decide');
    if (refused !== undefined) return refused;
    const problem = reasonProblem(reason);
    if (problem !== undefined) return { kind: 'form-errors', errors: { reason: problem } };
    const outcome = await call.context.launchers.decideLink({
      ...decider(call),
      account,
      reason: reason.trim(),
    });
    const failed = refusedLaunch(outcome, 'The denial was not recorded.');
    return (
      failed ??
      notice('success', `${accountKey(account)} ${afterDenial(call, account)}. Whoever asked reads why.`)
    );
  },
};

function afterDenial({ directory }: Call, account: AccountRef): string {
  const owner = ownerOfAccount(directory, account);
  return owner === undefined ? 'stays linked to nobody' : `is ${owner.name} only until its link ends`;
}

function decider(call: Call): { by: string; byAccount: AccountRef } {
  return { by: call.person.id, byAccount: accountOf(call) };
}

/** There is nothing to decide on an account that is linked, unless there is: its person asks to keep it. */
async function alreadyLinked({ context, directory }: Call, account: AccountRef): Promise<ChatReply> {
  const owner = ownerOfAccount(directory, account);
  if (owner === undefined || isOpen(await findLink(context, account))) return undefined;
  return notice('info', `This account is linked already, to ${personRef(directory, owner.id).name}.`);
}

function personField({ people }: DirectorySnapshot): FormField {
  const active = people.filter((person) => person.active);
  const field = { name: 'person', label: 'Person', required: true };
  if (active.length > MAX_CHOICES) {
    return { ...field, schema: { type: 'string' }, hint: 'The id or the e-mail address in the directory.' };
  }
  const choices = active.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
  return { ...field, schema: { type: 'string', enum: choices.map(({ value }) => value) }, choices };
}

function personNamed({ people }: DirectorySnapshot, named: string): Person | undefined {
  const typed = named.trim().toLowerCase();
  return people.find(({ active, id, email }) => active && (id === typed || email.toLowerCase() === typed));
}

function personWithEmail({ people }: DirectorySnapshot, email: string | undefined): Person | undefined {
  if (email === undefined) return undefined;
  return people.find((person) => person.active && person.email.toLowerCase() === email.toLowerCase());
}
