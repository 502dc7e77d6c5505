import type { ActivityDeps } from '../deps.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { createCardActivities } from './cards.ts';
import type { IncidentActivities, IncidentChatActivities, IncidentContext } from './contract.ts';
import { createIncidentLookups } from './lookups.ts';
import { createOutsideActivities } from './outside.ts';
import { createPersonActivities } from './people.ts';
import { createPrivacyActivities } from './privacy.ts';
import { createRoomActivities } from './rooms.ts';
import { createRunbookActivities } from './runbooks.ts';
import { createTrackerActivities } from './trackers.ts';

/** Everything the workflow of an incident asks of the world. */
export function createIncidentActivities(deps: ActivityDeps): IncidentActivities {
  return {
    ...createIncidentLookups(deps),
    ...createOutsideActivities(deps),
    ...createTrackerActivities(deps),
    ...createRunbookActivities(deps),
    ...eachByItsOwn(createChatActivities(deps), createChatActivities({ ...deps, chat: deps.drillChat })),
  };
}

/** What a game day has fail is in the way of drills only. */
function eachByItsOwn(real: IncidentChatActivities, drilled: IncidentChatActivities): IncidentChatActivities {
  const names = Object.keys(real) as (keyof IncidentChatActivities)[];
  const activities = names.map((name) => {
    const act = (input: IncidentContext) => (input.state.drill ? drilled : real)[name](input as never);
    return [name, act];
  });
  return Object.fromEntries(activities);
}

function createChatActivities(deps: ActivityDeps): IncidentChatActivities {
  const rooms = createRoomActivities(deps);
  const cards = createCardActivities(deps);
  const people = createPersonActivities(deps);
  const privacy = createPrivacyActivities(deps);
  return {
    openRoom: withHeartbeat(rooms.openRoom),
    dressRoom: withHeartbeat(rooms.dressRoom),
    redactIncident: withHeartbeat(privacy.redactIncident),
    archiveRoom: withHeartbeat(rooms.archiveRoom),
    announceIncident: withHeartbeat(cards.announceIncident),
    tellRooms: withHeartbeat(cards.tellRooms),
    publishReview: withHeartbeat(cards.publishReview),
    page: withHeartbeat(people.page),
    remind: withHeartbeat(people.remind),
  };
}
