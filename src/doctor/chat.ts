import { pino } from 'pino';
import type { Inspection, Questions } from '../chat/inspection.ts';
import { inspectSlack } from '../chat/slack/inspect.ts';
import type { Config, TeamsConfig } from '../config.ts';
import { type Finding, off } from '../domain/findings.ts';
import type { AccountRef, Platform } from '../domain/refs.ts';

const PLATFORMS = {
  slack: { name: 'Slack', variable: 'SLACK_BOT_TOKEN' },
  teams: { name: 'Microsoft Teams', variable: 'TEAMS_APP_ID' },
} satisfies Record<Platform, object>;

/** A platform that is off is missing. */
export type Chat = Partial<Record<Platform, Inspection>>;

/** All platforms at once. */
export async function inspectChat({ slack, teams }: Config, questions: Questions): Promise<Chat> {
  const [inSlack, inTeams] = await Promise.all([
    slack && inspectSlack(slack, questions, pino({ level: 'silent' })),
    teams?.app && lookIntoTeams({ ...teams, app: teams.app }, questions),
  ]);
  return { slack: inSlack, teams: inTeams };
}

export function findingsIn(chat: Chat, platform: Platform): Finding[] {
  return chat[platform]?.findings ?? [off('off', `Set ${PLATFORMS[platform].variable} to have it.`)];
}

/** Why no direct message gets to an account; `undefined` when one does. */
export function unreachableIn(chat: Chat, account: AccountRef): string | undefined {
  const inspection = chat[account.platform];
  return inspection === undefined
    ? `${PLATFORMS[account.platform].name} is off`
    : inspection.unreachable(account);
}

/** Its libraries cost a second and 100 MB: they are loaded for those who want them. */
async function lookIntoTeams(
  config: TeamsConfig & { app: NonNullable<TeamsConfig['app']> },
  questions: Questions,
): Promise<Inspection> {
  const { inspectTeams } = await import('../chat/teams/inspect.ts');
  return await inspectTeams(config, questions);
}
