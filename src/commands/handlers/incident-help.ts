import { mayAnywhere } from '../../domain/policy.ts';
import type { HelpView } from '../../domain/views.ts';
import type { Handler } from '../context.ts';
import { INCIDENT_COMMANDS } from '../incidents-spec.ts';

/** What the person can type: made from the command specs, without what no rule would let them do. */
export const incidentHelp: Handler<'incident.help'> = {
  permission: 'incident.look',
  async handle({ policy, person }): Promise<HelpView> {
    const known = INCIDENT_COMMANDS.filter(({ permission }) => mayAnywhere(policy, person, permission));
    return {
      kind: 'help',
      title: 'Incidents',
      intro:
        'Three words suffice: /incident sev1 checkout is down. In the room of an incident the commands are about it; elsewhere put its number first, as in /incident 142 update …. Try a drill first: /incident drill. /inc is the same and shorter.',
      commands: known.map(({ usage, summary, examples }) => ({ usage, summary, examples })),
    };
  },
};
