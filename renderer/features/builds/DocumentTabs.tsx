import { X } from 'lucide-react';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { isChanged, showDocument, useBuilds } from './buildsState.ts';
import { askClose } from './documents.ts';
import { usePlaceLabel } from './usePlaceLabel.ts';

/** The open definition files, side by side. */
export function DocumentTabs() {
  const text = useText('builds');
  const documents = useBuilds((state) => state.documents);
  const labelOf = usePlaceLabel();
  const currentId = useBuilds((state) => state.currentId);
  return (
    <ul
      aria-label={text('documents')}
      className="flex h-7.5 shrink-0 overflow-x-auto border-b border-line bg-rail [scrollbar-width:none]"
    >
      {documents.map((document) => {
        const isShown = document.id === currentId;
        const isUnsaved = isChanged(document);
        return (
          <li
            key={document.id}
            className={classNames(
              'flex shrink-0 items-center gap-0.5 border-r border-line pr-1 pl-0.5',
              isShown ? 'bg-bg font-medium' : 'text-ink-2 hover:text-ink',
            )}
          >
            <button
              type="button"
              aria-current={isShown ? 'true' : undefined}
              aria-label={isUnsaved ? text('unsavedName', { name: document.name }) : document.name}
              title={
                document.path === null ? undefined : labelOf({ hostId: document.hostId, path: document.path })
              }
              onClick={() => showDocument(document.id)}
              className="flex h-full items-center gap-1.5 px-2 focus-visible:-outline-offset-2"
            >
              <bdi dir="ltr" className="max-w-56 truncate">
                {document.name}
              </bdi>
              {isUnsaved ? <span aria-hidden className="size-2 rounded-pill bg-ink-2" /> : null}
            </button>
            <IconButton
              size="small"
              icon={X}
              label={text('closeNamed', { name: document.name })}
              onClick={() => askClose(document.id)}
            />
          </li>
        );
      })}
    </ul>
  );
}
