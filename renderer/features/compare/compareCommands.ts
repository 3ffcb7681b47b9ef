import { ArrowLeftRight, Copy, Download, FileDiff } from 'lucide-react';
import { client } from '#renderer/api/client.ts';
import type { Command, CommandContext } from '#renderer/commands/registry.ts';
import { textOf } from '#renderer/i18n/i18n.ts';
import { openImageWork } from '#renderer/state/imageWork.ts';
import { goToPage } from '#renderer/state/layout.ts';
import { addNotice } from '#renderer/state/notices.ts';
import { saveTextFile } from '#renderer/ui/saveFile.ts';
import { compareStore, startComparison } from './compareState.ts';

const hasAnswer = ({ page }: CommandContext) =>
  page === 'compare' && compareStore.getState().answeredId !== null;

async function comparisonText(): Promise<string | null> {
  const taskId = compareStore.getState().answeredId;
  return taskId === null ? null : (await client.compare.text({ taskId })).text;
}

/** Commands of comparing two images. */
export const compareCommands: readonly Command[] = [
  {
    id: 'compare.open',
    label: 'compare:commands.open',
    group: 'images',
    keywords: ['diff', 'difference', 'packages', 'versions'],
    icon: FileDiff,
    perform: () => openImageWork({ kind: 'compare', paths: [] }),
  },
  {
    id: 'compare.swap',
    label: 'compare:commands.swap',
    group: 'images',
    keywords: ['diff', 'left', 'right', 'turn'],
    icon: ArrowLeftRight,
    isEnabled: hasAnswer,
    perform: async () => {
      const { paths } = compareStore.getState();
      if (paths !== null) await startComparison({ left: paths.right, right: paths.left });
    },
  },
  {
    id: 'compare.copy',
    label: 'compare:commands.copy',
    group: 'images',
    keywords: ['diff', 'clipboard', 'export'],
    icon: Copy,
    isEnabled: hasAnswer,
    perform: async () => {
      const text = await comparisonText();
      if (text === null) return;
      await navigator.clipboard.writeText(text);
      addNotice({
        tone: 'ok',
        title: textOf('compare:copied'),
        detail: null,
        taskId: null,
        report: null,
      });
    },
  },
  {
    id: 'compare.save',
    label: 'compare:commands.save',
    group: 'images',
    keywords: ['diff', 'export', 'download', 'file'],
    icon: Download,
    isEnabled: hasAnswer,
    perform: async () => {
      const text = await comparisonText();
      if (text !== null) saveTextFile(textOf('compare:fileName'), text);
    },
  },
  {
    id: 'frame.compare',
    label: 'compare:commands.go',
    group: 'go',
    keywords: ['diff', 'difference', 'page'],
    icon: FileDiff,
    perform: () => goToPage('compare'),
  },
];
