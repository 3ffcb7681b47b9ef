import { useQuery } from '@tanstack/react-query';
import { FileWarning, Info } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { buildsStore, type OpenDocument, showBuildsDialog, takeTyped, useBuilds } from './buildsState.ts';
import { DocumentTabs } from './DocumentTabs.tsx';
import { checkDisk, convertDockerfile, keepMine, takeTheirs } from './documents.ts';
import { useLint } from './useLint.ts';

// The editor is the largest part of the page: lists and history are there before it.
const DefinitionEditor = lazy(async () => ({
  default: (await import('./DefinitionEditor.tsx')).DefinitionEditor,
}));

/** The open definition files, one of them in the editor. */
export function DocumentArea({ document }: { readonly document: OpenDocument }) {
  const { id } = document;
  const lint = useBuilds((state) => state.lints[id] ?? null);
  const mark = useBuilds((state) => state.marks[id] ?? null);
  const [place, setPlace] = useState({ line: 1, column: 1 });
  const { data: words, error } = useQuery(
    contractQuery({
      path: 'definitions.words',
      hostId: null,
      call: (signal) => client.definitions.words(undefined, { signal }),
    }),
  );
  useLint(document);
  useDiskWatched(id);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <DocumentTabs />
      <ConflictBar document={document} />
      {document.isDockerfile ? <DockerfileBar document={document} /> : null}
      <div className="min-h-0 flex-1">
        {error === null ? null : <ErrorNotice report={failureReport(error)} />}
        {words === undefined ? (
          <Waiting />
        ) : (
          <Suspense fallback={<Waiting />}>
            <DefinitionEditor
              key={id}
              document={document}
              words={words}
              lint={lint}
              mark={mark}
              onChange={(text) => takeTyped(id, text)}
              onCursor={(line, column) => setPlace({ line, column })}
            />
          </Suspense>
        )}
      </div>
      <StatusLine document={document} place={place} />
    </div>
  );
}

function Waiting() {
  return (
    <div className="grid h-full place-items-center">
      <Spinner />
    </div>
  );
}

/** Looks at the disk when the window comes back, and when a document is shown. */
function useDiskWatched(id: string): void {
  useEffect(() => {
    const look = () => attempt(() => checkDisk(id));
    look();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [id]);
}

interface BarProps {
  /** `plain` tells, `warn` asks for a choice. */
  readonly tone: 'plain' | 'warn';
  readonly title: string;
  readonly words: string;
  readonly children: ReactNode;
}

function Bar({ tone, title, words, children }: BarProps) {
  const [Icon, ground, ink] =
    tone === 'warn' ? [FileWarning, 'bg-warn-soft', 'text-warn'] : [Info, 'bg-panel', 'text-ink-2'];
  return (
    <section
      role="status"
      className={`flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-1.5 ${ground}`}
    >
      <Icon aria-hidden className={`size-4 shrink-0 ${ink}`} />
      <div className="min-w-56 flex-1">
        <p className="font-semibold [overflow-wrap:anywhere]">{title}</p>
        <p className="text-small text-pretty text-ink-2">{words}</p>
      </div>
      {children}
    </section>
  );
}

function ConflictBar({ document }: { readonly document: OpenDocument }) {
  const text = useText('builds');
  const { id, name, theirs } = document;
  if (theirs === null) return null;
  return (
    <Bar tone="warn" title={text('conflict.title', { name })} words={text('conflict.text')}>
      <Button onClick={() => showBuildsDialog({ kind: 'compareTexts', documentId: id })}>
        {text('conflict.compare')}
      </Button>
      <Button onClick={() => takeTheirs(id)}>{text('conflict.theirs')}</Button>
      <Button onClick={() => keepMine(id)}>{text('conflict.mine')}</Button>
    </Bar>
  );
}

function DockerfileBar({ document }: { readonly document: OpenDocument }) {
  const text = useText('builds');
  return (
    <Bar tone="plain" title={text('dockerfile')} words={text('dockerfileText')}>
      <Button onClick={() => attempt(() => convertDockerfile(document))}>{text('convert')}</Button>
    </Bar>
  );
}

interface StatusLineProps {
  readonly document: OpenDocument;
  readonly place: { readonly line: number; readonly column: number };
}

function StatusLine({ document, place }: StatusLineProps) {
  const text = useText('builds');
  const findings = useBuilds((state) => state.lints[document.id]?.findings ?? null);
  const isUnkept = useBuilds((state) => state.unkeptIds.includes(document.id));
  return (
    <footer className="flex h-6 shrink-0 items-center gap-3 border-t border-line bg-panel px-2 text-tiny whitespace-nowrap text-ink-2">
      <button
        type="button"
        onClick={() => buildsStore.setState({ bottomTab: 'problems' })}
        className="rounded-small px-1 hover:bg-hover hover:text-ink"
      >
        {findings === null
          ? text(document.isDockerfile ? 'problems.noDockerfile' : 'problems.checking')
          : findings.length === 0
            ? text('problems.none')
            : text('problems.count', { count: findings.length })}
      </button>
      {isUnkept ? <span className="text-warn">{text('unkept')}</span> : null}
      <span className="min-w-0 flex-1 truncate">{text('editorHelp')}</span>
      <span className="tabular-nums">{text('place', place)}</span>
    </footer>
  );
}
