import { type Team, teamsOf } from '../../domain/people.ts';
import { teamListView, teamNamed, teamView } from '../../domain/people-views.ts';
import type { NoticeView } from '../../domain/views.ts';
import type { Call, Handler } from '../context.ts';
import { listEnvironments } from '../lookups.ts';
import { nearest } from '../nearest.ts';
import { TEAM_COMMANDS } from '../teams-spec.ts';
import { echo, listed, notice } from '../wording.ts';
import { helpWith } from './help.ts';

const ENVIRONMENTS_SHOWN = 10;

export const teamHelp: Handler<'team.help'> = {
  permission: 'team.look',
  async handle(call) {
    return helpWith(call, TEAM_COMMANDS, {
      title: 'Teams',
      intro: 'Who is in which team. Environments belong to teams, and whoever is in one may use them.',
    });
  },
};

export const teamList: Handler<'team.list'> = {
  permission: 'team.look',
  async handle({ directory }) {
    return teamListView(directory);
  },
};

export const teamDetails: Handler<'team.show'> = {
  permission: 'team.look',
  async handle(call, { team: typed }) {
    const team =
      typed === undefined ? ownTeam(call) : (teamNamed(call.directory, typed) ?? noSuchTeam(call, typed));
    if ('kind' in team) return team;
    const { items, total } = await listEnvironments(call.context, {
      team: team.id,
      limit: ENVIRONMENTS_SHOWN,
    });
    return teamView(call.directory, team, { items, total });
  },
};

function ownTeam({ directory, person }: Call): Team | NoticeView {
  const [team, another] = teamsOf(directory, person.id);
  if (team === undefined) return notice('info', 'You are in no team. /team list shows what teams there are.');
  if (another === undefined) return team;
  const ids = teamsOf(directory, person.id).map(({ id }) => id);
  return notice('info', `You are in several teams: ${listed(ids)}.`, {
    details: [`Type /team show ${team.id}.`],
  });
}

export function noSuchTeam({ directory }: Pick<Call, 'directory'>, typed: string): NoticeView {
  const ids = directory.teams.map(({ id }) => id);
  const meant = nearest(typed.trim(), ids);
  return notice('warning', `There is no team “${echo(typed)}”.`, {
    details: [meant === undefined ? `The teams are ${listed(ids, 20)}.` : `Did you mean “${meant}”?`],
  });
}
