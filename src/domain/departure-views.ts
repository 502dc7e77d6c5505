import { LINE_ORDER, lineItem } from './departure-lines.ts';
import type { DepartureState, LedgerLine } from './departures.ts';
import { approvalSummary, personRef, showButton } from './environment-views.ts';
import type { EnvironmentListItem } from './environments.ts';
import type { ItemListView } from './incident-view-types.ts';
import type { DirectorySnapshot } from './people.ts';
import type { ActionButton, ActionId, ApprovalView, NoticeView } from './views.ts';

type Item = ItemListView['items'][number];
type Departure = Pick<DepartureState, 'person' | 'id'>;

/** The card and `/user offboard` of somebody who leaves already: what is done, what is not, and who has to do it. */
export function departureView(state: DepartureState, directory: DirectorySnapshot): ItemListView {
  return {
    kind: 'item-list',
    title: `${state.name} (${state.person}) leaves`,
    intro: INTRO[state.phase](state),
    items: [
      ...state.ledger
        .filter(isShown)
        .toSorted(byUrgency)
        .map((line) => lineItem(line, state)),
      ...factItems(state, directory),
    ],
    more: 0,
    empty: '',
    actions: ACTIONS[state.phase](state),
  };
}

const ENDS: Record<NonNullable<DepartureState['end']>, (state: DepartureState) => string> = {
  refused: ({ trouble }) => `It was not begun, and nothing was taken. ${trouble ?? ''}`,
  denied: ({ approval }) =>
    `It was denied, and nothing was taken. Why: ${approval.decision?.reason ?? 'not said'}`,
  'timed-out': () =>
    'Nobody decided within three days, so nothing was taken. Talk to an administrator and ask again.',
  withdrawn: () => 'It was taken back before anything was taken.',
  done: () =>
    'Everything that can be taken is gone, as every system says itself. It can no longer be undone.',
  undone: () =>
    'It was undone: accounts and groups are given back. Sessions, chat links and API tokens are not: they sign in anew, and have their chat account linked again.',
};

const INTRO: Record<DepartureState['phase'], (state: DepartureState) => string> = {
  requested: () => 'Just being checked. Nothing is taken yet.',
  'awaiting-approval': ({ crowd }) =>
    `Waits for approval; nothing is taken yet.${crowd === undefined ? '' : ` It was approved and then stopped: ${crowd} people would leave within a day.`}`,
  scheduled: ({ at }) =>
    at === undefined ? 'Approved: it begins now.' : 'Approved. Until its time comes nothing is taken.',
  leaving: ({ ledger }) => {
    const byHand = ledger.filter(({ state }) => state === 'by-hand').length;
    const task =
      byHand === 0 ? '' : ' What is marked ✋ an administrator has to do by hand, and then presses Done.';
    return `Being taken away. What does not work now is tried again until it does.${task}`;
  },
  left: () =>
    'Everything that can be taken is gone, as every system says itself. For a week an administrator can give accounts and groups back.',
  undoing: () => 'Being undone: accounts and groups are given back.',
  ended: (state) => ENDS[state.end ?? 'done'](state),
};

/** Of groups that are gone the line of their system tells, and of that line those that are not. */
function isShown({ kind, state, trouble }: LedgerLine): boolean {
  if (kind === 'groups') return state !== 'by-hand' || trouble !== undefined;
  return kind !== 'group' || state !== 'done';
}

function byUrgency(one: LedgerLine, other: LedgerLine): number {
  return LINE_ORDER.indexOf(one.state) - LINE_ORDER.indexOf(other.state);
}

function factItems(state: DepartureState, directory: DirectorySnapshot): Item[] {
  const { at, begunAt, reason, requester, heirs, approval, undo, phase, undoUntil } = state;
  const person = (id: string) => personRef(directory, id);
  const approved = approval.decision?.outcome === 'approved' ? approval.decision : undefined;
  return [
    { glyph: '📝', text: `Why: ${reason}`, detail: 'asked by', people: [person(requester)] },
    ...(begunAt === undefined && at !== undefined ? [{ glyph: '🗓️', text: 'Begins', at }] : []),
    ...(begunAt === undefined ? [] : [{ glyph: '🗓️', text: 'Begun', at: begunAt }]),
    ...(approved === undefined
      ? []
      : [{ glyph: '👍', text: 'Approved', detail: 'by', people: approved.by.map(person), at: approved.at }]),
    ...(phase === 'awaiting-approval' ? [askedItem(state, directory)] : []),
    ...(heirs.length === 0 ? [] : [{ glyph: '🤝', text: 'Takes over', people: heirs.map(person) }]),
    ...(phase === 'left' ? [{ glyph: '↩️', text: 'Can be undone until', at: undoUntil }] : []),
    ...(undo === undefined
      ? []
      : [{ glyph: '↩️', text: 'Undone', detail: 'by', people: [person(undo.by)], at: undo.at }]),
  ];
}

