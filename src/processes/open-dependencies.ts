import { join } from 'node:path';
import type { ChatAdapter } from '../chat/adapter.ts';
import { type ChatRouter, createChatRouter } from '../chat/router.ts';
import { createSlackAdapter, type SlackAdapter } from '../chat/slack/adapter.ts';
import type { TeamsAdapter } from '../chat/teams/adapter.ts';
import type { Config, TeamsConfig } from '../config.ts';
import { CONNECTORS } from '../directory/connectors.ts';
import { createEntitlementsFile, createOrphanRule } from '../directory/entitlements-file.ts';
import { createIncidentsFile } from '../directory/incidents-file.ts';
import { createPlatformFile } from '../directory/platform-file.ts';
import { createPolicyFiles } from '../directory/policy-files.ts';
import { createRoleFiles } from '../directory/role-files.ts';
import { createRunbookFiles } from '../directory/runbook-files.ts';
import { createSystemsFile } from '../directory/systems-file.ts';
import type { OrphanRule } from '../domain/access-drift.ts';
import type { PublishedEntitlement } from '../domain/entitlements.ts';
import type { IncidentConfig } from '../domain/incident-config.ts';
import type { TemplateCatalog } from '../domain/plans.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import type { Cluster, Directory } from '../domain/ports.ts';
import type { RoleTemplate } from '../domain/role-templates.ts';
import type { Runbooks } from '../domain/runbooks.ts';
import type { SystemConnector } from '../domain/systems.ts';
import { createCluster } from '../kubernetes/cluster.ts';
import { loadKubeConfig } from '../kubernetes/kube-config.ts';
import { createTemplateCatalog } from '../kubernetes/templates.ts';
import { type HttpServer, openHttpServer } from '../operations/http-server.ts';
import { createLogger, type Log } from '../operations/logger.ts';
import { createMetrics, type Metrics } from '../operations/metrics.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createTemporalClient, namespaceOf, type TemporalClient } from '../temporal/client.ts';
import { createDataConverter } from '../temporal/codec.ts';
import { openSystems } from './open-systems.ts';

/** What bot and worker stand on. In one process they share it: the embedded database bears one process only. */
export interface Dependencies {
  config: Config;
  log: Log;
  metrics: Metrics;
  http: HttpServer;
  store: Store;
  platform(): Promise<PlatformConfig>;
  policy(): Promise<Policy>;
  /** Missing where incidents are off. */
  incidentConfig(): Promise<IncidentConfig | undefined>;
  /** What people may ask for, as `entitlements.yaml` has it now. */
  entitlements(): Promise<PublishedEntitlement[]>;
  /** What becomes of access that no request holds any more, as it says now. */
  orphanRule(): Promise<OrphanRule>;
  /** In which roles people may come, as `roles/*.yaml` has them now. */
  roleTemplates(): Promise<RoleTemplate[]>;
  runbooks(): Promise<Runbooks>;
  directory: Directory;
  catalog: TemplateCatalog;
  cluster: Cluster;
  /** In which people have accounts, groups and roles, as `systems.yaml` has them now. */
  systems(): Promise<SystemConnector[]>;
  temporal: TemporalClient;
  /** Missing where it is off, as is `teams`. */
  slack?: SlackAdapter;
  teams?: TeamsAdapter;
  chat: ChatRouter;
  /** Connections last, after everybody who uses them has stopped. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The process's logger, where it has one already. */
  log?: Log;
}

/**
 * `config` must say where Temporal and Kubernetes are: under `start` the local stack has filled that in. Rejects with
 * `ManifestError` when the organisation's files are wrong; nothing stays open then.
 */
export async function openDependencies(config: Config, options: OpenOptions = {}): Promise<Dependencies> {
  const { temporal: temporalConfig } = config;
  if (temporalConfig === undefined) throw new TypeError('the configuration names no Temporal');
  const log = options.log ?? createLogger({ level: config.logLevel });
  const metrics = createMetrics();
  const readPlatform = createPlatformFile(config.manifests);
  const policy = createPolicyFiles(config.manifests);
  const incidentConfig = createIncidentsFile(config.manifests, readPlatform);
  const readSystems = createSystemsFile(config.manifests, CONNECTORS);
  const roleTemplates = createRoleFiles(config.manifests, readSystems);
  const entitlements = createEntitlementsFile(config.manifests, {
    platform: readPlatform,
    systems: readSystems,
    incidents: incidentConfig,
  });
  let [organisation] = await Promise.all([
    readPlatform(),
    policy(),
    incidentConfig(),
    readSystems(),
    entitlements(),
    roleTemplates(),
  ]);
  // Whoever is asking is looked up first, so templates see the organisation as it is at each request.
  const platform = async () => {
    organisation = await readPlatform();
    return organisation;
  };
  const templates = join(config.manifests, 'templates');
  const catalog = createTemplateCatalog({ dir: templates, platform: () => organisation });
  for (const problem of catalog.problems()) log.warn(problem, 'template refused');

  await using opened = new AsyncDisposableStack();
  const store = await openStore({
    databaseUrl: config.databaseUrl,
    home: config.home,
    onError: (err) => log.warn({ err }, 'database connection lost'),
  });
  opened.defer(() => store.close());
  const kubeConfig = loadKubeConfig(config.kubernetes);
  const cluster = metrics.ofCluster(createCluster(kubeConfig));
  const { directory, systems } = openSystems({ config, kubeConfig, platform, policy, readSystems, store });
  const temporal = createTemporalClient(temporalConfig, createDataConverter(config.payloadKeys));
  opened.defer(() => temporal.connection.close());
  const slack = config.slack && metrics.ofAdapter(createSlackAdapter({ config: config.slack, logger: log }));
  const teams = config.teams && metrics.ofAdapter(await openTeams(config.teams, store, log));
  const adapters: ChatAdapter[] = [slack, teams].filter((adapter) => adapter !== undefined);
  const namespace = namespaceOf(temporalConfig);
  const http = await openHttpServer({
    host: config.host,
    port: config.port,
    checks: {
      temporal: async () => Boolean(await temporal.workflowService.describeNamespace({ namespace })),
      kubernetes: () => cluster.ready(),
      database: () => store.ready(),
    },
    metrics: metrics.text,
  });
  opened.defer(() => http.close());

  const closing = opened.move();
  return {
    config,
    log,
    metrics,
    http,
    store,
    platform,
    policy,
    incidentConfig,
    entitlements,
    orphanRule: createOrphanRule(config.manifests),
    roleTemplates,
    runbooks: createRunbookFiles(config.manifests, { platform, incidentConfig }),
    directory,
    catalog,
    cluster,
    systems,
    temporal,
    slack,
    teams,
    chat: createChatRouter(adapters),
    close: () => closing.disposeAsync(),
  };
}

/** Its libraries cost a second and 100 MB: they are loaded for those who want them. */
async function openTeams(config: TeamsConfig, { references }: Store, logger: Log): Promise<TeamsAdapter> {
  const { createTeamsAdapter } = await import('../chat/teams/adapter.ts');
  return createTeamsAdapter({ config, references, logger });
}
