import type { AdoptInput } from '#core/contract/handover.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { Host } from '#core/hosts/host.ts';
import { commandSpec } from '#core/runtime/commandSpec.ts';
import { layeredItems } from '#core/workspaces/preflightLayered.ts';
import type { HandoverMeans } from './handoverMeans.ts';

/** The file system of a folder, or of the nearest one above it that is there; whether unshare maps users. */
const placeScript = `p=$1; while [ ! -d "$p" ] && [ "$p" != "\${p%/*}" ]; do p=\${p%/*}; done
stat -f -c %T -- "\${p:-/}"; unshare --help 2>/dev/null | grep -c -e --map-user=; :`;

/** The form that an adopted workspace has, and why. */
export interface AdoptForm {
  readonly form: 'over' | 'unpacked';
  readonly sentence: string;
  /** Why `over` would not open here; null where it would. */
  readonly hindrance: string | null;
}

/** `over` where it can be and nothing else is said: at once, and without another copy of each file. */
export async function adoptForm(
  { hosts }: Pick<HandoverMeans, 'hosts'>,
  host: Host,
  { parent, wanted }: { readonly parent: HostPath; readonly wanted: AdoptInput['form'] },
): Promise<AdoptForm> {
  const [squashfuse, fuse, overlay, outcome] = await Promise.all([
    hosts.fact(host.id, 'has.squashfuse'),
    hosts.fact(host.id, 'fuse'),
    hosts.fact(host.id, 'userOverlayTest'),
    host.run(
      commandSpec('/bin/sh', ['-c', placeScript, 'mysingularity', { path: parent }], {
        purpose: 'Look at the file system of a folder',
      }),
      { isQuiet: true },
    ),
  ]);
  const [fileSystem = '', mapUser = ''] = outcome.stdout.split('\n');
  const canOverlay = overlay === null ? null : overlay.includes('works');
  const items = layeredItems({
    fileSystem: fileSystem === '' ? null : fileSystem,
    hasUserNamespaces: canOverlay === true ? true : null,
    canMapUser: /^\d+$/.test(mapUser) ? mapUser !== '0' : null,
    hasSquashfuse: squashfuse !== null && (fuse === null || fuse === 'open'),
    hasKernelOverlay: canOverlay,
  });
  const hindrance = items[0]?.sentence ?? null;
  if (wanted === 'unpacked')
    return { form: 'unpacked', sentence: 'Its files are unpacked, as you chose.', hindrance };
  if (hindrance !== null && wanted === null)
    return { form: 'unpacked', sentence: `Its files are unpacked. ${hindrance}`, hindrance };
  return {
    form: 'over',
    sentence:
      wanted === 'over'
        ? 'It is ready at once and stays packed: the packed file lies below, and what you write lies above it.'
        : 'It is ready at once over the packed file. A running workbench then unpacks it in the background, where there is room.',
    hindrance,
  };
}
