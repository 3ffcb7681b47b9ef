import { useRef, useState } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { useSettings } from '#renderer/state/settings.ts';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { classNames } from '#renderer/ui/classNames.ts';
import { PageHeader } from '#renderer/ui/PageHeader.tsx';
import { Spinner } from '#renderer/ui/Spinner.tsx';
import { AppearanceSection } from './AppearanceSection.tsx';
import { ImagesSection } from './ImagesSection.tsx';
import { LayersSection } from './LayersSection.tsx';
import { NotificationsSection } from './NotificationsSection.tsx';
import { ProblemBanner } from './ProblemBanner.tsx';
import { RuntimeSection } from './RuntimeSection.tsx';
import { ShortcutsSection } from './ShortcutsSection.tsx';
import { TerminalSection } from './TerminalSection.tsx';
import { TrustSection } from './TrustSection.tsx';

const sections = [
  { id: 'appearance', Body: AppearanceSection },
  { id: 'terminal', Body: TerminalSection },
  { id: 'images', Body: ImagesSection },
  { id: 'layers', Body: LayersSection },
  { id: 'runtime', Body: RuntimeSection },
  { id: 'trust', Body: TrustSection },
  { id: 'notifications', Body: NotificationsSection },
  { id: 'shortcuts', Body: ShortcutsSection },
] as const;
type SectionId = (typeof sections)[number]['id'];

/** All settings on one page, saved at once, beside the path of the file that holds them. */
export function SettingsPage() {
  const text = useText('settings');
  const settings = useSettings((state) => state.settings);
  const path = useSettings((state) => state.path);
  const problem = useSettings((state) => state.problem);
  const [current, setCurrent] = useState<SectionId>('appearance');
  const elements = useRef(new Map<SectionId, HTMLElement>());

  function goTo(id: SectionId) {
    setCurrent(id);
    elements.current.get(id)?.scrollIntoView({ block: 'start' });
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title={text('title')} detail={text('saved')}>
        {path === null ? null : (
          <span className="flex min-w-0 items-center gap-1" title={text('fileHint')}>
            <span className="text-small text-ink-3">{text('file')}</span>
            <code className="truncate font-mono text-code text-ink-2">{path}</code>
            <CopyButton value={path} label={text('copyPath')} />
          </span>
        )}
      </PageHeader>
      {problem === null ? null : <ProblemBanner problem={problem} />}
      <div className="flex min-h-0 flex-1 border-t border-line">
        <nav
          aria-label={text('sections.name')}
          className="flex w-42 shrink-0 flex-col gap-px overflow-auto border-r border-line p-2"
        >
          {sections.map(({ id }) => (
            <button
              key={id}
              type="button"
              aria-current={current === id ? 'true' : undefined}
              onClick={() => goTo(id)}
              className={classNames(
                'flex h-7 shrink-0 items-center rounded-control px-2.5 text-left',
                current === id
                  ? 'bg-accent-soft font-semibold text-accent'
                  : 'text-ink-2 hover:bg-hover hover:text-ink',
              )}
            >
              {text(`sections.${id}`)}
            </button>
          ))}
        </nav>
        {settings === null ? (
          <div className="grid flex-1 place-items-center">
            <Spinner />
          </div>
        ) : (
          <div className="min-w-0 flex-1 overflow-auto px-5 pb-10">
            {sections.map(({ id, Body }) => (
              <section
                key={id}
                ref={(element) => {
                  if (element === null) elements.current.delete(id);
                  else elements.current.set(id, element);
                }}
                aria-labelledby={`settings-${id}`}
                className="max-w-170 border-b border-line py-4 last:border-b-0"
              >
                <h2 id={`settings-${id}`} className="mb-3 text-heading font-semibold">
                  {text(`sections.${id}`)}
                </h2>
                <Body settings={settings} />
              </section>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