function askedItem({ approval }: DepartureState, directory: DirectorySnapshot): Item {
  const { votes, needed, approvers, deadline } = approval;
  const left = approvers.filter((id) => !votes.some(({ person }) => person === id));
  return {
    glyph: '⏳',
    text: `${votes.length} of ${needed} ${needed === 1 ? 'approval' : 'approvals'}`,
    detail: 'asked until then:',
    people: left.map((id) => personRef(directory, id)),
    at: deadline,
  };
}

/** What somebody has, before it is asked for that they leave: nothing is done yet. */
export function departurePreview(
  { person, name }: Pick<DepartureState, 'person' | 'name'>,
  has: {
    notes: DepartureState['preview'];
    /** What stays possible for a while, as the systems say it. */
    outlasts: string[];
    /** Of the button that goes on, with what was typed. */
    request: Record<string, string>;
  },
): ItemListView {
  return {
    kind: 'item-list',
    title: `What ${name} (${person}) would lose`,
    intro: `${CONSEQUENCES} Nothing is done before an administrator has approved it.`,
    items: [
      ...has.notes.map(({ label, text }) => ({ glyph: '🔑', text: `${label}: ${text}` })),
      ...has.outlasts.map((text) => ({ glyph: '⚠️', text: `Stays possible for a while, ${text}` })),
    ],
    more: 0,
    empty: 'Nothing that Purser knows of.',
    actions: [{ actionId: 'departure.request', label: 'Offboard…', style: 'danger', payload: has.request }],
  };
}

/** What somebody reads who has to decide. */
export function departureApprovalView(state: DepartureState, directory: DirectorySnapshot): ApprovalView {
  const { person, name, email, at, heirs, preview, reason, approval, round, phase } = state;
  const payload = { ...reference(state), round: `${round}` };
  const open = phase === 'awaiting-approval';
  return {
    kind: 'approval',
    title: `${name} leaves`,
    requester: personRef(directory, state.requester),
    facts: [
      { label: 'Who leaves', value: `${name} (${person}), ${email}` },
      {
        label: 'When',
        value: at === undefined ? 'as soon as it is approved' : `${at.slice(0, 16).replace('T', ' ')} UTC`,
      },
      { label: 'Takes over', value: heirs.map((id) => personRef(directory, id).name).join(', ') || 'nobody' },
      ...preview.map(({ label, text }) => ({ label, value: text })),
      { label: 'What happens', value: CONSEQUENCES },
    ],
    reason,
    summary: approvalSummary({ ...approval, decision: approval.decision ?? closing(state) }, directory),
    actions: open
      ? [
          { actionId: 'departure.approve', label: 'Approve', style: 'primary', payload },
          { actionId: 'departure.deny', label: 'Deny…', style: 'danger', payload },
        ]
      : [],
    audience: {
      people: open ? approval.approvers.map((id) => personRef(directory, id)) : [],
      show: { actionId: 'departure.approval', payload: reference(state) },
    },
  };
}

export const CONSEQUENCES =
  'Logins are disabled everywhere first, then sessions end, then groups, chat links and API tokens go. Nothing is deleted. For a week accounts and groups can be given back.';

function closing({ end, endedBy, endedAt, requestedAt }: DepartureState) {
  if (end !== 'withdrawn') return undefined;
  return {
    outcome: 'withdrawn' as const,
    by: endedBy === undefined ? [] : [endedBy],
    at: endedAt ?? requestedAt,
  };
}

