import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HostId } from '#core/contract/ids.ts';
import type { OfferedKey } from '#core/contract/trust.ts';
import { client } from '#renderer/api/client.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { textOf, useText } from '#renderer/i18n/i18n.ts';
import { tell } from '#renderer/state/notices.ts';
import { Badge } from '#renderer/ui/Badge.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { wholeTimeText } from '#renderer/ui/when.ts';
import { Fingerprint } from './Fingerprint.tsx';
import { KeyserverField, useKeyserver } from './KeyserverField.tsx';
import { fingerprintGroups } from './keyRows.ts';
import { forgetKeys, keysQuery } from './keysQuery.ts';
import { keyName } from './keyWords.ts';

export interface KeyserverDialogProps {
  readonly hostId: HostId;
  /** What is looked for at first; nothing is asked before the person says so. */
  readonly term: string;
  readonly onClose: () => void;
}

/** Looks for keys on a keyserver and fetches them into a host's key ring. */
export function KeyserverDialog({ hostId, term: firstTerm, onClose }: KeyserverDialogProps) {
  const text = useText('trustForms');
  const common = useText('common');
  const { url, isValid } = useKeyserver();
  const [term, setTerm] = useState(firstTerm);
  const [found, setFound] = useState<readonly OfferedKey[] | null>(null);
  const { isBusy, failure, submit } = useSubmit();
  const canSearch = isValid && term.trim() !== '';

  function search() {
    if (!canSearch) return;
    void submit(async () => {
      const { keys } = await client.trust.keys.search({ hostId, url, text: term.trim() });
      setFound(keys);
    });
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('keyserver.title')}
      description={text('keyserver.description')}
      onSubmit={search}
      footer={<Button onClick={onClose}>{common('close')}</Button>}
    >
      <div className="flex flex-col gap-3">
        <KeyserverField hint={text('keyserver.privacy')} />
        <div className="flex items-end gap-2">
          <TextField
            autoFocus
            className="flex-1"
            maxLength={256}
            label={text('keyserver.search')}
            value={term}
            onChange={setTerm}
          />
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSearch}>
            {text('keyserver.submit')}
          </Button>
        </div>
        {failure === null ? null : <ErrorNotice report={failure} />}
        {found === null ? null : <Found hostId={hostId} url={url} keys={found} />}
      </div>
    </Dialog>
  );
}

interface FoundProps {
  readonly hostId: HostId;
  readonly url: string | null;
  readonly keys: readonly OfferedKey[];
}

function Found({ hostId, url, keys }: FoundProps) {
  const text = useText('trustForms');
  const { data } = useQuery(keysQuery(hostId));
  const known = new Set(data?.keys.flatMap((key) => (key.hasPublicHalf ? [key.fingerprint] : [])));
  if (keys.length === 0) return <p role="status">{text('keyserver.nothing')}</p>;
  return (
    <>
      <p className="text-small text-pretty text-ink-2">{text('keyserver.unchecked')}</p>
      <ul aria-label={text('keyserver.found')} className="rounded-control border border-line">
        {keys.map((key) => (
          <FoundKey
            key={key.fingerprint}
            hostId={hostId}
            url={url}
            offered={key}
            isHere={known.has(key.fingerprint)}
          />
        ))}
      </ul>
    </>
  );
}

interface FoundKeyProps {
  readonly hostId: HostId;
  readonly url: string | null;
  readonly offered: OfferedKey;
  readonly isHere: boolean;
}

function FoundKey({ hostId, url, offered, isHere }: FoundKeyProps) {
  const text = useText('trustForms');
  const { isBusy, failure, submit } = useSubmit();
  const { fingerprint, createdAt, expiresAt, userIds } = offered;
  const shown = fingerprintGroups(fingerprint);
  const facts = [
    showControls(offered.bits === null ? offered.algorithm : `${offered.algorithm} ${offered.bits}`),
    ...(createdAt === null ? [] : [text('keyserver.created', { when: wholeTimeText(createdAt) })]),
    ...(expiresAt === null ? [] : [text('keyserver.expires', { when: wholeTimeText(expiresAt) })]),
  ];

  function fetchKey() {
    void submit(async () => {
      await client.trust.keys.fetch({ hostId, url, fingerprint });
      await forgetKeys();
      tell(textOf('trustForms:keyserver.fetched', { fingerprint: shown }));
    });
  }

  return (
    <li className="flex flex-col gap-1 border-t border-line px-2.5 py-2 first:border-t-0">
      <div className="flex min-w-0 items-start gap-2">
        <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          <p className="font-semibold">
            <bdi dir="ltr">{keyName(offered)}</bdi>
          </p>
          {userIds.slice(1).map((userId) => (
            <p key={userId}>
              <bdi dir="ltr">{showControls(userId)}</bdi>
            </p>
          ))}
          <Fingerprint value={fingerprint} />
          <p className="text-small text-ink-3">{facts.join(', ')}</p>
        </div>
        {isHere ? (
          <Badge tone="ok">{text('keyserver.there')}</Badge>
        ) : (
          <Button
            isBusy={isBusy}
            aria-label={text('keyserver.fetchNamed', { fingerprint: shown })}
            onClick={fetchKey}
          >
            {text('keyserver.fetch')}
          </Button>
        )}
      </div>
      {failure === null ? null : <ErrorNotice report={failure} />}
    </li>
  );
}
