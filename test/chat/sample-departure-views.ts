import { certificateFiles } from '../../src/domain/departure-certificate.ts';
import {
  askedAnewView,
  departureApprovalView,
  departurePreview,
  departureTasksView,
  departureView,
  handOverView,
} from '../../src/domain/departure-views.ts';
import type { MessageView } from '../../src/domain/views.ts';
import {
  approvedDeparture,
  DONE_LEDGER,
  SAMPLE_LEDGER,
  sampleDeparture,
} from '../support/departure-samples.ts';
import { sampleDirectory } from '../support/environment-samples.ts';

const directory = sampleDirectory();
const begun = { begunAt: '2026-04-01T10:00:01.000Z', undoUntil: '2026-04-08T10:00:01.000Z' };
const leaving = approvedDeparture({ ...begun, phase: 'leaving', ledger: SAMPLE_LEDGER, revision: 40 });
const left = approvedDeparture({
  ...begun,
  phase: 'left',
  ledger: DONE_LEDGER.map((line) =>
    line.id === 'group:cluster:edit@default'
      ? { ...line, handledBy: { person: 'ravi', at: '2026-04-02T10:00:00.000Z' } }
      : line,
  ),
  leftAt: '2026-04-02T10:00:02.000Z',
});

/** Made by what makes them in earnest. */
export const sampleDepartureViews = {
  'departure-preview': departurePreview(
    { person: 'kim', name: 'Kim Sample' },
    {
      notes: [
        { label: 'purser', text: 'may log in, team/shop, role/developer' },
        { label: 'cluster', text: 'edit in default' },
        { label: 'Chat accounts', text: 'slack:T0SAMPLE:U0KIM' },
      ],
      outlasts: ['cluster: an open kubectl exec goes on until it ends by itself'],
      request: { person: 'kim', why: 'Goes to another company' },
    },
  ),
  'departure-asked': departureView(sampleDeparture({ at: '2026-12-01T18:00:00.000Z' }), directory),
  'departure-leaving': departureView(leaving, directory),
  'departure-left': departureView(left, directory),
  'departure-undone': departureView(
    {
      ...left,
      phase: 'ended',
      end: 'undone',
      undo: { by: 'ravi', at: '2026-04-03T10:00:00.000Z' },
      ledger: left.ledger.map((line) =>
        line.kind === 'account' || line.kind === 'group' ? { ...line, state: 'given-back' } : line,
      ),
    },
    directory,
  ),
  'departure-approval': departureApprovalView(sampleDeparture({ at: '2026-12-01T18:00:00.000Z' }), directory),
  'departure-approved': departureApprovalView(leaving, directory),
  'departure-asked-anew': askedAnewView(sampleDeparture()),
  'departure-tasks': departureTasksView(leaving),
  'departure-tasks-done': departureTasksView(left),
  'departure-hand-over': handOverView(leaving, [
    {
      cluster: 'local',
      name: 'pr-42',
      phase: 'ready',
      template: 'dev',
      team: 'shop',
      owner: 'kim',
      expiresAt: '2026-11-30T10:00:00.000Z',
    },
  ]),
  'departure-certificate': { kind: 'document', ...certificateFiles(left, directory).markdown },
  'departure-certificate-json': { kind: 'document', ...certificateFiles(left, directory).json },
} satisfies Record<string, MessageView>;
