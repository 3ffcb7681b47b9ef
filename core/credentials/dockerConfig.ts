import { z } from 'zod';
import type { RegistryCredentials } from '#core/registry/registrySettings.ts';
import { dockerKeyOf, registryNameOf } from './registryName.ts';

/** A file in the form of Docker's `config.json`, as far as it is about signing in. */
export type DockerConfig = z.infer<typeof configSchema>;

/** What such a file says about one registry. */
export type ConfigEntry =
  | {
      readonly type: 'inline';
      readonly credentials: RegistryCredentials;
      /** In `auth` or `identitytoken`, as `docker login` writes it; `username` and `password` are plain members. */
      readonly form: 'encoded' | 'plain';
    }
  /** A program that the file names: for this registry (`credHelpers`) or for all (`credsStore`). */
  | {
      readonly type: 'helper';
      readonly helper: string;
      readonly serverUrl: string;
      readonly scope: 'registry' | 'all';
    };

/** More than this no such file has. */
export const configLimitBytes = 256 * 1024;
const secretLimit = 64 * 1024;

const configSchema = z.object({
  // Each entry is judged by itself: one that is wrong does not take the others with it.
  auths: z.record(z.string(), z.unknown()).optional(),
  credsStore: z.string().max(256).optional(),
  credHelpers: z.record(z.string(), z.string().max(256)).optional(),
});
const authSchema = z.object({
  auth: z.string().max(secretLimit).optional(),
  username: z.string().max(secretLimit).optional(),
  password: z.string().max(secretLimit).optional(),
  identitytoken: z.string().max(secretLimit).optional(),
  registrytoken: z.string().max(secretLimit).optional(),
});

/** Bytes of a file → what it says, or why it says nothing, as the end of a sentence. */
export function parseDockerConfig(bytes: Uint8Array): DockerConfig | string {
  if (bytes.byteLength > configLimitBytes) return 'is larger than 256 KiB';
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return 'is not valid JSON'; // the parser's own words would show a piece of the file
  }
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  return `is not in Docker’s form${where(parsed.error.issues[0]?.path[0])}`;
}

/**
 * Ways in for a registry (as `registryNameOf` gives it), the first that gives something counts: `credHelpers`, then
 * `credsStore`, then the file itself. What is wrong with them is said in `problems`, as ends of sentences.
 * Source: docker/cli, cli/config/configfile; the members of an entry: cli/config/types.
 */
export function entriesFor(
  config: DockerConfig,
  registry: string,
): { readonly entries: readonly ConfigEntry[]; readonly problems: readonly string[] } {
  const auth = memberFor(config.auths ?? {}, registry);
  const serverUrl = auth?.key ?? dockerKeyOf(registry);
  const own = memberFor(config.credHelpers ?? {}, registry);
  const entries: ConfigEntry[] = [];
  if (own !== null) entries.push({ type: 'helper', helper: own.value, serverUrl, scope: 'registry' });
  if (config.credsStore !== undefined && config.credsStore !== '')
    entries.push({ type: 'helper', helper: config.credsStore, serverUrl, scope: 'all' });
  if (auth === null) return { entries, problems: [] };
  const { entry, problem } = inlineEntry(auth.value, registry);
  if (entry !== null) entries.push(entry);
  return { entries, problems: problem === null ? [] : [problem] };
}

/** The exact key first, then any other spelling of it. */
function memberFor<Value>(
  members: Readonly<Record<string, Value>>,
  registry: string,
): { readonly key: string; readonly value: Value } | null {
  const found = Object.entries(members).filter(([key]) => registryNameOf(key) === registry);
  const [key, value] =
    found.find(([name]) => name === dockerKeyOf(registry)) ??
    found.find(([name]) => name === registry) ??
    found[0] ??
    [];
  return key === undefined || value === undefined ? null : { key, value };
}

function inlineEntry(
  value: unknown,
  registry: string,
): { readonly entry: ConfigEntry | null; readonly problem: string | null } {
  const parsed = authSchema.safeParse(value);
  if (!parsed.success)
    return { entry: null, problem: `has an entry for ${registry} that is not in Docker’s form` };
  const { auth = '', username = '', password = '', identitytoken = '', registrytoken = '' } = parsed.data;
  const pair = decodePair(auth);
  if (identitytoken !== '') {
    const userName = pair?.userName ?? (username === '' ? '<token>' : username);
    const credentials = { userName, password: identitytoken, isIdentityToken: true };
    return { entry: { type: 'inline', credentials, form: 'encoded' }, problem: null };
  }
  if (auth !== '' && pair === null)
    return { entry: null, problem: `has an entry for ${registry} that cannot be decoded` };
  if (pair !== null) return { entry: { type: 'inline', credentials: pair, form: 'encoded' }, problem: null };
  if (username !== '' && password !== '')
    return {
      entry: { type: 'inline', credentials: { userName: username, password }, form: 'plain' },
      problem: null,
    };
  const problem =
    registrytoken === '' ? null : `has a registry token for ${registry}, which the workbench cannot use`;
  return { entry: null, problem }; // `{}`: the password is in a helper
}

/** base64 of `user:password`. Old versions of Docker filled it up with NUL. */
function decodePair(auth: string): RegistryCredentials | null {
  if (!/^[A-Za-z0-9+/_-]+={0,2}\s*$/.test(auth)) return null;
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return null;
  const [userName, password] = [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, '')];
  return password === '' ? null : { userName, password };
}

function where(member: PropertyKey | undefined): string {
  return typeof member === 'string' ? `: ${member}` : '';
}
