import type { Image } from '#core/contract/images.ts';
import type { ActionOptions } from '#core/contract/runtime.ts';
import { client } from '#renderer/api/client.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { hostOf, hostsStore, isReachable } from '#renderer/state/hosts.ts';
import { attempt, tell } from '#renderer/state/notices.ts';
import { openTerminal } from '#renderer/state/terminals.ts';
import { imagesStore, selectedImages, showImagesDialog } from './imagesState.ts';

/** What a plain shell starts with. The contract's own default would bring its schemas into this chunk. */
const plainOptions: ActionOptions = {
  binds: [],
  environment: [],
  gpu: 'none',
  isWritableTmpfs: false,
  isolation: 'host',
};

/** Commands of an image's menus, by id. */
export const imageMenu: readonly (string | 'separator')[] = [
  'images.shell',
  'images.shellOptions',
  'images.run',
  'images.exec',
  'images.workspace',
  'images.sandbox',
  'separator',
  'images.send',
  'images.publish',
  'images.compare',
  'separator',
  'images.howMade',
  'images.test',
  'separator',
  'images.verify',
  'images.sign',
  'images.encrypt',
  'separator',
  'images.copyPath',
  'images.copyHostPath',
  'images.copyCommand',
  'separator',
  'images.rename',
  'images.delete',
];

/** The one chosen image, or null where none or several are chosen. */
export function onlySelected(): Image | null {
  const images = selectedImages();
  return images.length === 1 ? (images[0] ?? null) : null;
}

/** Opens a shell in an image, as the runtime does by itself; an encrypted one is asked its key for first. */
export function openShell(image: Image): void {
  if (image.isEncrypted) showImagesDialog({ kind: 'action', image, verb: 'shell' });
  else attempt(() => openTerminal({ kind: 'container', action: shellAction(image) }));
}

/** Puts the command line of a plain shell on the clipboard. */
export async function copyShellCommand(image: Image): Promise<void> {
  const { hostId, path } = image;
  const isAsked = image.isEncrypted && (await client.trust.encryptionOf({ hostId, path })).opens !== 'pem';
  const { command } = await client.images.previewAction({
    ...shellAction(image),
    opensWith: isAsked ? { type: 'passphrase' } : undefined,
  });
  await navigator.clipboard.writeText(command);
  tell(textOf('images:copied.command'));
}

/** Puts the paths of images on the clipboard, one a line. */
export function copyPaths(images: readonly Image[]): void {
  attempt(async () => {
    await navigator.clipboard.writeText(images.map((image) => image.path).join('\n'));
    tell(textOf(`images:copied.paths_${images.length === 1 ? 'one' : 'other'}`, { count: images.length }));
  });
}

/** Puts `host:path` of images on the clipboard, as scp and rsync take it, one a line. */
export function copyHostPaths(images: readonly Image[]): void {
  attempt(async () => {
    const words = images.map((image) => `${destinationOf(image)}:${image.path}`);
    await navigator.clipboard.writeText(words.join('\n'));
    tell(textOf(`images:copied.paths_${images.length === 1 ? 'one' : 'other'}`, { count: images.length }));
  });
}

function destinationOf(image: Image): string {
  return hostOf(hostsStore.getState(), image.hostId)?.preferences?.destination ?? image.hostId;
}

/** Whether an image is on another host than core's own machine. */
export function isElsewhere(image: Image): boolean {
  return hostOf(hostsStore.getState(), image.hostId)?.kind === 'ssh';
}

/** Whether the host of an image can be asked now. */
export function isInReach(image: Image): boolean {
  const host = hostOf(hostsStore.getState(), image.hostId);
  return host !== null && isReachable(host);
}

/** Whether an image can be sent to another host: a whole file of this machine. A sandbox is a folder. */
export function canSend(image: Image): boolean {
  return !isElsewhere(image) && image.format !== 'sandbox' && image.format !== 'damaged';
}

/** Whether there is a system in it that can be started. */
export function canRun(image: Image): boolean {
  return image.format !== 'damaged' && image.format !== 'workspace';
}

/** Whether an image can be pushed to a registry, signed and verified: a whole SIF, of any host. */
export function canPublish(image: Image): boolean {
  return image.format === 'sif' || image.format === 'oci-sif' || image.format === 'workspace';
}

/** Reads the image folders of the hosts that are shown again. */
export async function refreshImages(): Promise<void> {
  const { hosts, currentId } = hostsStore.getState();
  const { isAllHosts } = imagesStore.getState();
  const shown = hosts.filter((host) => isReachable(host) && (isAllHosts || host.id === currentId));
  await Promise.all(shown.map((host) => client.images.refresh({ hostId: host.id })));
}

/** Puts the keyboard into the page's filter. */
export function focusFilter(): void {
  document.querySelector<HTMLInputElement>('[data-page="images"] search input')?.select();
}

/** Runs the test of an image, and shows how that goes beside the list. */
export async function runTest({ hostId, path }: Image): Promise<void> {
  await client.builds.test({ hostId, path });
  showMade();
}

/** Shows how the chosen image was made. */
export function showMade(): void {
  imagesStore.setState({ tab: 'made', isDetailShown: true });
}

/** Asks before the chosen images are deleted. */
export function askDelete(): void {
  const images = selectedImages();
  if (images.length > 0) showImagesDialog({ kind: 'delete', images });
}

function shellAction(image: Image) {
  return {
    hostId: image.hostId,
    path: image.path,
    verb: 'shell' as const,
    options: plainOptions,
    args: [],
    workspace: null,
  };
}
