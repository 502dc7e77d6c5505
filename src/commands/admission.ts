import type { ChatReply } from '../chat/adapter.ts';
import {
  type DirectorySnapshot,
  findPerson,
  lapsedOwner,
  ownerOfAccount,
  type Person,
} from '../domain/people.ts';
import type { Policy } from '../domain/policy.ts';
import { accountKey } from '../domain/refs.ts';
import type { AnyRequest, ChatRequest, Standing, TokenRequest } from '../domain/requests.ts';
import type { CommandContext } from './context.ts';
import { requestLink } from './handlers/links.ts';
import { notice } from './wording.ts';

export type Admission =
  | { ok: true; person: Person; directory: DirectorySnapshot; policy: Policy }
  | { ok: false; reply: ChatReply };

interface Refusal {
  text: string;
  next: string;
}

const STANDING: Record<Exclude<Standing, 'member'>, Refusal> = {
  guest: {
    text: 'Purser works for full members of this organisation only, and this account is a guest.',
    next: 'Ask a colleague who is a full member to do it for you.',
  },
  stranger: {
    text: 'Purser works for members of this organisation only, and this account belongs to another one.',
    next: 'Ask somebody of this organisation to do it for you.',
  },
  bot: {
    text: 'Purser takes no orders from bots and workflows.',
    next: 'A person has to do this from their own account.',
  },
  deactivated: {
    text: 'This account is deactivated, so Purser does nothing for it.',
    next: 'If that is a mistake, ask your administrators.',
  },
  unverified: {
    text: 'We could not check your account just now, so nothing was done.',
    next: 'Please try again in a moment.',
  },
};

const LEFT: Refusal = {
  text: 'The directory says that the person this account belongs to is no longer here, so Purser does nothing for it.',
  next: 'If that is a mistake, ask the platform team to look at your entry in the directory.',
};

const SOMEBODY_ELSE: Refusal = {
  text: 'This chat account belongs to somebody else than the one who has signed in, so nothing was done.',
  next: 'Sign out there, then press the button in chat again.',
};

const TOKEN_LEFT: Refusal = {
  text: 'The directory says that the person this token belongs to is no longer here, so it opens nothing.',
  next: LEFT.next,
};

/** Who is asking by token. They are looked up anew, so that it ends with their time here, however long it was issued for. */
export async function admittedByToken(context: CommandContext, request: TokenRequest): Promise<Admission> {
  const [directory, policy] = await Promise.all([context.directory.snapshot(), context.policy()]);
  const person = findPerson(directory, request.actor.person);
  if (person?.active) return { ok: true, person, directory, policy };
  await auditRefused(context, request, `token/${request.actor.token}`, 'left');
  return { ok: false, reply: notice('error', TOKEN_LEFT.text, { details: [TOKEN_LEFT.next] }) };
}

/** Who is asking, by immutable account ids alone. Whoever is refused reads why and what to do, and is audited. */
export async function admitted(context: CommandContext, request: ChatRequest): Promise<Admission> {
  const { account, standing } = request.actor;
  if (standing !== 'member') return refused(context, request, standing, STANDING[standing]);
  const [directory, policy] = await Promise.all([context.directory.snapshot(), context.policy()]);
  const owner = ownerOfAccount(directory, account);
  if (owner === undefined) return { ok: false, reply: await unlinked(context, request, directory) };
  if (!owner.active) return refused(context, request, 'left', LEFT);
  const { signedIn } = request.actor;
  if (signedIn !== undefined && signedIn.person !== owner.id) {
    return refused(context, request, 'somebody else', SOMEBODY_ELSE);
  }
  return { ok: true, person: owner, directory, policy };
}

async function refused(
  context: CommandContext,
  request: ChatRequest,
  why: string,
  { text, next }: Refusal,
): Promise<Admission> {
  await auditRefused(context, request, `account/${accountKey(request.actor.account)}`, why);
  if (request.kind === 'home') return { ok: false, reply: emptyHome(request, `${text} ${next}`) };
  return { ok: false, reply: notice('error', text, { details: [next] }) };
}

async function auditRefused(
  context: CommandContext,
  { dedupeKey, requestId, actor }: AnyRequest,
  subject: string,
  why: string,
): Promise<void> {
  await context.audit.append({
    key: `${dedupeKey}:refused`,
    action: 'access.refused',
    actor: 'account' in actor ? accountKey(actor.account) : actor.person,
    subject,
    outcome: 'refused',
    detail: { why, requestId },
  });
}

/** An account nobody is linked to can ask for exactly one thing. */
async function unlinked(
  context: CommandContext,
  request: ChatRequest,
  directory: DirectorySnapshot,
): Promise<ChatReply> {
  if (request.kind === 'action' && request.actionId === 'link.request') {
    return requestLink(context, request, directory);
  }
  const former = lapsedOwner(directory, request.actor.account);
  const text =
    former === undefined
      ? 'We have not met: this chat account is not linked to anybody in the directory yet.'
      : `This chat account was linked to ${former.name}. Links last only so long, and this one has run out.`;
  const again = former === undefined ? '' : ' again';
  const [label, next] =
    context.askToSignIn === undefined
      ? [
          'Ask to be linked',
          `Ask to be linked${again}; an administrator decides, and you will hear from us here.`,
        ]
      : ['Link this account', `Link it${again}: you sign in, and we know who you are.`];
  const actions = [{ actionId: 'link.request', label, payload: {} }] as const;
  if (request.kind === 'home') return { ...emptyHome(request, `${text} ${next}`), actions: [...actions] };
  return notice('info', text, { details: [next], actions: [...actions] });
}

function emptyHome({ actor }: ChatRequest, text: string) {
  return {
    kind: 'home' as const,
    person: { id: accountKey(actor.account), name: actor.displayName, accounts: [actor.account] },
    notice: text,
    environments: [],
    incidents: [],
    access: [],
    awaitingMe: [],
    actions: [],
  };
}
