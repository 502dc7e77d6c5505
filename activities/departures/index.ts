import type { ActivityDeps } from '../deps.ts';
import { withHeartbeat } from '../heartbeat.ts';
import { createDepartureChat } from './chat.ts';
import type { DepartureActivities } from './contract.ts';
import { createDepartureLookups } from './lookups.ts';

export function createDepartureActivities(deps: ActivityDeps): DepartureActivities {
  const chat = createDepartureChat(deps);
  return {
    ...createDepartureLookups(deps),
    showDeparture: withHeartbeat(chat.showDeparture),
    remindOfDeparture: withHeartbeat(chat.remindOfDeparture),
    handOver: withHeartbeat(chat.handOver),
    certifyDeparture: withHeartbeat(chat.certifyDeparture),
  };
}
