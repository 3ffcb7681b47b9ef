/** Files that are known to hold tokens, by the end of their path. */
const tokenFiles = [
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.git-credentials',
  '.vault-token',
  '.my.cnf',
  '.docker/config.json',
  '.singularity/docker-config.json',
  '.apptainer/docker-config.json',
  '.singularity/remote.yaml',
  '.apptainer/remote.yaml',
  '.config/containers/auth.json',
  '.config/gh/hosts.yml',
  '.config/git/credentials',
  '.config/rclone/rclone.conf',
  '.aws/credentials',
  '.azure/accessTokens.json',
  '.kube/config',
  '.huggingface/token',
  '.cache/huggingface/token',
  '.s3cfg',
] as const;

/** Names that private keys often have, whatever their mode. */
const keyNames = { starts: ['id_'], ends: ['.pem', '.key', '_rsa', '_ed25519', '.ppk'] } as const;

/** Bytes of a private key; larger files are not looked into. Whole KiB, as `find -size` rounds up. */
const keyLimitBytes = 63 * 1024;

/** As a test of find: a file that is known to hold tokens. */
export const tokenFileTest = tokenFiles
  .map((file) => (file.includes('/') ? `-path './${file}' -o -path '*/${file}'` : `-name '${file}'`))
  .join(' -o ');

/** As a test of find: a file that is called like a private key. */
export const keyNameTest = [
  ...keyNames.starts.map((start) => `-name '${start}*'`),
  ...keyNames.ends.map((end) => `-name '*${end}'`),
].join(' -o ');

/** Options of grep: lines with which private keys begin. */
export const keyLines = "-e '^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----' -e '^PuTTY-User-Key-File-'";

/** What a listing tells of a file. The path is below a tree. */
export interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Permission bits, `644`. */
  readonly mode: string;
}

/** Whether a file is known to hold tokens, as the find over a tree sees it. */
export function isTokenFile({ path, sizeBytes }: ListedFile): boolean {
  return sizeBytes > 0 && tokenFiles.some((file) => path === file || path.endsWith(`/${file}`));
}

/** Whether a file has to be looked into for a private key: ssh refuses those that others may read. */
export function mayHoldKey({ path, sizeBytes, mode }: ListedFile): boolean {
  if (sizeBytes === 0 || sizeBytes > keyLimitBytes) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    (Number.parseInt(mode, 8) & 0o077) === 0 ||
    keyNames.starts.some((start) => name.startsWith(start)) ||
    keyNames.ends.some((end) => name.endsWith(end))
  );
}

/** What a file that holds tokens is called on screen; the name is that of the file. */
export function tokenDetail(name: string): string {
  return `${name} usually holds passwords or tokens`;
}
export const keyDetail = 'A private key';
