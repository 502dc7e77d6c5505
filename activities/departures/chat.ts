import { log } from '@temporalio/activity';
import { certificateFiles } from '../../src/domain/departure-certificate.ts';
import { administrators } from '../../src/domain/departure-rules.ts';
import {
  askedAnewView,
  departureApprovalView,
  departureNote,
  departureTasksView,
  departureView,
  handOverView,
  showDepartureButton,
  tasksOf,
} from '../../src/domain/departure-views.ts';
import type { DepartureContext, DepartureState } from '../../src/domain/departures.ts';
import { departureWorkflowId } from '../../src/domain/ids.ts';
import { type DirectorySnapshot, findPerson } from '../../src/domain/people.ts';
import { conversationKey } from '../../src/domain/refs.ts';
import type { MessageView } from '../../src/domain/views.ts';
import { createCopies, isFinal } from '../copies.ts';
import { type Delivery, deliverAll, toAccounts, toPeople } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { ONCE } from '../reach.ts';
import { uploadOnce } from '../uploads.ts';
import type { DepartureChat } from './contract.ts';

type Deps = Pick<
  ActivityDeps,
  'directory' | 'policy' | 'approvalChannels' | 'copies' | 'chat' | 'environmentsOf'
>;

/** Of one card: where a platform takes no files of bots, the certificate is as many as it takes. */
const LINES_A_CARD = 20;

export function createDepartureChat(deps: Deps): DepartureChat {
  const { chat } = deps;
  const copies = createCopies(deps);
  const reach = { chat, copies };

  function toEach(
    directory: DirectorySnapshot,
    people: string[],
    message: { key: string; view: MessageView; revision: number; mayPost: boolean },
  ): Delivery[] {
    const { key, ...wanted } = message;
    return toPeople(
      reach,
      directory,
      people.map((person) => ({ person, key, wanted })),
    );
  }

  /** Where it was asked or, where the app may not speak, with whoever asked. */
  function cardDelivery({ state, origin }: DepartureContext, directory: DirectorySnapshot): Delivery {
    const wanted = { view: departureView(state, directory), revision: state.revision, mayPost: true };
    const key = keyOf(state, 'card');
    const send = async () => {
      try {
        await copies.drive({ ...wanted, key, conversation: origin });
      } catch (error) {
        if (!isFinal(error) || error.reason === 'invalid') throw error;
        await toAccounts(
          reach,
          findPerson(directory, state.requester)?.accounts ?? [],
          `${key}:direct`,
          wanted,
        );
      }
    };
    return { to: state.requester, send };
  }

  /** A round has cards of its own: people are told of it, and those of an earlier one say so. */
  async function approvalDeliveries(
    state: DepartureState,
    directory: DirectorySnapshot,
  ): Promise<Delivery[]> {
    const { approval, phase, round, revision } = state;
    if (approval.approvers.length === 0) return [];
    const channels = await deps.approvalChannels();
    return Array.from({ length: round }, (_, at) => at + 1).flatMap((asked) => {
      const isLast = asked === round;
      const card = {
        key: keyOf(state, `approval:${asked}`),
        view: isLast ? departureApprovalView(state, directory) : askedAnewView(state),
        revision,
        mayPost: isLast && phase === 'awaiting-approval',
      };
      const inChannels = channels.map((conversation): Delivery => {
        const key = `${card.key}:${conversationKey(conversation)}`;
        return { to: key, send: () => copies.drive({ ...card, key, conversation }) };
      });
      return [...toEach(directory, approval.approvers, card), ...inChannels];
    });
  }

  async function taskDeliveries(state: DepartureState, directory: DirectorySnapshot): Promise<Delivery[]> {
    if (state.begunAt === undefined) return [];
    const people = administrators(await deps.policy(), directory).filter(({ id }) => id !== state.person);
    return toEach(
      directory,
      people.map(({ id }) => id),
      {
        key: keyOf(state, 'tasks'),
        view: departureTasksView(state),
        revision: state.revision,
        mayPost: tasksOf(state).length > 0,
      },
    );
  }

  async function withoutFiles(
    { state, origin }: DepartureContext,
    { name, title, content }: { name: string; title: string; content: string },
  ): Promise<void> {
    const lines = content.split('\n');
    for (let from = LINES_A_CARD, part = 2; from < lines.length; from += LINES_A_CARD, part += 1) {
      const text = lines.slice(from, from + LINES_A_CARD).join('\n');
      await copies.drive({
        key: keyOf(state, `certificate:${state.end ?? 'left'}:${part}`),
        conversation: origin,
        view: { kind: 'document', title: `${title} (${part})`, name, content: text },
        ...ONCE,
      });
    }
  }

  return {
    async showDeparture(context) {
      const { state } = context;
      const directory = await deps.directory.snapshot();
      const note = departureNote(state);
      const undelivered = await deliverAll([
        cardDelivery(context, directory),
        ...(await approvalDeliveries(state, directory)),
        ...(await taskDeliveries(state, directory)),
        ...(note === undefined
          ? []
          : toEach(directory, [state.requester], {
              ...ONCE,
              key: keyOf(state, `note:${note.key}`),
              view: note.view,
            })),
      ]);
      if (undelivered.length > 0) log.warn('some messages cannot be delivered', { undelivered });
    },

    async remindOfDeparture({ state, daysLeft }) {
      const directory = await deps.directory.snapshot();
      const voted = new Set(state.approval.votes.map(({ person }) => person));
      await deliverAll(
        toEach(
          directory,
          state.approval.approvers.filter((person) => !voted.has(person)),
          {
            ...ONCE,
            key: keyOf(state, `reminder:${state.round}:${daysLeft}`),
            view: {
              kind: 'notice',
              tone: 'info',
              text: `It still waits for a decision whether ${state.name} leaves.`,
              details: [
                `Approve or deny it on the card above, within ${daysLeft === 1 ? 'a day' : `${daysLeft} days`}.`,
              ],
              actions: [showDepartureButton(state)],
            },
          },
        ),
      );
    },

    async handOver({ state }) {
      const environments = await deps.environmentsOf(state.person);
      if (environments.length === 0) return [];
      const directory = await deps.directory.snapshot();
      await deliverAll(
        toEach(directory, heirsHere(state, directory), {
          ...ONCE,
          key: keyOf(state, 'hand-over'),
          view: handOverView(state, environments),
        }),
      );
      return environments.map(({ name }) => name);
    },

    async certifyDeparture(context) {
      const { state, origin } = context;
      const { markdown, json } = certificateFiles(state, await deps.directory.snapshot());
      const { revision } = state;
      const key = keyOf(state, `certificate:${state.end ?? 'left'}`);
      const content = markdown.content.split('\n').slice(0, LINES_A_CARD).join('\n');
      const view = { kind: 'document' as const, title: markdown.title, name: markdown.name, content };
      const card = await copies.place({ key, conversation: origin, view, revision, mayPost: true });
      if (card === undefined) return;
      const upload = { conversation: origin, card, revision };
      const taken = await uploadOnce(deps, { ...upload, key: `${key}:md`, file: markdown });
      if (taken) await uploadOnce(deps, { ...upload, key: `${key}:json`, file: json });
      else await withoutFiles(context, markdown);
    },
  };
}

/** Those of them who are still here; else whoever asked. */
function heirsHere({ heirs, requester }: DepartureState, directory: DirectorySnapshot): string[] {
  const here = heirs.filter((id) => findPerson(directory, id)?.active === true);
  return here.length > 0 ? here : [requester];
}

function keyOf({ person, id }: DepartureState, what: string): string {
  return `${departureWorkflowId(person, id)}:${what}`;
}
