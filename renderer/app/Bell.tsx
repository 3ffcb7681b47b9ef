import { BellIcon, Check, CircleAlert, Info } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useText } from '#renderer/i18n/i18n.ts';
import { type Notice, noticesStore, useNotices } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { agoText, useNow } from '#renderer/ui/when.ts';
import { openNotice } from './openNotice.ts';

const icons = { ok: Check, bad: CircleAlert, plain: Info } as const;
const colours = { ok: 'text-ok', bad: 'text-bad', plain: 'text-ink-2' } as const;

/** What the person was told, to read again. */
export function Bell() {
  const text = useText('frame');
  const notices = useNotices((state) => state.notices);
  const seenId = useNotices((state) => state.seenId);
  const unread = notices.filter((notice) => notice.id > seenId).length;
  function markSeen(isOpen: boolean) {
    const newest = notices[0]?.id;
    if (isOpen && newest !== undefined) noticesStore.setState({ seenId: newest });
  }
  return (
    <Popover.Root onOpenChange={markSeen}>
      <Popover.Trigger asChild>
        <button
          type="button"
          aria-label={unread === 0 ? text('bell.label') : text('bell.labelUnread', { count: unread })}
          className="relative grid size-7 place-items-center rounded-control text-ink-2 hover:bg-hover hover:text-ink"
        >
          <BellIcon aria-hidden className="size-4" strokeWidth={1.75} />
          {unread === 0 ? null : (
            <span
              aria-hidden
              className="absolute -top-0.5 -right-0.5 grid h-3.75 min-w-3.75 place-items-center rounded-pill bg-accent px-1 text-[0.625rem] leading-none font-semibold text-accent-ink"
            >
              {unread > 9 ? '9+' : unread}
            </span>
          )}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          aria-label={text('bell.label')}
          className="appear z-30 flex max-h-100 w-90 flex-col rounded-card border border-line-strong bg-bg shadow-lift focus-visible:outline-none"
        >
          <NoticeList notices={notices} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function NoticeList({ notices }: { readonly notices: readonly Notice[] }) {
  const text = useText('frame');
  const now = useNow(5000);
  if (notices.length === 0) {
    return (
      <div className="p-4">
        <p className="font-semibold">{text('bell.empty')}</p>
        <p className="text-small text-ink-2">{text('bell.emptyText')}</p>
      </div>
    );
  }
  return (
    <>
      <div className="flex items-center border-b border-line py-1.5 pr-1.5 pl-3">
        <h2 className="flex-1 font-semibold">{text('bell.label')}</h2>
        <Button tone="quiet" className="h-6! px-2" onClick={() => noticesStore.setState({ notices: [] })}>
          {text('bell.clear')}
        </Button>
      </div>
      <ul className="min-h-0 overflow-auto">
        {notices.map((notice) => {
          const Icon = icons[notice.tone];
          return (
            <li key={notice.id} className="border-b border-line/60 last:border-b-0">
              <Popover.Close asChild>
                <button
                  type="button"
                  onClick={() => openNotice(notice)}
                  className="flex w-full gap-2 px-3 py-2 text-left hover:bg-hover focus-visible:-outline-offset-2"
                >
                  <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${colours[notice.tone]}`} />
                  <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                    <span className="block">{notice.title}</span>
                    <span className="block text-small text-ink-3">
                      {[notice.detail, agoText(notice.at, now)].filter((part) => part !== null).join(' · ')}
                    </span>
                  </span>
                </button>
              </Popover.Close>
            </li>
          );
        })}
      </ul>
    </>
  );
}
