import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import type { JsonObject, ParametersSchema } from '../domain/json.ts';
import { field, text } from './objects.ts';
import { createParameterReader, type ParameterReader } from './parameters.ts';
import { headProblems, type TemplateHead, templateSchema } from './template-schema.ts';

/** One object of a template as its author wrote it, with placeholders. */
export interface TemplateDocument {
  file: string;
  /** Titles of the checklist; inherited from the object before it in the file. */
  step: string;
  wave: number;
  object: JsonObject;
  /** The line, from 1, of the value at a path; of the object when the path leads nowhere. */
  lineOf(path: (string | number)[]): number;
}

export interface Template {
  head: TemplateHead;
  /** SHA-256 over all files. */
  digest: string;
  documents: TemplateDocument[];
  readParameters: ParameterReader;
}

/** Something an author has to put right. `file` is relative to the template's folder. */
export interface TemplateProblem {
  file: string;
  line?: number;
  problem: string;
}

export type TemplateResult = { ok: true; template: Template } | { ok: false; problems: TemplateProblem[] };

/** Changes whenever a file of the folder does. */
export function folderFingerprint(folder: string): string {
  return filesIn(folder)
    .map((file) => {
      const { mtimeMs, size, ino } = statSync(join(folder, file));
      return `${file}:${mtimeMs}:${size}:${ino}`;
    })
    .join('|');
}

/** Reads `template.yaml` and the manifests beside it, in the order of their names. */
export function readTemplate(folder: string, name: string): TemplateResult {
  const contents = filesIn(folder).map((file) => ({
    file,
    content: readFileSync(join(folder, file), 'utf8'),
  }));
  const headFile = contents.find(({ file }) => file === 'template.yaml');
  if (headFile === undefined) {
    return { ok: false, problems: [{ file: 'template.yaml', problem: 'is missing' }] };
  }
  const head = readHead(headFile.content, name);
  const manifests = contents.filter(({ file }) => file !== 'template.yaml').map(readManifests);
  const problems = [...head.problems, ...manifests.flatMap((manifest) => manifest.problems)];
  if (head.value === undefined || head.readParameters === undefined || problems.length > 0) {
    return { ok: false, problems };
  }
  const digest = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  const documents = manifests.flatMap((manifest) => manifest.documents);
  return { ok: true, template: { head: head.value, digest, documents, readParameters: head.readParameters } };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
}

function readHead(
  content: string,
  name: string,
): { value?: TemplateHead; readParameters?: ParameterReader; problems: TemplateProblem[] } {
  const file = 'template.yaml';
  const { documents, lines, problems } = parse(file, content);
  const [document] = documents;
  if (document === undefined || problems.length > 0) return { problems };
  const parsed = templateSchema.safeParse(document.toJS());
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((issue) => ({
        file,
        line: lineAt(document, lines, issue.path as (string | number)[]),
        problem: `${issue.path.join('.')}: ${issue.message}`,
      })),
    };
  }
  const found: TemplateProblem[] = headProblems(parsed.data).map((problem) => ({ file, problem }));
  if (parsed.data.metadata.name !== name) {
    const line = lineAt(document, lines, ['metadata', 'name']);
    found.push({ file, line, problem: `metadata.name: must be the folder's name, ${name}` });
  }
  try {
    const readParameters = createParameterReader(parsed.data.parameters as ParametersSchema);
    return { value: parsed.data, readParameters, problems: found };
  } catch (error) {
    const line = lineAt(document, lines, ['parameters']);
    const problem = `parameters: ${error instanceof Error ? error.message : 'not a JSON Schema'}`;
    return { problems: [...found, { file, line, problem }] };
  }
}

function readManifests(source: { file: string; content: string }): {
  documents: TemplateDocument[];
  problems: TemplateProblem[];
} {
  const { file } = source;
  const { documents, lines, problems } = parse(file, source.content);
  if (problems.length > 0) return { documents: [], problems };
  const read: TemplateDocument[] = [];
  for (const document of documents) {
    const object: unknown = document.toJS();
    if (object === null) continue;
    const line = lineAt(document, lines, []);
    if (text(field(object, 'kind')) === '' || text(field(object, 'metadata', 'name')) === '') {
      problems.push({ file, line, problem: 'every object needs apiVersion, kind and metadata.name' });
      continue;
    }
    const before = read.at(-1);
    const step = text(field(object, 'metadata', 'annotations', 'purser/step')) || before?.step;
    const wave = field(object, 'metadata', 'annotations', 'purser/wave') ?? before?.wave ?? 0;
    if (step === undefined) {
      problems.push({
        file,
        line,
        problem: 'the first object of a file names its step: annotation purser/step',
      });
      continue;
    }
    if (!Number.isInteger(Number(wave)))
      problems.push({ file, line, problem: 'purser/wave must be a whole number' });
    read.push({
      file,
      step,
      wave: Number(wave),
      object: object as JsonObject,
      lineOf: (path) => lineAt(document, lines, path),
    });
  }
  return { documents: read, problems };
}

function parse(
  file: string,
  content: string,
): { documents: Document.Parsed[]; lines: LineCounter; problems: TemplateProblem[] } {
  const lines = new LineCounter();
  const documents = parseAllDocuments(content, { strict: true, uniqueKeys: true, lineCounter: lines });
  if ('empty' in documents) return { documents: [], lines, problems: [{ file, problem: 'is empty' }] };
  const problems = documents.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map((error) => ({
      file,
      line: error.linePos?.[0].line,
      problem: error.message.split('\n')[0] ?? error.code,
    })),
  );
  return { documents, lines, problems };
}

function lineAt(document: Document.Parsed, lines: LineCounter, path: (string | number)[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const offset = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}
