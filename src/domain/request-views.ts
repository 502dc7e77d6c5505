import { arrivalButtons, arrivalFacts, arrivalInWords } from './arrival-views.ts';
import { personRef } from './environment-views.ts';
import { holdingInWords } from './holdings.ts';
import { type DirectorySnapshot, findPerson } from './people.ts';
import type { HoldingStep, PeopleRequestState, TeamChangeState } from './people-requests.ts';
import { groupOf, type TeamChange } from './team-changes.ts';
import type { ActionButton, ApprovalSummary, ApprovalView, NoticeView } from './views.ts';

/** The card of a request about people, where it was asked for, from nothing but its state and the directory. */
export function requestView(state: PeopleRequestState, directory: DirectorySnapshot): NoticeView {
  const { tone, text, details } = requestInWords(state, directory);
  return {
    kind: 'notice',
    tone,
    text,
    details: [...details, ...asked(state, directory)],
    actions: state.kind === 'arrival' ? arrivalButtons(state) : teamButtons(state),
  };
}

type Words = { tone: NoticeView['tone']; text: string; details: string[] };

function requestInWords(state: PeopleRequestState, directory: DirectorySnapshot): Words {
  if (state.kind === 'team-change') return teamChangeInWords(state, directory);
  const { text, details } = arrivalInWords(state);
  const left = state.steps.some((step) => step.state === 'by-hand');
  if (state.phase === 'refused') return { tone: 'warning', text, details: whyNot(state, directory) };
  if (state.phase === 'done') return { tone: left ? 'warning' : 'success', text, details };
  return { tone: 'info', text, details };
}

/** What is asked for, in a sentence without its end. */
export function wantedInWords(state: PeopleRequestState, directory: DirectorySnapshot): string {
  return state.kind === 'arrival' ? arrivalInWords(state).wanted : changeInWords(state, directory).wanted;
}

function teamChangeInWords(state: TeamChangeState, directory: DirectorySnapshot): Words {
  const { done, doing, wanted } = changeInWords(state, directory);
  switch (state.phase) {
    case 'requested':
      return { tone: 'info', text: `${wanted}: looking who has to agree.`, details: [] };
    case 'awaiting-approval':
      return { tone: 'info', text: `${wanted}: waiting for approval.`, details: [] };
    case 'changing':
      return { tone: 'info', text: `${doing}…`, details: state.steps.flatMap(stepInWords) };
    case 'done': {
      const left = state.steps.flatMap(stepInWords);
      return { tone: left.length === 0 ? 'success' : 'warning', text: `${done}.`, details: left };
    }
    case 'refused':
      return { tone: 'warning', text: `Not done: ${lowered(wanted)}.`, details: whyNot(state, directory) };
  }
}

/** How the change reads: `wanted` before, `doing` while, `done` after it. */
export function changeInWords(state: TeamChange, directory: DirectorySnapshot) {
  const { name } = personRef(directory, state.person);
  const team = `team ${state.title}`;
  const words = {
    create: {
      wanted: `Make ${team} (${state.team}), led by ${name}`,
      doing: `Making ${team}`,
      done: `There is a new ${team} (${state.team}), led by ${name}`,
    },
    add: {
      wanted: `Put ${name} into ${team}`,
      doing: `Putting ${name} into ${team}`,
      done: `${name} is in ${team} now`,
    },
    remove: {
      wanted: `Take ${name} out of ${team}`,
      doing: `Taking ${name} out of ${team}`,
      done: `${name} is in ${team} no more`,
    },
    lead: {
      wanted: `Make ${name} lead ${team}`,
      doing: `Making ${name} lead ${team}`,
      done: `${name} leads ${team} now`,
    },
  }[state.change];
  return { name, ...words };
}

/** What is not done yet, or will not be. */
export function stepInWords({ system, holding, state, want, trouble }: HoldingStep): string[] {
  const what = `${system}, ${holdingInWords(holding)}`;
  switch (state) {
    case 'done':
    case 'waiting':
      return [];
    case 'trying':
      return [`⏳ ${what}: ${trouble ?? ''} Purser goes on trying.`];
    case 'by-hand':
      return [`✋ ${what}: ${trouble ?? ''} ${want === 'held' ? 'Give' : 'Take'} it by hand.`];
  }
}

