import { type KeyboardEvent, useRef, useState } from 'react';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { nextAt } from '#renderer/ui/listKeys.ts';
import { ContextMenu } from '#renderer/ui/Menu.tsx';
import { Fingerprint } from './Fingerprint.tsx';
import { KeyBadges } from './KeyBadges.tsx';
import type { KeyRow } from './keyRows.ts';
import { keyName } from './keyWords.ts';

export interface KeyListProps {
  readonly rows: readonly KeyRow[];
  readonly chosenId: string | null;
  readonly onChoose: (row: KeyRow) => void;
}

/** What can be done with a key of the list. */
export const keyMenu = [
  'trust.copyFingerprint',
  'separator',
  'trust.export',
  'trust.push',
  'separator',
  'trust.remove',
] as const;

/** The keys, one under the other; arrow keys walk through them. */
export function KeyList({ rows, chosenId, onChoose }: KeyListProps) {
  const text = useText('trust');
  const list = useRef<HTMLUListElement>(null);
  const [walkedId, setWalkedId] = useState(chosenId);
  const focusedId = rows.some(({ id }) => id === walkedId) ? walkedId : (rows[0]?.id ?? null);

  function onKeyDown(event: KeyboardEvent) {
    const at = rows.findIndex(({ id }) => id === focusedId);
    const next = nextAt(event.key, at, rows.length);
    const row = next === null ? undefined : rows[next];
    if (next === null || row === undefined) return;
    event.preventDefault();
    setWalkedId(row.id);
    onChoose(row);
    list.current?.querySelectorAll('button')[next]?.focus();
  }

  return (
    <ul
      ref={list}
      aria-label={text('list')}
      aria-description={text('listHint')}
      onKeyDown={onKeyDown}
      className="h-full overflow-auto"
    >
      {rows.map((row) => {
        const { id, key } = row;
        const isChosen = id === chosenId;
        return (
          <li key={id} className="border-b border-line/55">
            <ContextMenu
              entries={commandEntries(keyMenu)}
              onOpenChange={(isOpen) => (isOpen ? onChoose(row) : undefined)}
            >
              <button
                type="button"
                aria-current={isChosen ? 'true' : undefined}
                tabIndex={id === focusedId ? 0 : -1}
                {...(id === focusedId ? { 'data-home-focus': true } : {})}
                onClick={() => {
                  setWalkedId(id);
                  onChoose(row);
                }}
                className={classNames(
                  'flex w-full flex-col gap-0.5 px-3 py-1.5 text-left focus-visible:-outline-offset-2',
                  isChosen ? 'bg-selected' : 'hover:bg-hover',
                )}
              >
                <span className="flex w-full min-w-0 items-center gap-1.5">
                  <bdi dir="ltr" className="min-w-0 flex-1 truncate font-semibold">
                    {keyName(key)}
                  </bdi>
                  <KeyBadges trustKey={key} />
                </span>
                <span className="text-ink-2">
                  <Fingerprint value={key.fingerprint} />
                </span>
                <span className="text-small text-ink-3">
                  {key.algorithm}, {text(`rings.${key.ring}`)}
                </span>
              </button>
            </ContextMenu>
          </li>
        );
      })}
    </ul>
  );
}
