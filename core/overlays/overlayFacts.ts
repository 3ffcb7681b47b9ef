import type { Overlay, OverlayHolder } from '#core/contract/overlays.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { Host } from '#core/hosts/host.ts';
import { type Argument, commandSpec } from '#core/runtime/commandSpec.ts';
import { parseOwner } from '#core/runtime/overlay.ts';
import { parseExt3, superblockBytes, superblockOffset } from '#core/sif/ext3.ts';
import type { OverlayPlace } from './overlayPlace.ts';

/** What is seen of an overlay, and what tells two states of its file apart. */
export interface OverlayFacts {
  readonly place: OverlayPlace;
  readonly overlay: Overlay;
  /** Inode, size and times of the file: another text means that somebody changed it. */
  readonly state: string;
  /** An old container image with its programs in ext3: no overlay, though it has its format. */
  readonly isImage: boolean;
}

/**
 * Pairs PATH OFFSET. For each: facts of the file, and what debugfs says of its top folder (`upper`); then who has one
 * of them open, by the files that processes of this user have open, and by the locks of all. Files are opened by the
 * shell, because a `?` in a name means options to e2fsprogs.
 */
const factsScript = String.raw`
PATH=$PATH:/usr/sbin:/sbin
echo "uid $(id -u)"
inodes=
while [ $# -gt 0 ]; do
  facts=$(stat -L -c '%d %i %s %b %B %Y %Z' -- "$1" 2>/dev/null) || facts='0 0 0 0 0 0 0'
  echo "stat $facts"
  options=
  [ "$2" = - ] || options="?offset=$2"
  if ! command -v debugfs >/dev/null; then
    echo "owner missing"
  elif said=$(debugfs -R 'stat /upper' "/dev/fd/3$options" 3<"$1" 2>/dev/null) && [ -n "$said" ]; then
    echo "owner $(printf %s "$said" | grep '^User:' | head -n 1)"
  elif [ -n "$(debugfs -R 'stat /bin' "/dev/fd/3$options" 3<"$1" 2>/dev/null)" ]; then
    echo "owner image"
  else
    echo "owner none"
  fi
  inode=${'$'}{facts#* }
  inodes="$inodes -e :${'$'}{inode%% *}:"
  shift 2
done
[ -n "$inodes" ] || exit 0
find -L /proc/[0-9]*/fd -mindepth 1 -maxdepth 1 -type f -printf ':%i:%D %p\n' 2>/dev/null | grep -F $inodes | head -n 1000 |
  while read -r where link; do
    process=${'$'}{link#/proc/}
    process=${'$'}{process%%/*}
    # One of our own that looks at the same moment, or gone meanwhile: nobody to wait for.
    tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | grep -q '^MYSINGULARITY_LOOKS=' && continue
    [ -d "/proc/$process" ] || continue
    flags=$(sed -n 's/^flags:[[:space:]]*//p' "/proc/$process/fdinfo/${'$'}{link##*/}" 2>/dev/null)
    echo "open $where $process ${'$'}{flags:-0} $(stat -c %U "/proc/$process" 2>/dev/null) $(head -c 64 "/proc/$process/comm" 2>/dev/null)"
  done
sed -n 's/^[0-9]*: \([A-Z]*\)  *[A-Z]*  *\([A-Z]*\) \(-*[0-9]*\) \([0-9a-f]*:[0-9a-f]*:[0-9]*\) .*/lock \4 \2/p' /proc/locks 2>/dev/null | head -n 10000
:
`;

interface Open {
  readonly file: string;
  readonly holder: OverlayHolder;
}

