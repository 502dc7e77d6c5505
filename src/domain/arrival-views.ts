import { personRef } from './environment-views.ts';
import { holdingInWords } from './holdings.ts';
import { type DirectorySnapshot, findPerson, findTeam } from './people.ts';
import type { ArrivalState, HoldingStep } from './people-requests.ts';
import type { RoleTemplate } from './role-templates.ts';
import type { ActionButton, NoticeView } from './views.ts';

/** What is done, and what is not yet: a line each. */
export function checklist(steps: HoldingStep[]): string[] {
  return steps.map(
    (step) => `${GLYPHS[step.state]} ${step.system}: ${holdingInWords(step.holding)}${rest(step)}`,
  );
}

const GLYPHS = { waiting: '▫️', done: '✅', trying: '⏳', 'by-hand': '✋' } as const;

function rest({ state, trouble = '' }: HoldingStep): string {
  if (state === 'trying') return `. ${trouble} Purser goes on trying.`;
  return state === 'by-hand' ? `. ${trouble} Do it by hand.` : '';
}

/** How the arrival reads: `wanted` before it, and what its card says. */
export function arrivalInWords(state: ArrivalState): { wanted: string; text: string; details: string[] } {
  const { name, title, role, startsOn, phase, steps } = state;
  const wanted = `${name} comes to team ${title} as ${role.title}, from ${startsOn}`;
  const gets = `They get ${steps.map(({ system, holding }) => `${system}: ${holdingInWords(holding)}`).join('; ')}.`;
  switch (phase) {
    case 'requested':
      return { wanted, text: `${wanted}: looking who has to agree.`, details: [] };
    case 'awaiting-approval':
      return { wanted, text: `${wanted}: waiting for approval.`, details: [gets] };
    case 'waiting':
      return { wanted, text: `${wanted}. Everything is ready for that day.`, details: [gets] };
    case 'arriving':
      return { wanted, text: `${name} is being set up for team ${title}…`, details: checklist(steps) };
    case 'done': {
      const left = steps.some((step) => step.state !== 'done');
      const text = left
        ? `${name} has come to team ${title}, but something is left to do.`
        : `${name} has come to team ${title}.`;
      return { wanted, text, details: checklist(steps) };
    }
    case 'refused':
      return { wanted, text: `Not done: ${wanted}.`, details: [] };
  }
}

/** Until the first day, by whoever asked or may decide. */
export function arrivalButtons({ phase, id, requestId, name, startsOn }: ArrivalState): ActionButton[] {
  const payload = { id, requestId };
  const withdraw: ActionButton = {
    actionId: 'people.withdraw',
    label: 'Withdraw…',
    style: 'danger',
    payload,
    confirm: {
      title: 'Withdraw it?',
      text: `${name} will get nothing on ${startsOn}.`,
      confirmLabel: 'Withdraw',
    },
  };
  const move: ActionButton = {
    actionId: 'arrival.move',
    label: 'Another day…',
    payload: { ...payload, startsOn },
  };
  return phase === 'awaiting-approval' || phase === 'waiting' ? [move, withdraw] : [];
}

export function arrivalFacts(state: ArrivalState, directory: DirectorySnapshot) {
  const gets = state.steps.map(({ system, holding }) => `${system}: ${holdingInWords(holding)}`).join('\n');
  return [
    { label: 'Name', value: `${state.name} (${state.person})` },
    { label: 'E-mail', value: state.email },
    { label: 'Manager', value: personRef(directory, state.manager).name },
    { label: 'Team', value: `${state.title} (${state.team})` },
    { label: 'Role', value: state.role.title },
    { label: 'First day', value: state.startsOn },
    { label: 'Gets', value: gets },
  ];
}

/** What the manager reads on the first day. No secret is in it: whoever comes chooses their own password. */
export function managerNote(state: ArrivalState, firstCredential: string): NoticeView {
  const { name, title, email, steps } = state;
  const left = checklist(steps.filter((step) => step.state === 'by-hand'));
  return {
    kind: 'notice',
    tone: left.length === 0 ? 'success' : 'warning',
    text: `${name} has come to team ${title}: their accounts are there, for ${email}.`,
    details: [
      `How they get in: ${firstCredential}`,
      ...left,
      'In chat they type /user and ask to be linked: then Purser knows them, and says what they need to know.',
    ],
  };
}

/** What a newcomer reads once Purser knows their chat account. */
export function welcomeView(
  { person, team: id, manager, role }: ArrivalState,
  directory: DirectorySnapshot,
  template: RoleTemplate | undefined,
): NoticeView {
  const name = findPerson(directory, person)?.name ?? person;
  const team = findTeam(directory, id);
  const leads = (team?.leads ?? []).map((lead) => personRef(directory, lead).name);
  const { links = [], channels = [] } = template?.welcome ?? {};
  return {
    kind: 'notice',
    tone: 'success',
    text: `Welcome, ${name}! You are in team ${team?.title ?? id} as ${role.title}.`,
    details: [
      `Your manager is ${personRef(directory, manager).name}.${leads.length === 0 ? '' : ` Your team is led by ${leads.join(' and ')}.`}`,
      `See the team’s environments with /env list team=${id}, and ask for one of your own with /env create.`,
      ...(channels.length === 0 ? [] : [`Channels to join: ${channels.join(', ')}`]),
      ...links.map(({ title, url }) => `${title}: ${url}`),
    ],
    actions: [{ actionId: 'team.show', label: 'Show the team', payload: { team: id } }],
  };
}
