import { FileDiff } from 'lucide-react';
import type { Command } from '#renderer/commands/registry.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { isElsewhere } from './imageActions.ts';
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
];

/** One or two chosen images, both of this machine: the dialog asks for what is missing. */
function canCompare(): boolean {
  const images = selectedImages();
  const areFit = images.every((image) => !isElsewhere(image) && image.format !== 'damaged');
  return areFit && images.length > 0 && images.length <= 2;
}
