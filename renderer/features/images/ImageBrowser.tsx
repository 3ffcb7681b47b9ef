import { Box, SearchX } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { isReachable } from '#renderer/state/hosts.ts';
import { useTasks } from '#renderer/state/tasks.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ContextMenu } from '#renderer/ui/Menu.tsx';
import { SkeletonRows } from '#renderer/ui/SkeletonRows.tsx';
import { AwayHost } from './AwayHosts.tsx';
import { ImageTable } from './ImageTable.tsx';
import { imageMenu } from './imageActions.ts';
import type { ImageListSnapshot } from './imageList.ts';
import {
  emptyImportStart,
  emptyPullStart,
  imagesStore,
  type PullStart,
  selectedImages,
  setSelection,
  showImagesDialog,
  useImages,
} from './imagesState.ts';
import { useImageVerdicts } from './imageVerdicts.ts';
import { totalBytes } from './imageWords.ts';
import { PullRows } from './PullRows.tsx';
import { pullsOf } from './pullRows.ts';
import { rowHosts } from './rowHosts.ts';

export interface ImageBrowserProps {
  /** The hosts whose images are listed. */
  readonly shown: readonly Host[];
  readonly snapshot: ImageListSnapshot;
}

/** A reference that arrives within seconds, for a first try. */
const smallReference = 'docker://alpine:3.20';

/** The list of images with the pulls above it, and what stands there when there is nothing to list. */
export function ImageBrowser({ shown, snapshot }: ImageBrowserProps) {
  const text = useText('images');
  const page = useRef<HTMLDivElement>(null);
  const { sort, selection } = useImages(
    useShallow((state) => ({ sort: state.sort, selection: state.selection })),
  );
  const pulls = useTasks(useShallow((state) => pullsOf(state.tasks, shown)));
  const hosts = useMemo(() => rowHosts(shown), [shown]);
  const verdicts = useImageVerdicts(shown);
  const chosen = selectedImages(selection);

  /** Enter goes on into the detail of the image. */
  function openDetail() {
    const detail = page.current?.closest('[data-page]')?.querySelector<HTMLElement>('[data-detail-start]');
    detail?.focus();
  }

  return (
    <div ref={page} className="h-full">
      <ContextMenu entries={chosen.length === 0 ? emptyMenu() : commandEntries(imageMenu)}>
        <div className="h-full">
          <ImageTable
            rows={snapshot.rows}
            view={snapshot.view}
            sort={sort}
            onSort={(next) => imagesStore.setState({ sort: next })}
            selection={selection}
            onSelect={setSelection}
            onOpen={openDetail}
            hosts={hosts}
            verdicts={verdicts}
            hasHostColumn={shown.length > 1}
            isBusy={!snapshot.isReady && shown.some(isReachable)}
            pinned={pulls.length === 0 ? null : <PullRows pulls={pulls} hasHosts={shown.length > 1} />}
            pinnedCount={pulls.length}
            placeholder={<Placeholder shown={shown} snapshot={snapshot} hasPulls={pulls.length > 0} />}
          />
        </div>
      </ContextMenu>
      <p role="status" className="sr-only">
        {chosen.length > 1
          ? text('selectedStatus', { count: chosen.length, size: formatBytes(totalBytes(chosen)) })
          : ''}
      </p>
    </div>
  );
}

/** Where nothing is chosen, the menu has what the page itself offers. */
function emptyMenu() {
  return commandEntries(['images.pull', 'images.import', 'images.addFolder', 'separator', 'images.refresh']);
}

function Placeholder({ shown, snapshot, hasPulls }: ImageBrowserProps & { readonly hasPulls: boolean }) {
  const text = useText('images');
  const [host] = shown;
  const isAlone = shown.length === 1;
  if (snapshot.count > 0) {
    return (
      <EmptyState
        icon={SearchX}
        title={text('nothing.title')}
        text={
          isAlone
            ? text('nothing.text', { count: snapshot.count, host: host?.label ?? '' })
            : text('nothingAll', { count: snapshot.count })
        }
      >
        <Button onClick={() => imagesStore.setState({ text: '', chip: 'all' })}>
          {text('nothing.clear')}
        </Button>
      </EmptyState>
    );
  }
  if (isAlone && host !== undefined && !isReachable(host)) return <AwayHost host={host} />;
  if (!snapshot.isReady) return <SkeletonRows label={text('loading')} />;
  return hasPulls ? null : <NoImages snapshot={snapshot} />;
}

function NoImages({ snapshot }: { readonly snapshot: ImageListSnapshot }) {
  const text = useText('images');
  const pull = (change: Partial<PullStart>) =>
    showImagesDialog({ kind: 'pull', start: { ...emptyPullStart, ...change } });
  const folders = snapshot.folders.map((folder) => folder.path).join(', ');
  return (
    <EmptyState
      icon={Box}
      title={text('empty.title')}
      text={
        <>
          {text('empty.text')}
          {folders === '' ? null : (
            <span className="mt-2 block [overflow-wrap:anywhere] text-ink-3">
              {text('empty.folders', { count: snapshot.folders.length, folders })}
            </span>
          )}
        </>
      }
    >
      <Button onClick={() => pull({})}>{text('actions.pullLong')}</Button>
      <Button onClick={() => showImagesDialog({ kind: 'import', start: emptyImportStart })}>
        {text('actions.import')}
      </Button>
      <Button onClick={() => pull({ reference: smallReference })}>
        {text('empty.example', { reference: smallReference })}
      </Button>
    </EmptyState>
  );
}