/** In place of the card of an earlier round. */
export function askedAnewView(state: DepartureState): NoticeView {
  return {
    kind: 'notice',
    tone: 'info',
    text: `Whether ${state.name} leaves was asked anew since, on a newer card.`,
    actions: [showDepartureButton(state)],
  };
}

/** What administrators have to do by hand; says so when nothing is left of it. */
export function departureTasksView(state: DepartureState): ItemListView {
  const tasks = tasksOf(state);
  return {
    kind: 'item-list',
    title: `${state.name} (${state.person}) leaves: by hand`,
    ...(tasks.length === 0
      ? {}
      : {
          intro:
            'Purser may not do this. Do it there, then press Done: the system is asked whether it is so.',
        }),
    items: tasks.map((line) => lineItem(line, state)),
    more: 0,
    empty: 'Nothing is left to do by hand.',
    actions: [showDepartureButton(state)],
  };
}

/** The line of a system's groups is over when each of them is. */
export function tasksOf({ ledger }: Pick<DepartureState, 'ledger'>): LedgerLine[] {
  return ledger.filter(
    ({ kind, state, trouble }) => state === 'by-hand' && (kind !== 'groups' || trouble !== undefined),
  );
}

/** For whoever takes over. Nobody becomes the owner of an environment: its team's leads look after it anyway. */
export function handOverView(state: DepartureState, environments: EnvironmentListItem[]): ItemListView {
  return {
    kind: 'item-list',
    title: `${state.name} leaves environments to you`,
    intro:
      'They go on until they expire, and the leads of their team look after them: delete what nobody needs. Somebody who needs one for longer asks for one of their own.',
    items: environments.map((environment) => ({
      glyph: '📦',
      text: `Environment “${environment.name}”`,
      ...(environment.expiresAt === undefined ? {} : { detail: 'until', at: environment.expiresAt }),
      action: showButton(environment),
    })),
    more: 0,
    empty: '',
  };
}

/** What whoever asked for it has to hear: edits of the card notify nobody. */
export function departureNote(state: DepartureState): { key: string; view: NoticeView } | undefined {
  const { name, phase, end } = state;
  const note = (key: string, tone: NoticeView['tone'], text: string) => ({
    key,
    view: {
      kind: 'notice' as const,
      tone,
      text,
      details: [INTRO[phase](state)],
      actions: [showDepartureButton(state)],
    },
  });
  if (phase === 'left')
    return note('left', 'success', `${name} has left: nothing of theirs is left anywhere.`);
  if (phase !== 'ended' || end === 'done' || end === 'withdrawn') return undefined;
  if (end === 'undone') return note('undone', 'success', `The departure of ${name} is undone.`);
  return note(end ?? 'ended', 'warning', `${name} was not offboarded.`);
}

export function showDepartureButton(departure: Departure): ActionButton {
  return { actionId: 'departure.show', label: 'Show', payload: reference(departure) };
}

function reference({ person, id }: Departure): Record<string, string> {
  return { person, id };
}

const ACTIONS: Record<DepartureState['phase'], (state: DepartureState) => ActionButton[]> = {
  requested: () => [],
  'awaiting-approval': (state) => [withdrawButton(state)],
  scheduled: (state) => [withdrawButton(state)],
  leaving: (state) => [undoButton(state)],
  left: (state) => [certificateButton(state), undoButton(state)],
  undoing: () => [],
  ended: (state) => (state.begunAt === undefined ? [] : [certificateButton(state)]),
};

function withdrawButton(state: DepartureState): ActionButton {
  return {
    ...plainButton('departure.withdraw', 'Take it back', state),
    confirm: {
      title: 'Take it back?',
      text: `${state.name} keeps everything they have.`,
      confirmLabel: 'Take it back',
    },
  };
}

function undoButton(state: DepartureState): ActionButton {
  return {
    ...plainButton('departure.undo', 'Undo…', state),
    style: 'danger',
    confirm: {
      title: 'Give it back?',
      text: `${state.name} gets back the accounts and groups they had. Only administrators may.`,
      confirmLabel: 'Give it back',
    },
  };
}

function certificateButton(state: DepartureState): ActionButton {
  return plainButton('departure.certificate', 'Certificate', state);
}

function plainButton(actionId: ActionId, label: string, state: DepartureState): ActionButton {
  return { actionId, label, payload: reference(state) };
}
