import type { Handler } from '../context.ts';
import { INCIDENT_COMMANDS } from '../incidents-spec.ts';
import { helpWith } from './help.ts';

export const incidentHelp: Handler<'incident.help'> = {
  permission: 'incident.look',
  async handle(call) {
    return helpWith(call, INCIDENT_COMMANDS, {
      title: 'Incidents',
      intro:
        'Three words suffice: /incident sev1 checkout is down. In the room of an incident the commands are about it; elsewhere put its number first, as in /incident 142 update …. Try a drill first: /incident drill. /inc is the same and shorter.',
    });
  },
};
