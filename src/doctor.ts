/**
 * `npm run doctor [-- bot|worker]`: before the first incident, what would not work. Nothing is changed, and nobody is
 * told anything.
 */
import { type Config, ConfigError, loadConfig } from './config.ts';
import { findingsIn, inspectChat } from './doctor/chat.ts';
import { checkDatabase } from './doctor/database.ts';
import { checkIncidents, questionsOf } from './doctor/incidents.ts';
import { checkKubernetes } from './doctor/kubernetes.ts';
import { checkManifests, withPeople } from './doctor/manifests.ts';
import { reasonOf } from './doctor/reasons.ts';
import type { Role } from './doctor/roles.ts';
import { checkSignIn } from './doctor/sign-in.ts';
import { checkTemporal } from './doctor/temporal.ts';
import { bad, type Finding, good } from './domain/findings.ts';
import { scrub } from './operations/logger.ts';

const USAGE = `Usage:
  npm run doctor             looks at what bot and worker need
  npm run doctor -- worker   at what the worker needs, under its own account; -- bot the same for the bot`;

const MARKS = { good: '✓', bad: '✗', off: '–' } satisfies Record<Finding['state'], string>;

process.exitCode = await main(process.argv.slice(2));

/** 0 when all would work, 1 when something would not, 2 for a wrong call, 78 for a wrong configuration. */
async function main(words: string[]): Promise<number> {
  const roles = rolesOf(words);
  if (roles === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  try {
    // The bot's variables are the worker's, and those that requests come in by.
    return await checkAll(loadConfig(roles.includes('bot') ? 'bot' : 'worker'), roles);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    show(
      'Configuration',
      error.problems.map(({ variable, problem, example }) =>
        bad(`${variable} ${problem}`, `For example ${variable}=${example}`),
      ),
    );
    return error.exitCode;
  }
}

function rolesOf(words: string[]): Role[] | undefined {
  const [role, ...more] = words;
  if (role === undefined) return ['bot', 'worker'];
  return (role === 'bot' || role === 'worker') && more.length === 0 ? [role] : undefined;
}

type Area = [string, Promise<Finding[]>];

/** All areas at once; each is shown as soon as those before it are. */
async function checkAll(config: Config, roles: Role[]): Promise<number> {
  const [database, manifests] = await Promise.all([
    checkDatabase(config.databaseUrl),
    checkManifests(config.manifests),
  ]);
  const organisation = manifests.organisation && (await withPeople(manifests.organisation, database.people));
  const chat = inspectChat(config, questionsOf(organisation));
  const areas: Area[] = [
    ['Configuration', settled([good('the variables are complete'), ...manifests.findings])],
    ['Temporal', settled(checkTemporal(config.temporal))],
    ['Database', settled(database.findings)],
    ['Kubernetes', settled(checkKubernetes(config, roles, organisation?.directory))],
    ['Slack', settled(chat.then((found) => findingsIn(found, 'slack')))],
    ['Microsoft Teams', settled(chat.then((found) => findingsIn(found, 'teams')))],
    ...(roles.includes('bot') ? [['Sign-in', settled(checkSignIn(config.signIn))] satisfies Area] : []),
    ['Incidents', settled(chat.then((found) => checkIncidents(config, roles, organisation, found)))],
  ];
  let failed = 0;
  for (const [title, looking] of areas) {
    const findings = await looking;
    show(title, findings);
    failed += findings.filter(({ state }) => state === 'bad').length;
  }
  process.stdout.write(failed === 0 ? '\nAll of it works.\n' : `\n${failed} would not work.\n`);
  return failed === 0 ? 0 : 1;
}

/** One area that cannot be looked at leaves the others to be read. */
async function settled(looking: Finding[] | Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await looking;
  } catch (error) {
    const todo = 'That is a mistake in Purser, not in how it is set up: please report it.';
    return [bad(`this could not be looked at (${reasonOf(error)})`, todo)];
  }
}

function show(title: string, findings: Finding[]): void {
  const lines = findings.flatMap((finding) => [
    // What to do is written by us, and speaks of a “Basic Information page”.
    `  ${MARKS[finding.state]} ${scrub(finding.what)}`,
    ...('todo' in finding ? [`      ${finding.todo}`] : []),
  ]);
  process.stdout.write(`${title}\n${lines.join('\n')}\n`);
}
