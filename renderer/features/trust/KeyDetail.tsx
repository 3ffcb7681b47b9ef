import { Ellipsis } from 'lucide-react';
import type { HostPath } from '#core/contract/hostPath.ts';
import type { TrustKey } from '#core/contract/trust.ts';
import { CommandButton } from '#renderer/commands/CommandButton.tsx';
import { commandEntries } from '#renderer/commands/entries.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { CopyButton } from '#renderer/ui/CopyButton.tsx';
import { type Definition, DefinitionList } from '#renderer/ui/DefinitionList.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { Menu } from '#renderer/ui/Menu.tsx';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { Fingerprint } from './Fingerprint.tsx';
import { KeyBadges } from './KeyBadges.tsx';
import { keyMenu } from './KeyList.tsx';
import { halvesWords, keyName, originWords } from './keyWords.ts';

export interface KeyDetailProps {
  readonly trustKey: TrustKey;
  /** Where the runtime keeps the person's own rings. */
  readonly folder: HostPath;
}

/** One key: whose it says it is, what can be done with it, and where it came from. */
export function KeyDetail({ trustKey, folder }: KeyDetailProps) {
  const text = useText('trust');
  return (
    <aside
      aria-label={keyName(trustKey)}
      className="flex h-full min-h-0 flex-col gap-3 overflow-auto bg-panel p-3"
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-heading font-bold [overflow-wrap:anywhere]">
          <bdi dir="ltr">{keyName(trustKey)}</bdi>
        </h2>
        {trustKey.state === 'usable' ? <Badge tone="ok">{text('states.usable')}</Badge> : null}
        <KeyBadges trustKey={trustKey} />
      </div>
      <div role="toolbar" aria-label={keyName(trustKey)} className="flex flex-wrap gap-1.5">
        <CommandButton id="trust.export" />
        <CommandButton id="trust.remove" />
        <span className="flex-1" />
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={text('more')} />}
          entries={commandEntries(keyMenu)}
        />
      </div>
      <DefinitionList items={useFacts(trustKey, folder)} />
      <p className="text-small text-pretty text-ink-2">{text('fact.namesHint')}</p>
    </aside>
  );
}

function useFacts(key: TrustKey, folder: HostPath): readonly Definition[] {
  const text = useText('trust');
  return [
    {
      term: text('fact.fingerprint'),
      value: (
        <span className="flex items-start gap-1">
          <Fingerprint value={key.fingerprint} />
          <span className="-my-0.5">
            <CopyButton value={key.fingerprint} label={text('copyFingerprint')} />
          </span>
        </span>
      ),
    },
    {
      term: text('fact.names'),
      value:
        key.userIds.length === 0 ? (
          text('noName')
        ) : (
          <ul>
            {key.userIds.map((userId) => (
              <li key={userId}>
                <bdi dir="ltr">{showControls(userId)}</bdi>
              </li>
            ))}
          </ul>
        ),
    },
    { term: text('fact.state'), value: text(`states.${key.state}`) },
    { term: text('fact.algorithm'), value: showControls(key.algorithm) },
    {
      term: text('fact.created'),
      value: key.createdAt === null ? text('fact.unknown') : wholeTimeText(key.createdAt),
    },
    {
      term: text('fact.expires'),
      value: key.expiresAt === null ? text('fact.never') : wholeTimeText(key.expiresAt),
    },
    { term: text('fact.half'), value: halvesWords(key) },
    { term: text('fact.origin'), value: originWords(key.origin) },
    {
      term: text('fact.ring'),
      value: key.ring === 'local' ? text('folder', { folder }) : text('rings.global'),
    },
  ];
}
