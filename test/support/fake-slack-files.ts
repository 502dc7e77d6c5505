import { type Answer, type Methods, refused } from './fake-slack-methods.ts';
import type { FakeFile, FakeWorkspace } from './fake-slack-workspace.ts';

/** Files in three steps: an address to put it at, the bytes, and where it is to be seen. */
export function createFileMethods(workspace: FakeWorkspace, base: () => string): Methods {
  return {
    'files.getUploadURLExternal': ({ filename, length }) => {
      if (!filename) return refused('missing_argument');
      if (!(Number(length) > 0)) return refused('invalid_arguments');
      const id = workspace.nextId('F');
      const file: FakeFile = { id, name: `${filename}`, title: '', content: Buffer.alloc(0) };
      workspace.files.push(file);
      return { ok: true, upload_url: `${base()}/upload/${id}`, file_id: id };
    },

    'files.completeUploadExternal': (params) => {
      const channel = workspace.channels.get(`${params.channel_id}`);
      if (channel === undefined) return refused('channel_not_found');
      if (!channel.members.includes(workspace.botUserId)) return refused('not_in_channel');
      if (channel.isArchived) return refused('is_archived');
      const wanted = (params.files ?? []) as { id: string; title?: string }[];
      const completed = wanted.map(({ id, title }): FakeFile | undefined => {
        const file = workspace.files.find((known) => known.id === id && known.content.length > 0);
        if (file === undefined) return undefined;
        const threadTs = params.thread_ts === undefined ? {} : { threadTs: `${params.thread_ts}` };
        const ts = workspace.nextTs();
        return Object.assign(file, { title: title ?? file.name, channel: channel.id, ts, ...threadTs });
      });
      if (completed.length === 0 || completed.includes(undefined)) return refused('file_not_found');
      return { ok: true, files: wanted } as Answer;
    },

    'files.delete': ({ file }) => {
      const at = workspace.files.findIndex(({ id }) => id === file);
      if (at < 0) return refused('file_not_found');
      workspace.files.splice(at, 1);
      return { ok: true };
    },
  };
}

/** What is put at the address, as a form or as it is. `false` when there is no such address. */
export async function takeUpload(
  workspace: FakeWorkspace,
  id: string,
  body: Buffer,
  contentType: string | undefined,
): Promise<boolean> {
  const file = workspace.files.find((known) => known.id === id);
  if (file === undefined) return false;
  file.content = contentType?.startsWith('multipart/') ? await partOf(body, contentType) : body;
  return true;
}

async function partOf(body: Buffer, contentType: string): Promise<Buffer> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  const [part] = [...form.values()];
  return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(`${part ?? ''}`);
}
