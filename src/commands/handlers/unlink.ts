import { ownerOfAccount, type Person } from '../../domain/people.ts';
import { type AccountRef, accountKey } from '../../domain/refs.ts';
import type { NoticeView } from '../../domain/views.ts';
import { refusalAbout } from '../authorize.ts';
import type { Call, Handler } from '../context.ts';
import { notice } from '../wording.ts';
import { personMeant } from './users.ts';

/** A person rarely has more; the others come once these are unlinked. */
const SHOWN = 5;

/** Which account: the button of the answer does it. */
export const unlinkQuestion: Handler<'user.unlink'> = {
  permission: 'user.unlink',
  async handle(call, { who = 'me' }) {
    const person = personMeant(call, who);
    if ('kind' in person) return person;
    const refused = await refusalAbout(call, 'user.unlink', person.id);
    if (refused !== undefined) return refused;
    const accounts = await linkedTo(call, person);
    if (accounts.length === 0) return nothingToUnlink(person);
    return notice('warning', `Which account is ${person.name} no more?`, {
      details: [
        'Whoever uses it is nobody to Purser from then on, until an administrator links it again.',
        ...(person.accounts.length > accounts.length ? [FROM_FILE] : []),
      ],
      actions: accounts.slice(0, SHOWN).map((account) => ({
        actionId: 'link.end',
        label: `Unlink ${accountKey(account)}`,
        style: 'danger',
        payload: { ...account, person: person.id },
      })),
    });
  },
};

/** Takes effect with the next thing that anybody does with the account: it is looked up for each. */
export const unlinking: Handler<'link.end'> = {
  permission: 'user.unlink',
  async handle(call, { account, person: id }) {
    const { context, directory, request } = call;
    const owner = ownerOfAccount(directory, account);
    if (owner?.id !== id) return notice('info', `${accountKey(account)} is not linked to ${id} any more.`);
    const refused = await refusalAbout(call, 'user.unlink', owner.id);
    if (refused !== undefined) return refused;
    if (!(await isLinked(call, account, owner))) return nothingToUnlink(owner);
    await context.audit.append({
      key: `${request.dedupeKey}:unlink`,
      action: 'link.end',
      actor: call.person.id,
      subject: `account/${accountKey(account)}`,
      outcome: 'intended',
      detail: { person: owner.id, requestId: request.requestId },
    });
    await context.links.unlink(account, owner.id, call.person.id);
    if (owner.id !== call.person.id) await context.people.lookAtLinks();
    // The file may say the same as the link did.
    if (ownerOfAccount(await context.directory.snapshot(), account)?.id === owner.id) {
      return notice('warning', `${accountKey(account)} is still ${owner.name}.`, { details: [FROM_FILE] });
    }
    return notice('success', `${accountKey(account)} is ${owner.name} no more.`, {
      details: ['Whoever uses it next is asked who they are.'],
    });
  },
};

const FROM_FILE =
  'Accounts that stand in manifests/platform.yaml are not shown: they are taken out there, by a pull request.';

function nothingToUnlink({ name }: Person): NoticeView {
  return notice('info', `No account was linked to ${name} from chat, so there is nothing to unlink.`, {
    details: [FROM_FILE],
  });
}

async function isLinked(call: Call, account: AccountRef, person: Person): Promise<boolean> {
  const linked = await linkedTo(call, person);
  return linked.some((one) => accountKey(one) === accountKey(account));
}

/** Those that somebody decided on and that hold: what the organisation's file says is not undone here. */
async function linkedTo({ context }: Call, { id, accounts }: Person): Promise<AccountRef[]> {
  const decided = new Set(
    (await context.links.list())
      .filter(({ person }) => person === id)
      .map((link) => accountKey(link.account)),
  );
  return accounts.filter((account) => decided.has(accountKey(account)));
}
