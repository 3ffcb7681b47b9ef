import { ChevronRight, Ellipsis } from 'lucide-react';
import { Fragment } from 'react';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { crumbsOf } from './references.ts';

/** More folders than these are named only as dots between the first and the last. */
const shownCrumbs = 4;

export interface PathLineProps {
  readonly registry: RegistrySettings;
  readonly path: string | null;
  readonly onOpen: (path: string | null) => void;
}

/** Where one is in a tree; each folder leads back to it. */
export function PathLine({ registry, path, onOpen }: PathLineProps) {
  const text = useText('registries');
  const crumbs = crumbsOf(path);
  const shown = crumbs.slice(-shownCrumbs);
  const isCut = shown.length < crumbs.length;
  return (
    <nav
      aria-label={text('repositories.path', { registry: registry.label })}
      className="shrink-0 px-3 pb-1.5"
    >
      <ol className="flex min-w-0 items-center gap-0.5 text-small">
        <Crumb name={registry.label} isLast={crumbs.length === 0} onOpen={() => onOpen(null)} />
        {isCut ? (
          <li aria-hidden className="flex items-center gap-0.5 text-ink-3">
            <ChevronRight className="size-3.5" />
            <Ellipsis className="size-3.5" />
          </li>
        ) : null}
        {shown.map((crumb, index) => (
          <Fragment key={crumb.path}>
            <li aria-hidden className="text-ink-3">
              <ChevronRight className="size-3.5" />
            </li>
            <Crumb name={crumb.name} isLast={index === shown.length - 1} onOpen={() => onOpen(crumb.path)} />
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}

interface CrumbProps {
  readonly name: string;
  readonly isLast: boolean;
  readonly onOpen: () => void;
}

function Crumb({ name, isLast, onOpen }: CrumbProps) {
  const shown = showControls(name);
  return (
    <li className="min-w-0">
      {isLast ? (
        <bdi aria-current="page" className="block truncate px-1 font-semibold" title={shown}>
          {shown}
        </bdi>
      ) : (
        <button
          type="button"
          onClick={onOpen}
          title={shown}
          className="block max-w-full truncate rounded-small px-1 text-accent hover:bg-hover"
        >
          <bdi>{shown}</bdi>
        </button>
      )}
    </li>
  );
}
