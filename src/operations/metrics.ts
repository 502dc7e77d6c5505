import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { type ChatAdapter, ChatError, type Dispatch, type Rooms } from '../chat/adapter.ts';
import type { IncidentFigures } from '../domain/incident-figures.ts';
import { type Cluster, ClusterError } from '../domain/ports.ts';
import { incidentMetrics } from './incident-metrics.ts';

export interface Metrics {
  /** The same dispatch, counted and timed from the request to the answer that acknowledges it. */
  ofDispatch(dispatch: Dispatch): Dispatch;
  /** The same adapter, its sends counted by outcome. */
  ofAdapter<Adapter extends ChatAdapter>(adapter: Adapter): Adapter;
  /** The same cluster, its steps counted and timed. */
  ofCluster(cluster: Cluster): Cluster;
  /** From now on `text` has the Temporal SDK's metrics as well, which it serves at this `host:port`. */
  includeSdk(address: string): void;
  /** From now on `text` has the figures of incidents as well, counted from these. */
  includeIncidents(read: () => Promise<IncidentFigures>): void;
  text(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics(): Metrics {
  let sdkAddress: string | undefined;
  let readIncidents = async (): Promise<IncidentFigures> => ({ severities: [], steps: [] });
  const register = new Registry();
  collectDefaultMetrics({ register });
  const ack = new Histogram({
    name: 'purser_ack_seconds',
    help: 'From a chat request to the answer that acknowledges it; Slack waits 3 s.',
    labelNames: ['kind'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
    registers: [register],
  });
  const requests = new Counter({
    name: 'purser_requests_total',
    help: 'Chat requests by what was answered.',
    labelNames: ['kind', 'outcome'],
    registers: [register],
  });
  const sends = new Counter({
    name: 'purser_chat_sends_total',
    help: 'Calls to chat platforms by outcome.',
    labelNames: ['platform', 'method', 'outcome'],
    registers: [register],
  });
  const steps = new Histogram({
    name: 'purser_step_seconds',
    help: 'Steps applied to the cluster, until they were ready or failed.',
    labelNames: ['outcome'],
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600],
    registers: [register],
  });

  function ofDispatch(dispatch: Dispatch): Dispatch {
    return async (request) => {
      const stop = ack.startTimer({ kind: request.kind });
      const reply = await dispatch(request);
      stop();
      const outcome = reply?.kind === 'notice' ? `notice-${reply.tone}` : (reply?.kind ?? 'nothing');
      requests.inc({ kind: request.kind, outcome });
      return reply;
    };
  }

  function ofAdapter<Adapter extends ChatAdapter>(adapter: Adapter): Adapter {
    const { platform } = adapter;
    async function counted<Result>(method: string, call: () => Promise<Result>): Promise<Result> {
      try {
        const result = await call();
        sends.inc({ platform, method, outcome: 'ok' });
        return result;
      } catch (error) {
        sends.inc({ platform, method, outcome: error instanceof ChatError ? error.reason : 'unknown' });
        throw error;
      }
    }
    const { rooms, upload, removeFiles } = adapter;
    return {
      ...adapter,
      post: (to, view, key) => counted('post', () => adapter.post(to, view, key)),
      update: (message, view) => counted('update', () => adapter.update(message, view)),
      findPosted: (to, key, since) => counted('findPosted', () => adapter.findPosted(to, key, since)),
      openDirect: (account) => counted('openDirect', () => adapter.openDirect(account)),
      // Checked by itself: what is missing here would seem to be the adapter's.
      rooms: {
        open: (spec) => counted('openRoom', () => rooms.open(spec)),
        adopt: (place) => counted('adopt', () => rooms.adopt(place)),
        giveBack: (room, before, links) => counted('giveBack', () => rooms.giveBack(room, before, links)),
        invite: (room, accounts) => counted('invite', () => rooms.invite(room, accounts)),
        setTopic: (room, topic) => counted('setTopic', () => rooms.setTopic(room, topic)),
        pin: (message) => counted('pin', () => rooms.pin(message)),
        unpin: (message) => counted('unpin', () => rooms.unpin(message)),
        bookmark: (room, links) => counted('bookmark', () => rooms.bookmark(room, links)),
        archive: (room) => counted('archive', () => rooms.archive(room)),
        cover: (room, cover) => counted('cover', () => rooms.cover(room, cover)),
      } satisfies Rooms,
      ...(upload && { upload: (to, file) => counted('upload', () => upload(to, file)) }),
      ...(removeFiles && {
        removeFiles: (from, name, since) => counted('removeFiles', () => removeFiles(from, name, since)),
      }),
    } satisfies ChatAdapter;
  }

  function ofCluster(cluster: Cluster): Cluster {
    return {
      ...cluster,
      async applyStep(options) {
        const stop = steps.startTimer();
        try {
          const items = await cluster.applyStep(options);
          stop({ outcome: 'done' });
          return items;
        } catch (error) {
          stop({ outcome: error instanceof ClusterError ? error.trouble.type : 'Unknown' });
          throw error;
        }
      },
    };
  }

  async function text(): Promise<{ contentType: string; text: string }> {
    const parts = await Promise.all([
      register.metrics(),
      // Like those of the SDK: with the database down all others are still there.
      readIncidents()
        .then(incidentMetrics)
        .catch(() => ''),
      sdkMetrics(sdkAddress),
    ]);
    return { contentType: register.contentType, text: parts.join('\n') };
  }

  return {
    ofDispatch,
    ofAdapter,
    ofCluster,
    includeSdk(address) {
      sdkAddress = address;
    },
    includeIncidents(read) {
      readIncidents = read;
    },
    text,
  };
}

/** What the SDK shows; a failure there leaves our own metrics readable. */
async function sdkMetrics(address: string | undefined): Promise<string> {
  if (address === undefined) return '';
  try {
    const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? await response.text() : '';
  } catch {
    return '';
  }
}
