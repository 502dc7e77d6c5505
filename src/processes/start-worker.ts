import { createActivities } from '../../activities/index.ts';
import { createGameDayRouter } from '../chat/game-day.ts';
import type { Config } from '../config.ts';
import { digestOf } from '../kubernetes/render-template.ts';
import { freePort } from '../local/ports.ts';
import { createSilences } from '../outside/alertmanager.ts';
import { createTrackers } from '../outside/trackers.ts';
import { createWebhooks } from '../outside/webhooks.ts';
import { connectWorkers, namespaceOf } from '../temporal/client.ts';
import { createDataConverter } from '../temporal/codec.ts';
import { startAccessWatch } from '../temporal/grant-launchers.ts';
import { createIncidentTeller, startOnCallWatch } from '../temporal/incident-launchers.ts';
import { installTemporalRuntime } from '../temporal/logger.ts';
import { startLinkWatch } from '../temporal/people-launchers.ts';
import { listEnvironments } from '../temporal/reads.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { bundleWorkflows, createWorkers } from '../temporal/worker.ts';
import { type Dependencies, openDependencies } from './open-dependencies.ts';
import type { Running } from './start-bot.ts';

/** Runs workflows and activities, once a process. With `dependencies` given it shares them and leaves them open. */
export async function startWorker(config: Config, dependencies?: Dependencies): Promise<Running> {
  const shared = dependencies ?? (await openDependencies(config));
  await using opened = new AsyncDisposableStack();
  if (dependencies === undefined) opened.defer(() => shared.close());
  const { log, metrics } = shared;

  // The SDK serves its metrics itself; ours shows them along with its own, so that there is one port to scrape.
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  installTemporalRuntime({ log, metricsAddress });
  metrics.includeSdk(metricsAddress);
  metrics.includeIncidents(shared.store.incidents.figures);

  const { temporal } = config;
  if (temporal === undefined) throw new TypeError('the configuration names no Temporal');
  const namespace = namespaceOf(temporal);
  const dataConverter = createDataConverter(config.payloadKeys);
  const [bundle, connection] = await Promise.all([
    bundleWorkflows(log, dataConverter),
    connectWorkers(temporal),
  ]);
  opened.defer(() => connection.close());
  await registerSearchAttributes(shared.temporal.connection, namespace);
  await startOnCallWatch(shared.temporal);
  await startLinkWatch(shared.temporal);
  await startAccessWatch(shared.temporal);
  const activities = wireActivities(shared);
  const workers = await createWorkers({ connection, namespace, bundle, dataConverter, activities });
  const running = workers.run();
  const failed = running.then(() => new Promise<never>(() => {}));
  failed.catch((err: unknown) => log.fatal({ err }, 'worker failed'));
  log.info({ port: shared.http.port }, 'worker started');

  const closing = opened.move();
  return {
    failed,
    async stop() {
      if (dependencies === undefined) shared.http.drain();
      workers.shutdown();
      await running.catch(() => {});
      await closing.disposeAsync();
      log.info('worker stopped');
    },
  };
}

export function wireActivities(shared: Dependencies) {
  const { chat, cluster, config, directory, entitlements, incidentConfig, platform, policy, store } = shared;
  const { catalog, systems, temporal } = shared;
  return createActivities({
    directory,
    policy,
    approvalChannels: async () => (await platform()).approvalChannels,
    audit: store.audit,
    plans: store.plans,
    catalog,
    digestOf,
    places: store.places,
    links: store.links,
    teams: store.teams,
    copies: store.copies,
    cluster,
    systems,
    roleTemplates: shared.roleTemplates,
    entitlements,
    orphanRule: shared.orphanRule,
    grants: store.grants,
    chat,
    drillChat: createGameDayRouter(chat, () => store.gameDay.faults(new Date())),
    incidents: store.incidents,
    gameDay: store.gameDay,
    incidentConfig,
    runbooks: shared.runbooks,
    secret: config.secret,
    webhooks: createWebhooks(),
    silences: createSilences(),
    trackers: createTrackers(),
    tellIncident: createIncidentTeller(temporal),
    departures: store.departures,
    tokens: store.tokens,
    environmentsOf: async (owner) => (await listEnvironments(temporal, { owner, limit: 50 })).items,
    now: () => new Date(),
  });
}
