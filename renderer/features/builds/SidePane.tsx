import { useQuery } from '@tanstack/react-query';
import { FileCode2, X } from 'lucide-react';
import { baseName, folderName } from '#core/contract/hostPath.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { Tabs } from '#renderer/ui/Tabs.tsx';
import { buildsStore, useBuilds } from './buildsState.ts';
import { forgetRecent, openRecent, openTemplate } from './documents.ts';
import { HistoryList } from './HistoryList.tsx';
import { OutlineList } from './OutlineList.tsx';
import { usePlaceLabel } from './usePlaceLabel.ts';

/** What can be opened, what is in the open file, and what was built. */
export function SidePane() {
  const text = useText('builds');
  const tab = useBuilds((state) => state.sideTab);
  return (
    <section aria-label={text('side')} className="flex h-full min-h-0 flex-col bg-panel">
      <Tabs
        isInset
        label={text('side')}
        value={tab}
        onChange={(sideTab) => buildsStore.setState({ sideTab })}
        items={[
          { id: 'files', label: text('tabs.files'), content: <Files /> },
          { id: 'outline', label: text('tabs.outline'), content: <OutlineList /> },
          { id: 'history', label: text('tabs.history'), content: <HistoryList /> },
        ]}
      />
    </section>
  );
}

const headingClass = 'px-3 pb-1 text-small font-medium text-ink-2';
export const rowClass =
  'flex w-full min-w-0 flex-col px-3 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2';

function Files() {
  const text = useText('builds');
  const recentFiles = useBuilds((state) => state.recentFiles);
  const labelOf = usePlaceLabel();
  return (
    <div className="flex flex-col gap-3 pb-3">
      <section aria-label={text('recent')}>
        <h2 className={headingClass}>{text('recent')}</h2>
        {recentFiles.length === 0 ? (
          <p className="px-3 text-small text-ink-3">{text('recentNone')}</p>
        ) : (
          <ul>
            {recentFiles.map((file) => (
              <li key={labelOf(file)} className="group flex items-center">
                <button
                  type="button"
                  title={labelOf(file)}
                  className={rowClass}
                  onClick={() => attempt(() => openRecent(file))}
                >
                  <bdi dir="ltr" className="w-full truncate">
                    {baseName(file.path)}
                  </bdi>
                  <bdi dir="ltr" className="w-full truncate text-small text-ink-3">
                    {folderName(labelOf(file))}
                  </bdi>
                </button>
                <IconButton
                  size="small"
                  icon={X}
                  className="mr-2"
                  label={text('forget', { path: labelOf(file) })}
                  onClick={() => forgetRecent(file)}
                />
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-label={text('templates')}>
        <h2 className={headingClass}>{text('templates')}</h2>
        <TemplateList onChosen={() => undefined} />
      </section>
    </div>
  );
}

/** The templates, each a click away from a new document. */
export function TemplateList({ onChosen }: { readonly onChosen: () => void }) {
  const { data, error } = useQuery(
    contractQuery({
      path: 'definitions.templates',
      hostId: null,
      call: (signal) => client.definitions.templates(undefined, { signal }),
    }),
  );
  if (error !== null) return <ErrorNotice report={failureReport(error)} />;
  if (data === undefined) return <Spinner />;
  return (
    <ul>
      {data.templates.map((template) => (
        <li key={template.id}>
          <button
            type="button"
            className="flex w-full min-w-0 items-start gap-2 px-3 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2"
            onClick={() => {
              openTemplate(template);
              onChosen();
            }}
          >
            <FileCode2 aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" strokeWidth={1.75} />
            <span className="min-w-0">
              <span className="block">{template.title}</span>
              <span className="block text-small text-pretty text-ink-3">{template.description}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
