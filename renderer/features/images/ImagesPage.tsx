import { FileInput, Plus, Server } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Host } from '#core/contract/hosts.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { useText } from '#renderer/i18n/i18n.ts';
import { takeAction, useIsActionWanted } from '#renderer/state/actionRequest.ts';
import { currentHost, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { taken, usePullRequest } from '#renderer/state/pullRequest.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Chip } from '#renderer/ui/Chip.tsx';
import { EmptyState } from '#renderer/ui/EmptyState.tsx';
import { FilterBar } from '#renderer/ui/FilterBar.tsx';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { SplitPane } from '#renderer/ui/SplitPane.tsx';
import { AwayStrip } from './AwayHosts.tsx';
import { HostFeed } from './HostFeed.tsx';
import { ImageBrowser } from './ImageBrowser.tsx';
import { ImageDetailPane } from './ImageDetailPane.tsx';
import { ImageDialogs } from './ImageDialogs.tsx';
import type { ImageListSnapshot } from './imageList.ts';
import { imageChips } from './imageRow.ts';
import {
  emptyImportStart,
  emptyPullStart,
  imageListOf,
  imagesStore,
  mergedImages,
  selectedImages,
  showImagesDialog,
  useImages,
} from './imagesState.ts';
import { SelectionPane } from './SelectionPane.tsx';

/** The images of the host that is shown, or of all hosts: list, filter and detail. */
export function ImagesPage() {
  const text = useText('images');
  const host = useHosts(currentHost);
  const hosts = useHosts((state) => state.hosts);
  const wantsAll = useImages((state) => state.isAllHosts);
  if (host === null) {
    return <EmptyState icon={Server} title={text('noHost.title')} text={text('noHost.text')} />;
  }
  if (wantsAll && hosts.length > 1) return <AllImages key="all" host={host} hosts={hosts} />;
  return <HostImages key={host.id} host={host} hosts={hosts} />;
}

interface ListedProps {
  /** The host that pages show: where new images go. */
  readonly host: Host;
  /** All that there are. */
  readonly hosts: readonly Host[];
}

function HostImages({ host, hosts }: ListedProps) {
  const list = imageListOf(host.id);
  const snapshot = useSyncExternalStore(list.subscribe, list.getSnapshot);
  const shown = useMemo(() => [host], [host]);
  return (
    <Listed host={host} hosts={hosts} shown={shown} snapshot={snapshot}>
      <HostFeed host={host} isAlone />
    </Listed>
  );
}

function AllImages({ host, hosts }: ListedProps) {
  const list = mergedImages();
  const snapshot = useSyncExternalStore(list.subscribe, list.getSnapshot);
  useEffect(() => {
    list.setParts(hosts.map((each) => ({ list: imageListOf(each.id), isExpected: isReachable(each) })));
  }, [list, hosts]);
  return (
    <Listed host={host} hosts={hosts} shown={hosts} snapshot={snapshot}>
      <AwayStrip hosts={hosts} />
      {hosts.map((each) => (
        <HostFeed key={each.id} host={each} isAlone={false} />
      ))}
    </Listed>
  );
}

interface ListedPartProps extends ListedProps {
  /** Those whose images are listed. */
  readonly shown: readonly Host[];
  readonly snapshot: ImageListSnapshot;
  /** What stands between filter and list. */
  readonly children: ReactNode;
}

function Listed({ host, hosts, shown, snapshot, children }: ListedPartProps) {
  const text = useText('images');
  useTakenRequest();
  useWantedAction();
  return (
    <div className="flex h-full min-h-0 flex-col" data-page="images">
      <PageHeader title={text('title')} detail={<Counts shown={shown} snapshot={snapshot} />}>
        <CommandButton id="images.addFolder" />
        <Button
          icon={FileInput}
          onClick={() => showImagesDialog({ kind: 'import', start: emptyImportStart })}
        >
          {text('actions.import')}
        </Button>
        <Button
          tone="primary"
          icon={Plus}
          onClick={() => showImagesDialog({ kind: 'pull', start: emptyPullStart })}
        >
          {text('actions.pull')}
        </Button>
      </PageHeader>
      <Filter hasOthers={hosts.length > 1} />
      {children}
      <div className="min-h-0 flex-1 border-t border-line">
        <SplitPane
          id="images"
          secondSize={36}
          secondMinSize={22}
          first={<ImageBrowser shown={shown} snapshot={snapshot} />}
          second={<Detail snapshot={snapshot} />}
        />
      </div>
      <ImageDialogs host={host} />
    </div>
  );
}

/** Opens the pull dialog with what another page, or a drop, asks for; a file of this machine is imported. */
function useTakenRequest(): void {
  const request = usePullRequest((state) => state.request);
  useEffect(() => {
    if (request === null) return;
    showImagesDialog(
      request.reference.startsWith('/')
        ? {
            kind: 'import',
            start: { ...emptyImportStart, file: { path: request.reference, upload: null } },
          }
        : { kind: 'pull', start: { ...emptyPullStart, ...request } },
    );
    taken();
  }, [request]);
}

/** Opens the run dialog for the image that another page wants started. */
function useWantedAction(): void {
  const isWanted = useIsActionWanted();
  useEffect(() => {
    const request = isWanted ? takeAction() : null;
    if (request === null) return;
    const { hostId, path, verb, workspace } = request;
    attempt(async () => {
      const { image } = await client.images.detail({ hostId, path });
      showImagesDialog({ kind: 'action', image, verb, workspace });
    });
  }, [isWanted]);
}

function Filter({ hasOthers }: { readonly hasOthers: boolean }) {
  const text = useText('images');
  const filter = useImages(useShallow(({ text: words, chip, isAllHosts }) => ({ words, chip, isAllHosts })));
  return (
    <FilterBar
      value={filter.words}
      onChange={(value) => imagesStore.setState({ text: value })}
      placeholder={text('filter')}
      onKeyDown={goToGrid}
    >
      {hasOthers ? (
        <>
          <Chip
            isOn={filter.isAllHosts}
            onToggle={() => imagesStore.setState({ isAllHosts: !filter.isAllHosts })}
          >
            <Server aria-hidden className="size-3.5" strokeWidth={1.75} />
            {text('allHosts')}
          </Chip>
          <span aria-hidden className="h-4 w-px bg-line" />
        </>
      ) : null}
      {imageChips.map((chip) => (
        <Chip key={chip} isOn={filter.chip === chip} onToggle={() => imagesStore.setState({ chip })}>
          {text(`chips.${chip}`)}
        </Chip>
      ))}
      <span className="flex-1" />
      <CommandButton id="images.refresh" isIconOnly />
    </FilterBar>
  );
}

/** From the filter down into the list. */
function goToGrid(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
  event.preventDefault();
  event.currentTarget.closest('[data-page]')?.querySelector<HTMLElement>('[role="grid"]')?.focus();
}

function Counts({
  shown,
  snapshot,
}: {
  readonly shown: readonly Host[];
  readonly snapshot: ImageListSnapshot;
}) {
  const text = useText('images');
  const { count } = snapshot;
  const size = formatBytes(snapshot.sizeBytes);
  if (count === 0) return null;
  const isFiltered = snapshot.rows.length !== count;
  if (shown.length > 1) {
    const values = { count, hosts: shown.length, size, shown: snapshot.rows.length };
    return text(isFiltered ? 'detailAllFiltered' : 'detailAll', values);
  }
  const values = { count, host: shown[0]?.label ?? '', size };
  if (!snapshot.isReady) return text('detailLoading', values);
  if (!isFiltered) return text('detail', values);
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
