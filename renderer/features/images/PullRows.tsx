// biome-ignore-all lint/a11y/useSemanticElements: rows of the images' grid, see ImageTable
// biome-ignore-all lint/a11y/useFocusableInteractive: the buttons in the rows take the focus
import {
  ChevronDown,
  ChevronRight,
  CircleX,
  CloudDownload,
  CloudOff,
  CloudUpload,
  FileInput,
  type LucideIcon,
  RotateCw,
  X,
} from 'lucide-react';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { formatBytes, formatDuration, formatRate } from '#core/contract/quantity.ts';
import type { Progress, ProgressPart, Task } from '#core/contract/tasks.ts';
import { client } from '#renderer/api/client.ts';
import { runErrorAction } from '#renderer/commands/errorActions.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, hostOf, isConnecting, isReachable, useHosts } from '#renderer/state/hosts.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { HostLabel } from '#renderer/ui/HostLabel.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { ProgressBar } from '#renderer/ui/ProgressBar.tsx';
import { barPieces, progressOf } from './pullRows.ts';

export interface PullRowsProps {
  readonly pulls: readonly Task[];
  /** Several hosts are shown: each row says which it concerns. */
  readonly hasHosts: boolean;
}

/** Pulls, adds and sendings, as rows that stay above the images. */
export function PullRows({ pulls, hasHosts }: PullRowsProps) {
  return (
    <div role="rowgroup" className="max-h-[45vh] overflow-y-auto">
      {pulls.map((task, index) => (
        <PullRow key={task.id} task={task} hasHost={hasHosts} ariaRowIndex={index + 2} />
      ))}
    </div>
  );
}

interface PullRowProps {
  readonly task: Task;
  readonly hasHost: boolean;
  readonly ariaRowIndex: number;
}

function PullRow({ task, hasHost, ariaRowIndex }: PullRowProps) {
  const text = useText('images');
  const [isOpen, setIsOpen] = useState(false);
  const progress = progressOf(task);
  const error = task.status.state === 'failed' ? task.status.error : null;
  const parts = progress?.parts ?? [];
  const isDetached = task.status.state === 'detached';
  const isMoving = progress !== null || task.status.state === 'queued';
  const hasMore = error !== null || parts.length > 0;
  const openLabel =
    error === null ? text(isOpen ? 'pulls.hideLayers' : 'pulls.showLayers') : text('pulls.showError');
  return (
    <div role="row" aria-rowindex={ariaRowIndex} className="border-b border-line bg-panel">
      <div role="gridcell" className="flex flex-col gap-1.5 py-1.5 pr-2 pl-3">
        <div className="flex min-w-0 items-center gap-2">
          {error === null ? (
            <KindIcon task={task} />
          ) : (
            <CircleX aria-hidden className="size-4 shrink-0 text-bad" strokeWidth={1.75} />
          )}
          <PullName task={task} hasHost={hasHost || task.kind === 'image.push'} />
          {isMoving || isDetached ? null : <PullStatus task={task} />}
          {hasMore ? (
            <IconButton
              size="small"
              icon={isOpen ? ChevronDown : ChevronRight}
              label={openLabel}
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            />
          ) : null}
          <PullButtons task={task} />
        </div>
        {isMoving ? (
          <div className="flex items-center gap-3">
            <PullBar title={task.title} progress={progress} />
            <PullStatus task={task} />
          </div>
        ) : null}
        {isDetached ? (
          <div className="-mt-1 pl-6">
            <PullStatus task={task} />
          </div>
        ) : null}
        {isOpen && error === null && parts.length > 0 ? <Layers title={task.title} parts={parts} /> : null}
        {isOpen && error !== null ? (
          <ErrorNotice report={error} action={<NextClick task={task} report={error} />} />
        ) : null}
      </div>
    </div>
  );
}

const kindIcons: Readonly<Partial<Record<Task['kind'], LucideIcon>>> = {
  'image.push': CloudUpload,
  'image.publish': CloudUpload,
  'image.import': FileInput,
};

function KindIcon({ task }: { readonly task: Task }) {
  const className = 'size-4 shrink-0 text-accent';
  if (task.status.state === 'detached') {
    return <CloudOff aria-hidden className="size-4 shrink-0 text-warn" strokeWidth={1.75} />;
  }
  const Icon = kindIcons[task.kind] ?? CloudDownload;
  return <Icon aria-hidden className={className} strokeWidth={1.75} />;
}

