import { lineInWords, standingInWords, takenIn } from './departure-lines.ts';
import type { DepartureState, LedgerLine } from './departures.ts';
import { inline } from './markdown.ts';
import { type DirectorySnapshot, findPerson } from './people.ts';

/**
 * A departure as a JSON document. Times are ISO 8601 in UTC, people are directory ids. `version` grows when a field changes
 * its meaning or goes away, and not when one is added.
 */
export interface DepartureCertificate {
  format: 'purser/departure';
  version: 1;
  id: string;
  person: string;
  name: string;
  email: string;
  reason: string;
  requestedBy: string;
  requestedAt: string;
  approvals: { person: string; at: string }[];
  begunAt?: string;
  leftAt?: string;
  end?: DepartureState['end'];
  undo?: DepartureState['undo'];
  steps: {
    id: string;
    what: string;
    system?: string;
    state: LedgerLine['state'];
    doneAt?: string;
    proof: Proof;
    handledBy?: string;
    items?: string[];
    /** What stays possible, as the system says it. */
    outlasts?: string[];
    trouble?: string;
  }[];
}

/**
 * `read-back`: the system was asked afterwards and said so. `answered`: it took the order, and has no way to be asked.
 * `none`: it is not so, or cannot be.
 */
type Proof = 'read-back' | 'answered' | 'none';

/** For a file; ends with a line break. */
export function certificateJson(state: DepartureState): string {
  return `${JSON.stringify(certificateOf(state), null, 2)}\n`;
}

function certificateOf(state: DepartureState): DepartureCertificate {
  return {
    format: 'purser/departure',
    version: 1,
    id: state.id,
    person: state.person,
    name: state.name,
    email: state.email,
    reason: state.reason,
    requestedBy: state.requester,
    requestedAt: state.requestedAt,
    approvals: approvalsOf(state).map(({ person, at }) => ({ person, at })),
    begunAt: state.begunAt,
    leftAt: state.leftAt,
    end: state.end,
    undo: state.undo,
    steps: state.ledger.map((line) => ({
      id: line.id,
      what: lineInWords(line),
      system: line.system,
      state: line.state,
      doneAt: line.doneAt,
      proof: proofOf(line),
      handledBy: line.handledBy?.person,
      items: line.items,
      outlasts: line.outlasts,
      trouble: line.trouble,
    })),
  };
}

/** The same for people. What anybody typed is text in it, and nothing else. */
export function certificateMarkdown(state: DepartureState, directory: DirectorySnapshot): string {
  const person = (id: string) => inline(findPerson(directory, id)?.name ?? id);
  const { begunAt, leftAt, undo, ledger } = state;
  const lines = [
    `# ${inline(headline(state))}`,
    '',
    `- Person: ${inline(state.name)} (${state.person}), ${inline(state.email)}`,
    `- Reason: ${inline(state.reason)}`,
    `- Asked for by ${person(state.requester)} at ${moment(state.requestedAt)}`,
    ...approvalsOf(state).map(({ person: id, at }) => `- Approved by ${person(id)} at ${moment(at)}`),
    ...(begunAt === undefined ? [] : [`- Begun at ${moment(begunAt)}`]),
    ...(leftAt === undefined ? [] : [`- Everything that can be taken gone at ${moment(leftAt)}`]),
    ...(undo === undefined ? [] : [`- Undone by ${person(undo.by)} at ${moment(undo.at)}`]),
    `- Departure: ${state.id}`,
    '',
    '| What | How it stands | When | Proven | By hand |',
    '| --- | --- | --- | --- | --- |',
    ...ledger.map((line) => row(line, state, person)),
    '',
    'Read back: the system was asked afterwards and said so. Answered: it took the order, and has no way to be asked.',
  ];
  return `${lines.join('\n')}\n`;
}

function row(line: LedgerLine, state: DepartureState, person: (id: string) => string): string {
  const cells = [
    inline(lineInWords(line)),
    inline(standingInWords(line, state.phase, takenIn(line, state))),
    line.doneAt === undefined ? '' : moment(line.doneAt),
    { 'read-back': 'read back', answered: 'answered', none: '' }[proofOf(line)],
    line.handledBy === undefined ? '' : person(line.handledBy.person),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Those that it was begun on. */
function approvalsOf({ approval }: DepartureState): { person: string; at: string }[] {
  return approval.votes.filter(({ decision }) => decision === 'approve');
}

function proofOf({ kind, state }: LedgerLine): Proof {
  if (state !== 'done' && state !== 'given-back') return 'none';
  return kind === 'sessions' || kind === 'hand-over' ? 'answered' : 'read-back';
}

/** `2026-11-23 14:05 UTC` */
function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function headline({ name, end }: DepartureState): string {
  return end === 'undone' ? `${name} left, and that was undone` : `${name} has left`;
}

/** Both, as files. */
export function certificateFiles(state: DepartureState, directory: DirectorySnapshot) {
  const name = `departure-${state.person}-${state.id}`;
  const title = `Certificate: ${headline(state)}`;
  return {
    markdown: { name: `${name}.md`, title, content: certificateMarkdown(state, directory) },
    json: { name: `${name}.json`, title: `${title} (JSON)`, content: certificateJson(state) },
  };
}
