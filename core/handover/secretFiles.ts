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

/** Bytes of a private key, with certificates around it; larger files are not looked into. Whole KiB, as `find -size` rounds up. */
const keyLimitKib = 63;

/** The same of a file that others may read and that is called like any other: the longest keys in use have 13 KB. */
const plainKeyLimitKib = 16;

/** Ends of names of source code, what is made of it, and its texts: they are many, and none of them is a key. */
const sourceSuffixes = [
  'a c C cc cpp cxx f F f77 f90 F90 f95 for h H hh hpp hxx inc la m m4 mod o pc s S so y am cmake',
  'class jar java go rs py pyc pyi pyx whl r R Rd rda rds pl pm pod rb lua tcl el js mjs ts css html',
  'json xml yaml yml toml md rst tex mo po bz2 gz xz zip zst gif jpg png svg csv npy tsv',
].flatMap((line) => line.split(' '));

/** As an extended regular expression. */
const sourceEnd = `\\.(${sourceSuffixes.join('|')})`;
const hasSourceEnd = new RegExp(`${sourceEnd}$`);

/** As a test of find: a file that is known to hold tokens. */
export const tokenFileTest = tokenFiles
  .map((file) => (file.includes('/') ? `-path './${file}' -o -path '*/${file}'` : `-name '${file}'`))
  .join(' -o ');

const keyNameTest = [
  ...keyNames.starts.map((start) => `-name '${start}*'`),
  ...keyNames.ends.map((end) => `-name '*${end}'`),
].join(' -o ');

/**
 * As a test of find (with `-regextype posix-extended`): a file that has to be looked into for a private key. Those that are
 * closed to others, as ssh wants them, or that are called like one; and small ones that are called like nothing else.
 */
export const keyTest =
  `-type f -size +0 \\( -size -${plainKeyLimitKib + 1}k ! -regex '.*${sourceEnd}' -o ` +
  `-size -${keyLimitKib + 1}k \\( ! -perm /077 -o ${keyNameTest} \\) \\)`;

/** Options of grep: lines with which private keys begin; not always the first ones of a file. */
export const keyLines = "-e '^-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----' -e '^PuTTY-User-Key-File-'";

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

/** Whether a file has to be looked into for a private key, as `keyTest` says. */
export function mayHoldKey({ path, sizeBytes, mode }: ListedFile): boolean {
  if (sizeBytes === 0 || sizeBytes > keyLimitKib * 1024) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    (sizeBytes <= plainKeyLimitKib * 1024 && !hasSourceEnd.test(name)) ||
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