function PullName({ task, hasHost }: { readonly task: Task; readonly hasHost: boolean }) {
  const text = useText('images');
  const host = useHosts((state) => hostOf(state, task.hostId));
  const fileName = task.target?.slice(task.target.lastIndexOf('/') + 1);
  // A sending is titled by the file here, which mostly has the same name.
  const isSameName = task.title.slice(task.title.lastIndexOf('/') + 1) === fileName;
  return (
    <p className="flex min-w-0 flex-1 items-center gap-2" title={task.target ?? task.title}>
      <bdi dir="ltr" className="truncate font-[550]">
        {fileName ?? task.title}
      </bdi>
      {fileName === undefined || isSameName ? null : (
        <bdi dir="ltr" className="min-w-0 truncate text-small text-ink-3">
          {task.title}
        </bdi>
      )}
      {hasHost && host !== null ? (
        <HostLabel colour={host.colour} label={host.label} className="shrink-0 text-small text-ink-2" />
      ) : null}
      {task.isForeign ? <Badge>{text('pulls.foreign')}</Badge> : null}
    </p>
  );
}

function PullStatus({ task }: { readonly task: Task }) {
  const text = useText('images');
  const host = useHosts((state) => hostOf(state, task.hostId));
  const className = 'shrink-0 text-small tabular-nums whitespace-nowrap text-ink-2';
  switch (task.status.state) {
    case 'queued':
      return <span className={className}>{text('pulls.queued')}</span>;
    case 'running':
      return (
        <span className={className}>
          <ProgressWords progress={task.status.progress} />
        </span>
      );
    case 'cancelling':
      return <span className={className}>{text('pulls.cancelling')}</span>;
    case 'detached':
      return (
        <span role="status" className={className}>
          {text('pulls.detached', { host: host?.label ?? task.hostId })}
        </span>
      );
    case 'failed':
      return (
        <span role="status" className="min-w-0 truncate text-small text-bad" title={task.status.error.cause}>
          {task.status.error.title}
        </span>
      );
    case 'cancelled':
      return <span className={className}>{text('pulls.cancelled')}</span>;
    case 'succeeded':
      return null;
  }
}

/** Phases that may take long enough for people to ask how long. */
const longPhases: ReadonlySet<Progress['phase']> = new Set(['download', 'convert', 'copy', 'send']);

/** `62 %, Downloading 254 MB of 412 MB, 48 MB/s, 31 s left` */
function ProgressWords({ progress }: { readonly progress: Progress }) {
  const text = useText('images');
  const taskText = useText('tasks');
  const { fraction, bytes, bytesPerSecond, secondsLeft } = progress;
  const words = [
    taskText(`phases.${progress.phase}`),
    ...(fraction === null ? [] : [`${Math.floor(fraction * 100)} %`]),
    ...(bytes === null ? [] : [bytesWords(bytes, (done, total) => text('pulls.bytes', { done, total }))]),
    ...(bytesPerSecond === null ? [] : [formatRate(bytesPerSecond)]),
    ...(secondsLeft === null
      ? longPhases.has(progress.phase)
        ? [text('pulls.leftUnknown')]
        : []
      : [text('pulls.left', { time: formatDuration(secondsLeft) })]),
  ];
  return words.join(', ');
}

function bytesWords(
  bytes: { readonly done: number; readonly total: number | null },
  ofTotal: (done: string, total: string) => string,
): string {
  if (bytes.total === null) return formatBytes(bytes.done);
  return ofTotal(formatBytes(bytes.done), formatBytes(bytes.total));
}

/** One bar for the whole; while layers arrive, each is a piece of it, to scale. */
function PullBar({ title, progress }: { readonly title: string; readonly progress: Progress | null }) {
  const text = useText('images');
  const label = text('pulls.progress', { title });
  const pieces = progress?.phase === 'download' ? barPieces(progress.parts) : null;
  if (pieces === null || progress === null)
    return <ProgressBar label={label} fraction={progress?.fraction ?? null} />;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={progress.fraction === null ? undefined : Math.floor(progress.fraction * 100)}
      className="flex h-1.25 w-full gap-px overflow-hidden rounded-pill"
    >
      {pieces.map((piece) => (
        <span
          key={piece.id}
          className="min-w-0.5 overflow-hidden bg-line"
          style={{ flexGrow: piece.share, flexBasis: 0 }}
        >
          <span
            className="block h-full origin-left bg-accent transition-transform duration-200"
            style={{ transform: `scaleX(${piece.done})` }}
          />
        </span>
      ))}
    </div>
  );
}