function whyNot(
  { approval, trouble, withdrawnBy }: PeopleRequestState,
  directory: DirectorySnapshot,
): string[] {
  if (withdrawnBy !== undefined) return [`Withdrawn by ${personRef(directory, withdrawnBy).name}.`];
  if (trouble !== undefined) return [trouble.reason, trouble.next];
  const { outcome, by = [], reason } = approval?.decision ?? {};
  if (outcome === 'timed-out')
    return ['Nobody decided in time. Talk to one of those who can, then ask again.'];
  const who = by.map((id) => personRef(directory, id).name).join(' and ');
  return [`Denied by ${who}.`, ...(reason === undefined ? [] : [`The reason: ${reason}`])];
}

function asked({ asker, approval }: PeopleRequestState, directory: DirectorySnapshot): string[] {
  const name = (id: string) => personRef(directory, id).name;
  const { decision, approvers = [] } = approval ?? {};
  const by = `Asked for by ${name(asker)}`;
  if (decision?.outcome === 'approved') return [`${by}, approved by ${decision.by.map(name).join(' and ')}.`];
  if (approval !== undefined && decision === undefined) {
    return [`${by}. Who can approve it: ${approvers.map(name).join(', ')}.`];
  }
  return [`${by}.`];
}

/** What those who may approve it read. */
export function requestApprovalView(state: PeopleRequestState, directory: DirectorySnapshot): ApprovalView {
  const payload = { id: state.id, requestId: state.requestId };
  const open = state.phase === 'awaiting-approval' && state.approval?.decision === undefined;
  return {
    kind: 'approval',
    title: wantedInWords(state, directory),
    requester: personRef(directory, state.asker),
    facts: state.kind === 'arrival' ? arrivalFacts(state, directory) : factsOf(state, directory),
    summary: summaryOf(state, directory),
    actions: open
      ? [
          { actionId: 'people.approve', label: 'Approve', style: 'primary', payload },
          { actionId: 'people.deny', label: 'Deny…', style: 'danger', payload },
        ]
      : [],
    audience: {
      people: open ? (state.approval?.approvers ?? []).map((id) => personRef(directory, id)) : [],
      show: { actionId: 'people.approval', payload: { id: state.id } },
    },
  };
}

function factsOf({ change, team, title, person }: TeamChangeState, directory: DirectorySnapshot) {
  const known = findPerson(directory, person);
  return [
    { label: 'Team', value: `${title} (${team})` },
    {
      label: change === 'create' ? 'First lead' : 'Person',
      value: known === undefined ? person : `${known.name} (${person})`,
    },
    ...(change === 'create' ? [{ label: 'Group on the cluster', value: groupOf(team) }] : []),
  ];
}

function summaryOf({ approval }: PeopleRequestState, directory: DirectorySnapshot): ApprovalSummary {
  const { because = '', approvers = [], deadline, decision } = approval ?? {};
  return {
    because,
    needed: 1,
    approvers: approvers.map((id) => personRef(directory, id)),
    votes: [],
    deadline,
    decision: decision && { ...decision, by: decision.by.map((id) => personRef(directory, id)) },
  };
}

/** What whom it is about, or who asked, reads in private when it is over. Cards that are edited notify nobody. */
export function requestNotes(
  state: PeopleRequestState,
  directory: DirectorySnapshot,
): { person: string; view: NoticeView }[] {
  if (state.phase !== 'done' && state.phase !== 'refused') return [];
  const answer =
    state.approval === undefined ? [] : [{ person: state.asker, view: requestView(state, directory) }];
  if (state.kind === 'arrival' || state.phase !== 'done' || state.person === state.asker) return answer;
  return [...answer, { person: state.person, view: toThem(state, directory) }];
}

function toThem(state: TeamChangeState, directory: DirectorySnapshot): NoticeView {
  const { title, change, approval, asker } = state;
  const by = personRef(directory, approval?.decision?.by[0] ?? asker).name;
  if (change === 'remove') {
    const details = [
      'What belongs to the team is not yours to use any more.',
      'If that is wrong, talk to them.',
    ];
    return { kind: 'notice', tone: 'info', text: `${by} took you out of team ${title}.`, details };
  }
  const text = change === 'lead' ? `${by} made you lead team ${title}.` : `${by} put you into team ${title}.`;
  const details =
    change === 'lead'
      ? ['You decide who is in it: /team add and /team remove.']
      : ['You may use its environments, and ask for new ones: /env create.'];
  return { kind: 'notice', tone: 'success', text, details, actions: [showTeam(state)] };
}

function showTeam({ team }: TeamChangeState): ActionButton {
  return { actionId: 'team.show', label: 'Show the team', payload: { team } };
}

/** A team that is not there yet cannot be shown. */
function teamButtons(state: TeamChangeState): ActionButton[] {
  return state.change === 'create' && state.phase !== 'done' ? [] : [showTeam(state)];
}

function lowered(words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}
