import type { ActivityDeps } from '../deps.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { createCardActivities } from './cards.ts';
import type { IncidentActivities } from './contract.ts';
import { createIncidentLookups } from './lookups.ts';
import { createOutsideActivities } from './outside.ts';
import { createPersonActivities } from './people.ts';
import { createPrivacyActivities } from './privacy.ts';
import { createRoomActivities } from './rooms.ts';
import { createTrackerActivities } from './trackers.ts';

/** Everything the workflow of an incident asks of the world. */
export function createIncidentActivities(deps: ActivityDeps): IncidentActivities {
  const rooms = createRoomActivities(deps);
  const cards = createCardActivities(deps);
  const people = createPersonActivities(deps);
  const privacy = createPrivacyActivities(deps);
  return {
    ...createIncidentLookups(deps),
    ...createOutsideActivities(deps),
    ...createTrackerActivities(deps),
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
