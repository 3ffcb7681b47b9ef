import { Box, FileDiff, FlaskConical, Hammer, LockKeyhole, ShieldCheck, Signature } from 'lucide-react';
import type { Image } from '#core/contract/images.ts';
import type { Command } from '#renderer/commands/registry.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { openSandbox } from '#renderer/state/sandboxChoice.ts';
import {
  canPublish,
  canRun,
  isElsewhere,
  isInReach,
  onlySelected,
  runTest,
  showMade,
} from './imageActions.ts';
import { selectedImages } from './imagesState.ts';

/** Commands that hand the chosen images over to another feature. */
export const imageWorkCommands: readonly Command[] = [
  {
    id: 'images.compare',
    label: 'compare:commands.selected',
    group: 'images',
    keywords: ['diff', 'difference', 'packages'],
    icon: FileDiff,
    isEnabled: ({ page }) => page === 'images' && canCompare(),
    perform: () => openImageWork({ kind: 'compare', paths: selectedImages().map(({ path }) => path) }),
  },
  {
    id: 'images.sandbox',
    label: 'sandboxes:commands.show',
    group: 'images',
    keywords: ['writable', 'changes', 'snapshot', 'freeze'],
    icon: Box,
    isEnabled: ({ page }) => page === 'images' && isOne(({ format }) => format === 'sandbox'),
    perform: () => {
      const image = onlySelected();
      if (image !== null) openSandbox(image.hostId, image.path);
    },
  },
  {
    id: 'images.howMade',
    label: 'images:made.command',
    group: 'images',
    keywords: ['origin', 'provenance', 'definition', 'build', 'history'],
    icon: Hammer,
    isEnabled: ({ page }) => page === 'images' && onlySelected() !== null,
    perform: showMade,
  },
  {
    id: 'images.test',
    label: 'images:made.test.command',
    group: 'images',
    keywords: ['check', 'verify', '%test'],
    icon: FlaskConical,
    isEnabled: ({ page }) => page === 'images' && isOne(canRun),
    perform: async () => {
      const image = onlySelected();
      if (image !== null) await runTest(image);
    },
  },
  {
    id: 'images.verify',
    label: 'trust:commands.verify',
    group: 'images',
    keywords: ['signature', 'trust', 'key', 'tampered'],
    icon: ShieldCheck,
    isEnabled: ({ page }) => page === 'images' && isOne(canPublish),
    perform: open('verify'),
  },
  {
    id: 'images.sign',
    label: 'trust:commands.sign',
    group: 'images',
    keywords: ['signature', 'trust', 'key', 'pgp', 'pem'],
    icon: Signature,
    isEnabled: ({ page }) => page === 'images' && isOne(canPublish),
    perform: open('sign'),
  },
  {
    id: 'images.encrypt',
    label: 'trust:commands.encrypt',
    group: 'images',
    keywords: ['passphrase', 'pem', 'secret', 'gocryptfs'],
    icon: LockKeyhole,
    isEnabled: ({ page }) => page === 'images' && isOne(canEncrypt),
    perform: open('encrypt'),
  },
];

function isOne(isFit: (image: Image) => boolean): boolean {
  const image = onlySelected();
  return image !== null && isInReach(image) && isFit(image);
}

/** A SIF or a sandbox becomes an encrypted SIF. */
function canEncrypt({ format, isEncrypted }: Image): boolean {
  return (format === 'sif' && !isEncrypted) || format === 'sandbox';
}

function open(kind: 'verify' | 'sign' | 'encrypt'): () => void {
  return () => {
    const image = onlySelected();
    if (image !== null) openImageWork({ kind, image });
  };
}

/** One or two chosen images, both of this machine: the dialog asks for what is missing. */
function canCompare(): boolean {
  const images = selectedImages();
  const areFit = images.every((image) => !isElsewhere(image) && canRun(image));
  return areFit && images.length > 0 && images.length <= 2;
}
