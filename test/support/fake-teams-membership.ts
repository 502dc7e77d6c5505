import type { DeliveredActivity } from './fake-teams-act.ts';
import { type Card, type FakeWorld, mriOf } from './fake-teams-world.ts';

/** Who is where. Each resolves when the bot has answered everything that Teams sends of it. */
export interface MembershipInTeams {
  install(user: string): Promise<DeliveredActivity>;
  uninstall(user: string): Promise<DeliveredActivity>;
  /** Somebody adds the app to a channel's team, or removes it. */
  addToTeam(user: string, channel: string): Promise<DeliveredActivity[]>;
  removeFromTeam(user: string, channel: string): Promise<DeliveredActivity[]>;
  /** Somebody leaves a channel's team. */
  leave(user: string, channel: string): Promise<DeliveredActivity>;
}

export function createMembershipInTeams(options: {
  world: FakeWorld;
  bot: { id: string; name: string };
  deliver(activity: Card): Promise<DeliveredActivity>;
  activityOf(user: string, place: string, changes: object): Card;
}): MembershipInTeams {
  const { world, bot, deliver, activityOf } = options;

  function setInstalled(user: string, installed: boolean): Promise<DeliveredActivity> {
    const person = world.users.get(user);
    if (person !== undefined) person.installed = installed;
    const action = installed ? 'add' : 'remove';
    return deliver(activityOf(user, 'me', { type: 'installationUpdate', action }));
  }

  /** Teams tells of it twice, as of a member and as of an app. */
  function setInTeam(user: string, channel: string, app: boolean): Promise<DeliveredActivity[]> {
    const there = world.channels.get(channel);
    if (there !== undefined) there.app = app;
    const tenant = { id: world.tenantId };
    const members = app ? { membersAdded: [{ id: bot.id }] } : { membersRemoved: [{ id: bot.id }] };
    const eventType = app ? 'teamMemberAdded' : 'teamMemberRemoved';
    return Promise.all([
      deliver(
        activityOf(user, channel, {
          type: 'conversationUpdate',
          ...members,
          channelData: { tenant, eventType },
        }),
      ),
      deliver(activityOf(user, channel, { type: 'installationUpdate', action: app ? 'add' : 'remove' })),
    ]);
  }

  return {
    install: (user) => setInstalled(user, true),
    uninstall: (user) => setInstalled(user, false),
    addToTeam: (user, channel) => setInTeam(user, channel, true),
    removeFromTeam: (user, channel) => setInTeam(user, channel, false),

    leave(user, channel) {
      const there = world.channels.get(channel);
      if (there !== undefined) there.members = there.members.filter((member) => member !== user);
      const channelData = { tenant: { id: world.tenantId }, eventType: 'teamMemberRemoved' };
      const membersRemoved = [{ id: mriOf(user), aadObjectId: user }];
      return deliver(activityOf(user, channel, { type: 'conversationUpdate', membersRemoved, channelData }));
    },
  };
}
