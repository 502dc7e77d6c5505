import { type DirectorySnapshot, findPerson } from '../src/domain/people.ts';
import { type AccountRef, type ConversationRef, conversationKey } from '../src/domain/refs.ts';
import type { MessageView, NoticeView } from '../src/domain/views.ts';
import { type Copies, createCopies, isFinal } from './copies.ts';
import { type Delivery, toPeople } from './deliveries.ts';
import type { ActivityDeps } from './deps.ts';

/** A message that is posted once and then edited, wherever it is. */
export interface Card {
  view: MessageView;
  revision: number;
  mayPost: boolean;
}

/** A note is said once and never edited. */
export const ONCE = { revision: 0, mayPost: true };

/** Where a request was made, and by whom. */
export interface AskedAt {
  asker: string;
  origin: ConversationRef;
}

/** The places a request is told of in. */
export interface Reach {
  copies: Copies;
  /** Where it was asked for or, where the app may not speak, with the asker directly, and with `note` why it is there. */
  whereAsked(
    card: Card & { key: string },
    asked: AskedAt & { note: { key: string; view: NoticeView } },
    directory: DirectorySnapshot,
    patienceMs?: number,
  ): Promise<void>;
  /** The approvers directly, and the approval channels. A decided card is edited, never posted anew. */
  approvals(key: string, people: string[], directory: DirectorySnapshot, card: Card): Promise<Delivery[]>;
  inApprovalChannels(key: string, card: Card): Promise<Delivery[]>;
  /** One delivery a person. */
  directly(key: string, people: string[], directory: DirectorySnapshot, card: Card): Delivery[];
}

type Deps = Pick<ActivityDeps, 'approvalChannels' | 'copies' | 'chat'>;

export function createReach(deps: Deps): Reach {
  const { chat } = deps;
  const copies = createCopies(deps);

  function directAccount(directory: DirectorySnapshot, { asker, origin }: AskedAt): AccountRef | undefined {
    const reachable = chat.reachable(findPerson(directory, asker)?.accounts ?? []);
    return reachable.find(({ platform }) => platform === origin.platform) ?? reachable[0];
  }

  function directly(key: string, people: string[], directory: DirectorySnapshot, wanted: Card): Delivery[] {
    return toPeople(
      { chat, copies },
      directory,
      people.map((person) => ({ person, key, wanted })),
    );
  }

  async function inApprovalChannels(key: string, card: Card): Promise<Delivery[]> {
    return (await deps.approvalChannels()).map((conversation) => {
      const place = conversationKey(conversation);
      return { to: place, send: () => copies.drive({ ...card, key: `${key}:${place}`, conversation }) };
    });
  }

  return {
    copies,
    directly,
    inApprovalChannels,

    async whereAsked(card, { note, ...asked }, directory, patienceMs) {
      try {
        await copies.drive({ ...card, conversation: asked.origin }, patienceMs);
      } catch (error) {
        if (!isFinal(error) || error.reason === 'invalid') throw error;
        const account = directAccount(directory, asked);
        if (account === undefined) throw error;
        const conversation = await chat.openDirect(account);
        // Where the app was thrown out, the old card is out of reach.
        await deps.copies.forget(card.key);
        await copies.drive({ ...card, conversation }, patienceMs);
        await copies.drive({ ...ONCE, ...note, conversation }, patienceMs);
      }
    },

    async approvals(key, people, directory, card) {
      return [...directly(key, people, directory, card), ...(await inApprovalChannels(key, card))];
    },
  };
}
