import { membershipWorkflowId } from '../../domain/ids.ts';
import type { TeamChangeKind } from '../../domain/people-requests.ts';
import { teamNamed } from '../../domain/people-views.ts';
import { askPolicy } from '../../domain/policy.ts';
import { changeInWords } from '../../domain/request-views.ts';
import {
  decidersOf,
  isAlreadySo,
  obstacleTo,
  permissionFor,
  type TeamChange,
} from '../../domain/team-changes.ts';
import type { NoticeView } from '../../domain/views.ts';
import { originOf } from '../accounts.ts';
import type { Call, Handler } from '../context.ts';
import { refusedLaunch } from '../lookups.ts';
import { readable } from '../mentions.ts';
import { listed, notice } from '../wording.ts';
import { noSuchTeam } from './teams.ts';
import { personMeant } from './users.ts';

export const teamChange: Handler<'team.change'> = {
  permission: 'team.ask',
  async handle(call, { change, team: typed, who }) {
    const team = teamNamed(call.directory, typed);
    if (team === undefined) return noSuchTeam(call, typed);
    const person = personMeant(call, who);
    if ('kind' in person) return person;
    return await ask(call, { change, team: team.id, title: team.title, person: person.id });
  },
};

export const teamCreation: Handler<'team.create'> = {
  permission: 'team.ask',
  async handle(call, { team, title }) {
    const shown = title === undefined ? titleOf(team) : readable(call.directory, title);
    return await ask(call, { change: 'create', team, title: shown, person: call.person.id });
  },
};

/** What can be said at once is; the workflow looks again, and says in the channel what becomes of it. */
async function ask(call: Call, change: TeamChange): Promise<NoticeView> {
  const { context, directory, policy, person, request } = call;
  const words = changeInWords(change, directory);
  if (isAlreadySo(directory, change))
    return notice('info', SO_ALREADY[change.change](words.name, change.title));
  const obstacle = obstacleTo(directory, change);
  if (obstacle !== undefined) return notice('warning', obstacle.reason, { details: [obstacle.next] });
  const resource = { owner: change.person, team: change.team };
  const { allowed } = askPolicy(policy, directory, { person, permission: permissionFor(change), resource });
  const deciders = decidersOf(policy, directory, { ...change, asker: person.id });
  if (!allowed && deciders.length === 0) {
    return notice('error', 'There is nobody who could approve that.', {
      details: ['Ask the platform team to look at the leads and the rules.'],
    });
  }
  const outcome = await context.people.changeTeam({
    ...change,
    id: membershipWorkflowId(change.team, change.person),
    requestId: request.requestId,
    asker: person.id,
    origin: originOf(call),
  });
  const refused = refusedLaunch(outcome, 'That was not taken.');
  if (refused !== undefined) return refused;
  if (allowed)
    return notice('success', `${words.doing}.`, { details: ['The card here says when it is done.'] });
  return notice('success', `You have asked for it: ${words.wanted}.`, {
    details: [
      `Who can approve it: ${listed(deciders.map(({ name }) => name))}. The card here says what becomes of it.`,
    ],
  });
}

const SO_ALREADY: Record<TeamChangeKind, (name: string, team: string) => string> = {
  create: (_name, team) => `There is a team ${team} already.`,
  add: (name, team) => `${name} is in team ${team} already.`,
  remove: (name, team) => `${name} is not in team ${team}.`,
  lead: (name, team) => `${name} leads team ${team} already.`,
};

function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
