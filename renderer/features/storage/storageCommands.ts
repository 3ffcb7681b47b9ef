import { BrushCleaning } from 'lucide-react';
import type { Command } from '#renderer/commands/registry.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { showClean } from './storageState.ts';

/** Commands of the layer store. */
export const storageCommands: readonly Command[] = [
  {
    id: 'storage.clean',
    label: 'storage:cleanCommand',
    group: 'images',
    keywords: ['cache', 'prune', 'free', 'space', 'layers', 'disk'],
    icon: BrushCleaning,
    perform: () => {
      goToPage('storage');
      showClean(true);
    },
  },
];
