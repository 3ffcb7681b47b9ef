import type { HostPath } from '#core/contract/hostPath.ts';
import type { Encryption } from '#core/contract/trust.ts';
import type { Host } from '#core/hosts/host.ts';
import type { Runtime } from '#core/runtime/action.ts';
import { dataType, primaryPartition } from '#core/sif/descriptor.ts';
import { openImage } from './sifFile.ts';

interface EncryptionRoom {
  readonly runtime: Runtime;
  readonly isRoot: boolean;
}

/** File system codes of the primary partition. Source: sif pkg/sif/sif.go `FsEncryptedSquashfs`, `FsGocryptfsSquashfs`. */
const kinds: Readonly<Record<number, Encryption['kind']>> = { 5: 'dm-crypt', 6: 'gocryptfs' };
/** Source: cryptsetup's "LUKS1 on-disk format". */
const luksMagic = Buffer.from('LUKS\xba\xbe', 'latin1');

/** How an image is encrypted, what opens it and whether this host can, from the image's own table and first bytes. */
export async function encryptionOf(
  host: Host,
  path: HostPath,
  /** Asked for an encrypted image alone: most are not, and are to start without a delay. */
  openRoom: () => Promise<EncryptionRoom>,
): Promise<Encryption> {
  const { descriptors } = await openImage(host, path);
  const partition = primaryPartition(descriptors);
  const claimed = kinds[partition?.partition?.fileSystem ?? 0] ?? 'none';
  if (partition === null || claimed === 'none')
    return {
      kind: 'none',
      opens: null,
      runsHere: { isPossible: true, text: 'It needs no key.' },
      text: 'It is not encrypted: whoever can read the file can read what is in it.',
    };
  const start = await host.files.read(path, partition.offset, luksMagic.length);
  const kind = luksMagic.equals(start) ? 'dm-crypt' : claimed;
  // The passphrase itself, encrypted for a PEM key, lies beside the partition.
  const hasPem = descriptors.some(
    ({ type, link }) =>
      type === dataType.cryptographicMessage && link?.isGroup === false && link.id === partition.id,
  );
  const opens = hasPem ? 'pem' : 'passphrase';
  return { kind, opens, runsHere: runsHere(await openRoom(), kind), text: words(kind, opens) };
}

function words(kind: 'gocryptfs' | 'dm-crypt', opens: 'pem' | 'passphrase'): string {
  const how = kind === 'gocryptfs' ? 'with gocryptfs, without root' : 'with dm-crypt (LUKS), by root';
  const what = opens === 'pem' ? 'the PEM private key that belongs to it' : 'its passphrase';
  return `Its file system is encrypted ${how}; ${what} opens it. Definition, labels and names of objects can be read by everybody.`;
}

/** Sources: apptainer internal/pkg/image/driver (gocryptfs), the runtime's own words (`stderrRulesImage.ts`). */
function runsHere(
  { runtime, isRoot }: EncryptionRoom,
  kind: 'gocryptfs' | 'dm-crypt',
): Encryption['runsHere'] {
  const { dialect } = runtime;
  if (kind === 'dm-crypt')
    return isRoot || dialect.isSetuid === true
      ? { isPossible: true, text: 'This host can open it: as root, or by its setuid installation.' }
      : {
          isPossible: false,
          text: 'It was encrypted by root: only root or a setuid installation can open it, and this host has neither.',
        };
  if (!dialect.features.rootlessEncryption)
    return {
      isPossible: false,
      text: 'Only Apptainer 1.3 or newer can open it; this host has another runtime.',
    };
  if (isRoot)
    return { isPossible: false, text: 'Apptainer opens it for ordinary users alone, not for root itself.' };
  return { isPossible: true, text: 'This host can open it.' };
}

/** Why a host cannot encrypt; null when it can. */
export function whyNotEncrypt({ runtime, isRoot }: EncryptionRoom): string | null {
  if (isRoot || runtime.dialect.features.rootlessEncryption) return null;
  return 'Without root only Apptainer 1.3 or newer encrypts, and this host has another runtime';
}