function Layers({ title, parts }: { readonly title: string; readonly parts: readonly ProgressPart[] }) {
  const text = useText('images');
  return (
    <ul aria-label={text('pulls.layersName', { title })} className="grid gap-1 pb-0.5 pl-6">
      {parts.map((part) => (
        <li
          key={part.id}
          className="grid grid-cols-[8rem_1fr_8.5rem] items-center gap-3 text-small text-ink-2"
        >
          <bdi dir="ltr" className="truncate font-mono text-code" title={part.label}>
            {part.label}
          </bdi>
          <ProgressBar
            isThin
            label={part.label}
            fraction={layerFraction(part)}
            tone={part.state === 'done' ? 'ok' : 'accent'}
          />
          <span className="truncate text-right tabular-nums">
            <LayerState part={part} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function layerFraction(part: ProgressPart): number | null {
  if (part.state === 'done') return 1;
  if (part.state === 'waiting') return 0;
  if (part.totalBytes === null || part.totalBytes <= 0) return null;
  return Math.min(1, part.doneBytes / part.totalBytes);
}

function LayerState({ part }: { readonly part: ProgressPart }) {
  const text = useText('images');
  const size = part.totalBytes === null ? '' : formatBytes(part.totalBytes);
  switch (part.state) {
    case 'waiting':
      return `${text('pulls.layerWaiting')} ${size}`;
    case 'elsewhere':
      return `${text('pulls.layerElsewhere')} ${size}`;
    case 'done':
      return `${text('pulls.layerDone')} ${size}`;
    case 'running':
      return bytesWords({ done: part.doneBytes, total: part.totalBytes }, (done, total) =>
        text('pulls.bytes', { done, total }),
      );
  }
}

function PullButtons({ task }: { readonly task: Task }) {
  const text = useText('images');
  const host = useHosts((hosts) => hostOf(hosts, task.hostId));
  const { title } = task;
  const { state } = task.status;
  const named = namesOf(task.kind);
  if (state === 'queued' || state === 'running' || state === 'detached') {
    if (task.isForeign) return null;
    return (
      <>
        {state === 'detached' && host !== null && !isReachable(host) ? (
          <Button
            className="h-6! px-2 text-small"
            isBusy={isConnecting(host)}
            onClick={() => connectHost(host.id)}
          >
            {text('pulls.reconnect')}
          </Button>
        ) : null}
        <IconButton
          size="small"
          icon={X}
          label={text(`pulls.cancel${named}Named`, { title })}
          onClick={() => attempt(() => client.tasks.cancel({ id: task.id }))}
        />
      </>
    );
  }
  if (state !== 'failed' && state !== 'cancelled') return null;
  return (
    <>
      {task.canRetry ? (
        <IconButton
          size="small"
          icon={RotateCw}
          label={text(`pulls.retry${named}Named`, { title })}
          onClick={() => retry(task)}
        />
      ) : null}
      <IconButton
        size="small"
        icon={X}
        label={text(`pulls.dismiss${named}Named`, { title })}
        onClick={() => attempt(() => client.tasks.dismiss({ ids: [task.id] }))}
      />
    </>
  );
}

/** Part of the texts' names that tells the kinds of work apart. */
function namesOf(kind: Task['kind']): '' | 'Send' | 'Import' | 'Publish' {
  switch (kind) {
    case 'image.push':
      return 'Send';
    case 'image.import':
      return 'Import';
    case 'image.publish':
      return 'Publish';
    default:
      return '';
  }
}

function retry(task: Task): void {
  attempt(() => client.tasks.retry({ id: task.id }));
}

/** The one click that may help after a failure. */
function NextClick({ task, report }: { readonly task: Task; readonly report: ErrorReport }) {
  const text = useText('images');
  const taskText = useText('tasks');
  const { action } = report;
  if (action === null) return null;
  if (action.kind === 'retry') {
    return task.canRetry ? <Button onClick={() => retry(task)}>{text('pulls.retry')}</Button> : null;
  }
  return <Button onClick={() => runErrorAction(task, action)}>{taskText(`actions.${action.kind}`)}</Button>;
}
