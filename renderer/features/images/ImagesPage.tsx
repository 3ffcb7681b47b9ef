import { Plus, Server } from 'lucide-react';
import { type KeyboardEvent, useEffect, useState, useSyncExternalStore } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { Host } from '#core/contract/hosts.ts';
import type { ImageEvent } from '#core/contract/images.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { useFollow } from '#renderer/api/follow.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { currentHost, useHosts } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Chip } from '#renderer/ui/Chip.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { FilterBar } from '#renderer/ui/FilterBar.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { FolderProblems } from './FolderProblems.tsx';
import { ImageBrowser } from './ImageBrowser.tsx';
import { ImageDetailPane } from './ImageDetailPane.tsx';
import { ImageDialogs } from './ImageDialogs.tsx';
import type { ImageListSnapshot } from './imageList.ts';
import { imageChips } from './imageRow.ts';
import {
  emptyPullStart,
  imageListOf,
  imagesStore,
  selectedImages,
  showImagesDialog,
  useImages,
} from './imagesState.ts';
import { watchImages } from './imageWatch.ts';
import { SelectionPane } from './SelectionPane.tsx';

/** The images of the host that is shown: list, filter and detail. */
export function ImagesPage() {
  const text = useText('images');
  const host = useHosts(currentHost);
  if (host === null) {
    return <EmptyState icon={Server} title={text('noHost.title')} text={text('noHost.text')} />;
  }
  return <HostImages key={host.id} host={host} />;
}

function HostImages({ host }: { readonly host: Host }) {
  const text = useText('images');
  const { snapshot, failure, followAgain } = useImageList(host);
  const filter = useImages(useShallow((state) => ({ text: state.text, chip: state.chip })));
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="images">
      <PageHeader title={text('title')} detail={<Counts host={host} snapshot={snapshot} />}>
        <CommandButton id="images.addFolder" />
        <CommandButton id="images.addFile" />
        <Button
          tone="primary"
          icon={Plus}
          onClick={() => showImagesDialog({ kind: 'pull', start: emptyPullStart })}
        >
          {text('actions.pull')}
        </Button>
      </PageHeader>
      <FilterBar
        value={filter.text}
        onChange={(value) => imagesStore.setState({ text: value })}
        placeholder={text('filter')}
        onKeyDown={goToGrid}
      >
        {imageChips.map((chip) => (
          <Chip key={chip} isOn={filter.chip === chip} onToggle={() => imagesStore.setState({ chip })}>
            {text(`chips.${chip}`)}
          </Chip>
        ))}
        <span className="flex-1" />
        <CommandButton id="images.refresh" isIconOnly />
      </FilterBar>
      {failure === null ? null : (
        <div className="px-3 pb-2">
          <ErrorNotice report={failure} action={<Button onClick={followAgain}>{text('readAgain')}</Button>} />
        </div>
      )}
      <FolderProblems hostId={host.id} folders={snapshot.folders} />
      <div className="min-h-0 flex-1 border-t border-line">
        <SplitPane
          id="images"
          secondSize={36}
          secondMinSize={22}
          first={<ImageBrowser host={host} snapshot={snapshot} />}
          second={<Detail snapshot={snapshot} />}
        />
      </div>
      <ImageDialogs host={host} />
    </div>
  );
}

/** From the filter down into the list. */
function goToGrid(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
  event.preventDefault();
  event.currentTarget.closest('[data-page]')?.querySelector<HTMLElement>('[role="grid"]')?.focus();
}

/** Feeds the list of a host while the page is there, and keeps it arranged as the person wants. */
function useImageList(host: Host): {
  readonly snapshot: ImageListSnapshot;
  /** Why core gives no list. */
  readonly failure: ErrorReport | null;
  readonly followAgain: () => void;
} {
  const list = imageListOf(host.id);
  const view = useImages(useShallow(({ text, chip, sort }) => ({ text, chip, sort })));
  const hostArchitecture = host.facts?.architecture ?? null;
  const [attempt, setAttempt] = useState(0);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  useFollow<ImageEvent>(`${host.id} ${attempt}`, {
    open: (signal) => watchImages(host.id, signal),
    onEvent: (event) => {
      setFailure(null);
      list.apply(event);
    },
    onFailure: setFailure,
  });
  useEffect(() => {
    const { text, chip, sort } = view;
    list.setView({ sort, filter: { text, chip, hostArchitecture } });
  }, [list, view, hostArchitecture]);
  const snapshot = useSyncExternalStore(list.subscribe, list.getSnapshot);
  return { snapshot, failure, followAgain: () => setAttempt(attempt + 1) };
}

function Counts({ host, snapshot }: { readonly host: Host; readonly snapshot: ImageListSnapshot }) {
  const text = useText('images');
  const { count } = snapshot;
  const values = { count, host: host.label, size: formatBytes(snapshot.sizeBytes) };
  if (count === 0) return null;
  if (!snapshot.isReady) return text('detailLoading', values);
  if (snapshot.rows.length === count) return text('detail', values);
  return text('detailFiltered', { ...values, shown: snapshot.rows.length });
}

/** What is chosen: one image in full, several as a sum, nothing when the list has nothing. */
function Detail({ snapshot }: { readonly snapshot: ImageListSnapshot }) {
  const text = useText('images');
  const selection = useImages((state) => state.selection);
  const images = selectedImages(selection);
  const [first] = images;
  if (images.length > 1) return <SelectionPane images={images} />;
  if (first !== undefined) return <ImageDetailPane image={first} />;
  return (
    <aside aria-label={text('detailPane.nothing')} className="grid h-full place-items-center bg-panel p-6">
      <p className="max-w-60 text-center text-small text-pretty text-ink-3">
        {text(snapshot.count === 0 ? 'detailPane.empty' : 'detailPane.none')}
      </p>
    </aside>
  );
}