/** In the order of the places. One round trip for the file systems, one for everything else. */
export async function readFacts(
  host: Host,
  places: readonly OverlayPlace[],
): Promise<readonly OverlayFacts[]> {
  if (places.length === 0) return [];
  const superblocks = await host.files.readMany(
    places.map(({ path, offset }) => ({
      path,
      offset: (offset ?? 0) + superblockOffset,
      length: superblockBytes,
    })),
  );
  const words: readonly Argument[] = places.flatMap(({ path, offset }) => [
    { path },
    offset === null ? '-' : String(offset),
  ]);
  const spec = commandSpec('/bin/sh', ['-c', factsScript, 'mysingularity', ...words], {
    purpose: 'Look at overlays and who has them open',
    environment: { LC_ALL: 'C', MYSINGULARITY_LOOKS: 'yes' },
  });
  const { exitStatus, stdout, stderr } = await host.run(spec, { isQuiet: true, keepBytes: 8 * 1024 * 1024 });
  if (exitStatus !== 0)
    throw workbenchError('internal', {}, { hostId: host.id, evidence: stderr, exitStatus });
  const lines = stdout.split('\n');
  const uid = Number(/^uid (\d+)$/m.exec(stdout)?.[1] ?? Number.NaN);
  const stats = lines.filter((line) => line.startsWith('stat ')).map((line) => line.slice(5).split(' '));
  const owners = lines.filter((line) => line.startsWith('owner ')).map((line) => line.slice(6));
  const opened = lines.flatMap(readOpen);
  const locks = lines.flatMap(readLock);
  return places.map((place, index) => {
    const [device = '0', inode = '0', , blocks = '0', blockBytes = '512'] = stats[index] ?? [];
    const file = `${device}:${inode}`;
    const bytes = superblocks[index] ?? null;
    const system = bytes === null ? null : parseExt3(bytes);
    const owner = parseOwner(owners[index] ?? '');
    const mine = opened.filter((one) => one.file === file).map(({ holder }) => holder);
    const locked = locks.filter((lock) => lock.file === file);
    const holders = withLocks(unique(mine), locked);
    const isWritten = holders.some(({ isWriting }) => isWriting);
    return {
      place,
      state: (stats[index] ?? []).join(' '),
      isImage: owners[index] === 'image',
      overlay: {
        hostId: host.id,
        path: place.path,
        isEmbedded: place.offset !== null,
        sizeBytes: system?.sizeBytes ?? 0,
        allocatedBytes: place.offset === null ? Number(blocks) * Number(blockBytes) : null,
        usedBytes: system?.usedBytes ?? null,
        ownerId: owner,
        isOwn: owner === null || Number.isNaN(uid) ? null : owner === uid,
        wasUnmountedInOrder: system === null || isWritten ? null : system.isClean,
        holders,
        problem: problemOf(system !== null, owners[index] ?? ''),
      },
    };
  });
}

function problemOf(hasSystem: boolean, owner: string): string | null {
  if (!hasSystem) return 'Its file system could not be read.';
  if (owner === 'missing') return 'Its owner could not be read: this host has no debugfs (e2fsprogs).';
  if (owner === 'none') return 'It has no top folder yet, or its file system is damaged.';
  return null;
}

/** `open :INODE:DEVICE PID FLAGS USER COMMAND`. */
function readOpen(line: string): readonly Open[] {
  const found = /^open :(\d+):(\d+) (\d{1,10}) ([0-7]{1,12}) (\S*) (.*)$/.exec(line);
  if (found === null || found[5] === '') return [];
  const [, inode = '', device = '', process = '', flags = '', user = '', command = ''] = found;
  const accessMode = Number.parseInt(flags, 8) & 3;
  return [
    {
      file: `${device}:${inode}`,
      holder: { processId: Number(process), user, command, isWriting: accessMode !== 0 },
    },
  ];
}

/** `lock MAJOR:MINOR:INODE READ|WRITE`, hexadecimal numbers of the device. */
function readLock(line: string): readonly { readonly file: string; readonly isWriting: boolean }[] {
  const found = /^lock ([0-9a-f]+):([0-9a-f]+):(\d+) ([A-Z]+)$/.exec(line);
  if (found === null) return [];
  const [major, minor] = [Number.parseInt(found[1] ?? '', 16), Number.parseInt(found[2] ?? '', 16)];
  // As stat shows it: makedev(3) of the GNU C library.
  const device =
    (BigInt(minor) & 0xffn) |
    ((BigInt(major) & 0xfffn) << 8n) |
    ((BigInt(minor) & ~0xffn) << 12n) |
    ((BigInt(major) & ~0xfffn) << 32n);
  return [{ file: `${device}:${found[3] ?? ''}`, isWriting: found[4] === 'WRITE' }];
}

/** A process has a file open several times. */
function unique(holders: readonly OverlayHolder[]): readonly OverlayHolder[] {
  const byProcess = new Map<number | null, OverlayHolder>();
  for (const holder of holders) {
    const before = byProcess.get(holder.processId);
    byProcess.set(holder.processId, {
      ...holder,
      isWriting: holder.isWriting || before?.isWriting === true,
    });
  }
  return [...byProcess.values()];
}

/** A lock that none of this user's processes explains is somebody else's. */
function withLocks(
  holders: readonly OverlayHolder[],
  locks: readonly { readonly isWriting: boolean }[],
): OverlayHolder[] {
  if (holders.length > 0 || locks.length === 0) return [...holders];
  return [{ processId: null, user: '', command: '', isWriting: locks.some(({ isWriting }) => isWriting) }];
}
