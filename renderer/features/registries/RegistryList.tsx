import { type KeyboardEvent, useRef, useState } from 'react';
import type { RegistryId } from '#core/contract/ids.ts';
import { abilitiesOf, registryHostOf } from '#core/contract/registryKinds.ts';
import type { RegistrySettings } from '#core/contract/registryList.ts';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { attempt } from '#renderer/state/notices.ts';
import { classNames } from '#renderer/ui/classNames.ts';
import { showControls } from '#renderer/ui/hostileText.ts';
import { nextAt } from '#renderer/ui/listKeys.ts';
import { ContextMenu } from '#renderer/ui/Menu.tsx';
import { chooseRegistry, moveRegistry, useRegistries, wantFocus } from './registriesState.ts';
import { kindIcons } from './registryLooks.ts';
import { addressText } from './registryWords.ts';
import { useKnownUser } from './useAccess.ts';

export interface RegistryListProps {
  readonly registries: readonly RegistrySettings[];
  readonly chosenId: RegistryId | null;
}

/** What can be done with a registry of the list. */
export const registryMenu = [
  'registries.signIn',
  'registries.signOut',
  'separator',
  'registries.refresh',
  'registries.edit',
  'separator',
  'registries.moveUp',
  'registries.moveDown',
  'separator',
  'registries.remove',
] as const;

/** The registries, one under the other. Arrow keys walk without asking anything; Enter opens one. */
export function RegistryList({ registries, chosenId }: RegistryListProps) {
  const text = useText('registries');
  const list = useRef<HTMLUListElement>(null);
  const [walkedId, setWalkedId] = useState<RegistryId | null>(chosenId);
  const focusedId = registries.some(({ id }) => id === walkedId) ? walkedId : registries[0]?.id;

  function onKeyDown(event: KeyboardEvent) {
    const at = registries.findIndex(({ id }) => id === focusedId);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
    const registry = registries[at];
    if (event.altKey && step !== null && registry !== undefined) {
      event.preventDefault();
      attempt(() => moveRegistry(registry.id, step));
      return;
    }
    if (event.key === 'ArrowRight' && registry !== undefined) {
      event.preventDefault();
      wantFocus();
      chooseRegistry(registry.id);
      return;
    }
    const next = nextAt(event.key, at, registries.length);
    if (next === null) return;
    event.preventDefault();
    setWalkedId(registries[next]?.id ?? null);
    list.current?.querySelectorAll('button')[next]?.focus();
  }

  return (
    <ul
      ref={list}
      aria-label={text('list')}
      aria-description={text('listHint')}
      onKeyDown={onKeyDown}
      className="h-full overflow-auto bg-panel"
    >
      {registries.map((registry) => (
        <RegistryRow
          key={registry.id}
          registry={registry}
          isChosen={registry.id === chosenId}
          isFocusable={registry.id === focusedId}
          onChoose={() => {
            setWalkedId(registry.id);
            chooseRegistry(registry.id);
          }}
        />
      ))}
    </ul>
  );
}

interface RegistryRowProps {
  readonly registry: RegistrySettings;
  readonly isChosen: boolean;
  readonly isFocusable: boolean;
  readonly onChoose: () => void;
}

function RegistryRow({ registry, isChosen, isFocusable, onChoose }: RegistryRowProps) {
  const text = useText('registries');
  // The menu's lines follow whether one can sign in.
  useRegistries((state) => state.signInHost);
  const Icon = kindIcons[registry.kind];
  const user = useKnownUser(registryHostOf(registry));
  const signsIn = abilitiesOf(registry.kind).signsIn;
  return (
    <li className="border-b border-line">
      <ContextMenu
        entries={commandEntries(registryMenu)}
        onOpenChange={(isOpen) => (isOpen ? onChoose() : undefined)}
      >
        <button
          type="button"
          aria-current={isChosen ? 'true' : undefined}
          tabIndex={isFocusable ? 0 : -1}
          data-registry={registry.id}
          {...(isFocusable ? { 'data-home-focus': true } : {})}
          onClick={onChoose}
          title={`${text(`kinds.${registry.kind}`)} · ${registry.address}`}
          className={classNames(
            'flex w-full items-start gap-2.5 px-3 py-2 text-left focus-visible:-outline-offset-2',
            isChosen ? 'bg-selected' : 'hover:bg-hover',
          )}
        >
          <Icon
            aria-hidden
            strokeWidth={1.75}
            className={classNames('mt-0.5 size-4 shrink-0', isChosen ? 'text-accent' : 'text-ink-3')}
          />
          <span className="flex min-w-0 flex-1 flex-col">
            <bdi dir="ltr" className="truncate font-semibold">
              {registry.label}
            </bdi>
            <bdi dir="ltr" className="truncate text-small text-ink-3">
              {addressText(registry)}
            </bdi>
            {user === null || !signsIn ? null : (
              <bdi dir="ltr" className="truncate text-small text-ink-2">
                {text('signedInAs', { user: showControls(user) })}
              </bdi>
            )}
          </span>
        </button>
      </ContextMenu>
    </li>
  );
}
