import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ConnectorAnswer, refusal } from './fake-teams-connector.ts';
import type { Card, FakeWorld, GraphChannel, TeamsTeam } from './fake-teams-world.ts';

export type GraphOperation =
  | 'token'
  | 'list-channels'
  | 'create-channel'
  | 'get-channel'
  | 'change-channel'
  | 'archive-channel'
  | 'list-members'
  | 'add-member';

export interface GraphRequest {
  operation: Exclude<GraphOperation, 'token'>;
  group: string;
  channel: string;
  /** Where a list goes on. */
  skip: number;
  body: Card;
}

const NAME = 50;
const DESCRIPTION = 1_024;
const FORBIDDEN = /[~#%&*{}+/\\:<>?|'"]|^[._]|\.$|\.\./;
const PAGE = 20;
const MEMBER = '#microsoft.graph.aadUserConversationMember';

const OPERATIONS: Record<string, GraphRequest['operation']> = {
  'GET channels': 'list-channels',
  'POST channels': 'create-channel',
  'GET channel': 'get-channel',
  'PATCH channel': 'change-channel',
  'POST archive': 'archive-channel',
  'GET members': 'list-members',
  'POST members': 'add-member',
};

/** Which operation of Graph a request is. */
export function graphRequest(request: IncomingMessage, body: Card): GraphRequest | undefined {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
  const found = /^\/v1\.0\/teams\/([^/]+)\/channels(?:\/([^/]+)(?:\/(members|archive))?)?$/.exec(pathname);
  if (found === null) return undefined;
  const [, group = '', channel, part] = found;
  const operation =
    OPERATIONS[`${request.method} ${part ?? (channel === undefined ? 'channels' : 'channel')}`];
  if (operation === undefined) return undefined;
  const skip = Number(searchParams.get('$skiptoken') ?? 0);
  const place = { group: decodeURIComponent(group), channel: decodeURIComponent(channel ?? '') };
  return { operation, ...place, skip, body };
}

/** Does what Graph does with the channels of teams, and refuses what it refuses. */
export function createGraphOfTeams(
  world: FakeWorld,
  baseUrl: () => string,
): (request: GraphRequest) => ConnectorAnswer {
  function create(team: TeamsTeam, { body }: GraphRequest): ConnectorAnswer {
    const problem = wrongChannel(body);
    if (problem !== undefined) return badRequest(problem);
    const name = `${body.displayName}`.toLowerCase();
    if (isNameTaken(team, name)) return { status: 409, body: failure('Conflict', 'NameAlreadyExists') };
    if (team.deletedNames.includes(name)) return badRequest('NameAlreadyExists');
    const owners: string[] = (body.members ?? []).map(userOf);
    if (!owners.every((owner) => team.members.includes(owner))) return badRequest('NotATeamMember');
    const { displayName, description, membershipType } = body;
    const id = `19:${randomUUID()}@thread.tacv2`;
    const members = membershipType === 'private' ? owners : team.members;
    const channel: GraphChannel = {
      id,
      displayName,
      description,
      membershipType,
      isArchived: false,
      members,
    };
    team.channels.push(channel);
    world.channels.set(id, { id, name: displayName, members });
    return { status: 201, body: shown(channel) };
  }

  /** What Graph says of a channel that it would not make. */
  function wrongChannel({
    displayName,
    description = '',
    membershipType,
    members = [],
  }: Card): string | undefined {
    if (typeof displayName !== 'string' || displayName === '' || displayName.length > NAME)
      return problem('InvalidName');
    if (FORBIDDEN.test(displayName)) return problem('InvalidName');
    if (description.length > DESCRIPTION) return problem('InvalidDescription');
    if (membershipType === 'standard') return members.length === 0 ? undefined : problem('MembersNotAllowed');
    if (membershipType !== 'private') return problem('InvalidMembershipType');
    const owned = members.some((member: Card) => member.roles?.includes('owner'));
    return owned && members.every(isMember) ? undefined : problem('OwnerMissing');
  }

  /** What no adapter of ours should ever do. */
  function problem(code: string): string {
    world.problems.push(`graph: ${code}`);
    return code;
  }

  function isMember(member: Card): boolean {
    return member['@odata.type'] === MEMBER && userOf(member) !== undefined;
  }

  function userOf(member: Card): string {
    const bound = `${member?.['user@odata.bind']}`;
    return bound.startsWith(`${baseUrl()}v1.0/users('`) ? bound.slice(bound.indexOf("'") + 1, -2) : '';
  }

  function addMember(team: TeamsTeam, channel: GraphChannel, { body }: GraphRequest): ConnectorAnswer {
    const user = userOf(body);
    if (!isMember(body) || channel.membershipType !== 'private') return badRequest(problem('InvalidMember'));
    if (!team.members.includes(user)) return badRequest('NotATeamMember');
    if (channel.members.includes(user)) return badRequest(problem('MemberThereAlready'));
    channel.members.push(user);
    return { status: 201, body: { id: randomUUID(), userId: user, roles: [] } };
  }

  function rename(team: TeamsTeam, channel: GraphChannel, displayName: string): ConnectorAnswer {
    if (displayName === '' || displayName.length > NAME || FORBIDDEN.test(displayName))
      return badRequest(problem('InvalidName'));
    if (isNameTaken(team, displayName))
      return { status: 409, body: failure('Conflict', 'NameAlreadyExists') };
    channel.displayName = displayName;
    return { status: 204 };
  }

  function change(team: TeamsTeam, channel: GraphChannel, { body }: GraphRequest): ConnectorAnswer {
    if (channel.isArchived) return badRequest('ChannelArchived');
    if (body.displayName !== undefined) return rename(team, channel, `${body.displayName}`);
    if (typeof body.description !== 'string' || body.description.length > DESCRIPTION)
      return badRequest(problem('InvalidDescription'));
    channel.description = body.description;
    return { status: 204 };
  }

  function archive(channel: GraphChannel): ConnectorAnswer {
    if (channel.isArchived) return badRequest(problem('ArchivedAlready'));
    channel.isArchived = true;
    return { status: 202 };
  }

  function listed(items: object[], { skip, group }: GraphRequest): ConnectorAnswer {
    const rest = skip + PAGE < items.length;
    const next = `${baseUrl()}v1.0/teams/${group}/channels?$skiptoken=${skip + PAGE}`;
    const value = items.slice(skip, skip + PAGE);
    return { status: 200, body: { value, ...(rest ? { '@odata.nextLink': next } : {}) } };
  }

  return (request) => {
    const team = world.teams.get(request.group);
    if (team === undefined) return { status: 404, body: failure('NotFound') };
    if (!team.consent) return { status: 403, body: failure('Forbidden') };
    if (request.operation === 'list-channels') return listed(team.channels.map(shown), request);
    if (request.operation === 'create-channel') return create(team, request);
    const channel = team.channels.find(({ id }) => id === request.channel);
    if (channel === undefined) return { status: 404, body: failure('NotFound') };
    switch (request.operation) {
      case 'get-channel':
        return { status: 200, body: shown(channel) };
      case 'change-channel':
        return change(team, channel, request);
      case 'archive-channel':
        return archive(channel);
      case 'list-members':
        return { status: 200, body: { value: channel.members.map((userId) => ({ id: userId, userId })) } };
      case 'add-member':
        return addMember(team, channel, request);
    }
  };
}

function isNameTaken({ channels }: TeamsTeam, name: string): boolean {
  return channels.some(({ displayName }) => displayName.toLowerCase() === name.toLowerCase());
}

function shown({ members: _members, ...channel }: GraphChannel): object {
  return channel;
}

function badRequest(code: string): ConnectorAnswer {
  return { status: 400, body: failure('BadRequest', code) };
}

function failure(code: string, inner?: string): object {
  const { body } = refusal(0, code);
  const { error } = body as { error: object };
  return { error: { ...error, innerError: { ...(inner === undefined ? {} : { code: inner }) } } };
}
