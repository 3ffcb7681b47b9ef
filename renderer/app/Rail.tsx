import { Fragment } from 'react';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { useHosts } from '#renderer/state/hosts.ts';
import { goToPage, type PageId, useLayout } from '#renderer/state/layout.ts';
import { useTerminals } from '#renderer/state/terminals.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { type Page, pages } from './pages.tsx';
import { RailHosts } from './RailHosts.tsx';
import { useIsWelcomeShown } from './useIsWelcomeShown.ts';

/** The pages, at the left. */
export function Rail() {
  const text = useText('frame');
  return (
    <nav
      aria-label={text('rail')}
      className="flex min-h-0 flex-col gap-px overflow-auto border-r border-line bg-rail p-2"
    >
      {pages
        .filter((page) => !page.isBelow && page.isOutsideRail !== true)
        .map((page) => (
          <RailEntry key={page.id} page={page} />
        ))}
      <div className="flex-1" />
      {pages
        .filter((page) => page.isBelow)
        .map((page) => (
          <Fragment key={page.id}>
            <RailEntry page={page} />
            {page.id === 'hosts' ? <RailHosts /> : null}
          </Fragment>
        ))}
    </nav>
  );
}

function RailEntry({ page }: { readonly page: Page }) {
  const isShown = usePageShown(page.id);
  const count = useCount(page.id);
  const { icon: Icon } = page;
  return (
    <a
      href={`#/${page.id}`}
      aria-current={isShown ? 'page' : undefined}
      onClick={(event) => {
        event.preventDefault();
        goToPage(page.id);
      }}
      className={classNames(
        'flex h-7.5 shrink-0 items-center gap-2.5 rounded-control px-2.5',
        isShown ? 'bg-accent-soft font-semibold text-accent' : 'text-ink-2 hover:bg-hover hover:text-ink',
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" strokeWidth={1.75} />
      <span className="flex-1 truncate">{textOf(page.label)}</span>
      {count === 0 ? null : (
        <span className={classNames('text-tiny tabular-nums', isShown ? 'text-accent' : 'text-ink-3')}>
          {count.toLocaleString()}
        </span>
      )}
    </a>
  );
}

function usePageShown(id: PageId): boolean {
  const isPage = useLayout((state) => state.page === id);
  return !useIsWelcomeShown() && isPage;
}

function useCount(id: PageId): number {
  const shells = useTerminals(
    (state) => state.terminals.filter((terminal) => terminal.ended === null).length,
  );
  const hosts = useHosts((state) => state.hosts.length);
  if (id === 'shells') return shells;
  return id === 'hosts' ? hosts : 0;
}
