import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ParametersSchema } from '../domain/json.ts';
import type { PlanResult, TemplateCatalog, TemplateSummary } from '../domain/plans.ts';
import type { PlatformConfig } from '../domain/platform.ts';
import { lintTemplate } from './lint-template.ts';
import { planEnvironment } from './render-template.ts';
import { folderFingerprint, readTemplate, type Template, type TemplateProblem } from './template-files.ts';

interface Entry {
  fingerprint: string;
  template?: Template;
  problems: TemplateProblem[];
}

/**
 * The templates under `dir`, one a folder, as they are on disk at each call: files are looked at again, and read
 * again when they have changed, they or the `platform`. One that the linter objects to is a problem under its name; the
 * others work.
 */
export function createTemplateCatalog(options: {
  dir: string;
  /** The organisation as it is now: the same object for as long as nothing in it has changed. */
  platform(): PlatformConfig;
}): TemplateCatalog {
  const { dir } = options;
  const entries = new Map<string, Entry>();
  let platform = options.platform();

  function notice(): void {
    if (platform === options.platform()) return;
    platform = options.platform();
    entries.clear();
  }

  function refresh(): Map<string, Entry> {
    notice();
    const names = foldersIn(dir);
    for (const known of entries.keys()) if (!names.includes(known)) entries.delete(known);
    for (const name of names) {
      try {
        const folder = join(dir, name);
        const fingerprint = folderFingerprint(folder);
        if (entries.get(name)?.fingerprint !== fingerprint)
          entries.set(name, load(folder, name, fingerprint));
      } catch (error) {
        entries.set(name, unreadable(error));
      }
    }
    return entries;
  }

  /** One template alone, by a name somebody may have typed. */
  function find(name: string): Entry | undefined {
    notice();
    if (!isFolder(dir, name)) return undefined;
    const folder = join(dir, name);
    const fingerprint = folderFingerprint(folder);
    const known = entries.get(name);
    if (known?.fingerprint === fingerprint) return known;
    const entry = load(folder, name, fingerprint);
    entries.set(name, entry);
    return entry;
  }

  function load(folder: string, name: string, fingerprint: string): Entry {
    const read = readTemplate(folder, name);
    if (!read.ok) return { fingerprint, problems: read.problems };
    const problems = lintTemplate(read.template, platform).filter(({ severity }) => severity === 'error');
    return problems.length > 0
      ? { fingerprint, problems }
      : { fingerprint, template: read.template, problems };
  }

  return {
    list() {
      return [...refresh().values()].flatMap(({ template }) =>
        template === undefined ? [] : [summarise(template)],
      );
    },
    get(name) {
      const template = find(name)?.template;
      return template === undefined ? undefined : summarise(template);
    },
    problems() {
      return [...refresh()].flatMap(([template, { problems }]) =>
        problems.map((problem) => ({ template, problem: describeProblem(problem) })),
      );
    },
    plan({ template: name, values, requester }): PlanResult {
      const entry = find(name);
      if (entry === undefined) {
        const names = [...refresh().keys()].join(', ');
        return { ok: false, errors: { template: `There is no template “${name}”. There are: ${names}.` } };
      }
      if (entry.template === undefined) {
        const [first] = entry.problems;
        const detail = first === undefined ? '' : ` (${describeProblem(first)})`;
        return {
          ok: false,
          errors: {
            template: `The template “${name}” is broken and cannot be used until it is mended${detail}.`,
          },
        };
      }
      return planEnvironment(entry.template, values, requester, platform);
    },
  };
}

/** Without a fingerprint, so that it is tried again at the next call. */
function unreadable(error: unknown): Entry {
  const problem = error instanceof Error ? error.message : 'cannot be read';
  return { fingerprint: '', problems: [{ file: 'template.yaml', problem }] };
}

/** `30-postgres.yaml:12: …` */
export function describeProblem({ file, line, problem }: TemplateProblem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${problem}`;
}

export function foldersIn(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Whether it is the plain name of a folder there: nothing that leads elsewhere. */
function isFolder(dir: string, name: string): boolean {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return false;
  return statSync(join(dir, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function summarise({ head }: Template): TemplateSummary {
  const { name, version, title, description, owner } = head.metadata;
  const { ttl, maxTtl, warn } = head.lifecycle;
  return {
    name,
    version,
    title,
    description,
    owner,
    parameters: head.parameters as ParametersSchema,
    lifecycle: { ttlMs: ttl, maxTtlMs: maxTtl, warnMs: warn },
    quota: head.quota,
  };
}
