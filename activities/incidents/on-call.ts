import type { Schedule } from '../../src/domain/incident-config.ts';
import { gaps } from '../../src/domain/on-call.ts';
import { threadKey } from '../../src/domain/refs.ts';
import type { NoticeView } from '../../src/domain/views.ts';
import { createCopies } from '../copies.ts';
import { type Delivery, deliverAll } from '../deliveries.ts';
import type { ActivityDeps } from '../deps.ts';
import { beating } from '../heartbeat.ts';
import { connected } from './announcements.ts';
import type { OnCallActivities } from './contract.ts';

type Deps = Pick<ActivityDeps, 'incidentConfig' | 'copies' | 'chat' | 'now'>;
type Gap = ReturnType<typeof gaps>[number];

const AHEAD_MS = 7 * 86_400_000;
/** A schedule with more of them has nobody most of the time: that is said by the first. */
const MAX_REPORTED = 5;

export function createOnCallActivities(deps: Deps): OnCallActivities {
  const copies = createCopies(deps);

  async function reportGaps(): Promise<void> {
    const config = await deps.incidentConfig();
    if (config === undefined) return;
    const from = deps.now();
    const places = connected(deps.chat, config.rooms.announce);
    const deliveries = config.schedules.flatMap((schedule) =>
      gaps(schedule, from, new Date(from.getTime() + AHEAD_MS))
        .slice(0, MAX_REPORTED)
        .flatMap((gap) =>
          places.map((conversation): Delivery => {
            // A gap is known by its end: one that has begun begins anew every time it is looked at.
            const key = `on-call-gap:${schedule.id}:${gap.to}:${threadKey(conversation)}`;
            const wanted = { key, conversation, view: gapNotice(schedule, gap), revision: 0, mayPost: true };
            return { to: key, send: () => copies.drive(wanted) };
          }),
        ),
    );
    await deliverAll(deliveries);
  }

  return { reportGaps: () => beating(reportGaps) };
}

function gapNotice({ id, title }: Schedule, { from, to }: Gap): NoticeView {
  return {
    kind: 'notice',
    tone: 'warning',
    text: `Nobody is on call in “${title}” from ${utc(from)} to ${utc(to)}.`,
    details: [
      `Whoever is paged then goes to the next level at once. Add an override to “${id}” in manifests/incidents.yaml.`,
    ],
  };
}

function utc(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
