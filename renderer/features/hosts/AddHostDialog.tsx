import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { contractQuery } from '#renderer/api/query.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { connectHost, hostsStore, noteHost } from '#renderer/state/hosts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { TextField } from '#renderer/ui/Field.tsx';
import { Segmented } from '#renderer/ui/Segmented.tsx';
import { ColourChoice } from './ColourChoice.tsx';
import {
  checkHostForm,
  emptyHostForm,
  type HostForm,
  type HostProblems,
  proposeColour,
  proposeLabel,
  readDestination,
} from './hostForm.ts';
import { openHostPage } from './hostsState.ts';
import { OfferedHosts } from './OfferedHosts.tsx';

type Way = 'offered' | 'byHand';

/** Adds an ssh host: one of the person's ssh configuration, or one by hand. */
export function AddHostDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('hostsForms');
  const [takenLabels] = useState(() => hostsStore.getState().hosts.map(({ label }) => label));
  const [form, setForm] = useState<HostForm>(() => ({
    ...emptyHostForm,
    colour: proposeColour(hostsStore.getState().hosts),
  }));
  const [chosenWay, setChosenWay] = useState<Way | null>(null);
  const [isLabelTyped, setIsLabelTyped] = useState(false);
  const [problems, setProblems] = useState<HostProblems>({});
  const [busyWith, setBusyWith] = useState<'add' | 'connect' | null>(null);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const offered = useQuery(
    contractQuery({
      path: 'hosts.offered',
      hostId: null,
      call: (signal) => client.hosts.offered(undefined, { signal }),
    }),
  );
  const hasNone = offered.error !== null || offered.data?.hosts.length === 0;
  const way = chosenWay ?? (hasNone ? 'byHand' : 'offered');

  function change(changed: Partial<HostForm>) {
    setForm((known) => ({ ...known, ...changed }));
    setProblems((known) =>
      Object.fromEntries(Object.entries(known).filter(([field]) => !(field in changed))),
    );
    setFailure(null);
  }

  function setDestination(destination: string) {
    const label = isLabelTyped
      ? {}
      : { label: proposeLabel(readDestination(destination).destination, takenLabels) };
    change({ destination, ...label });
  }

  async function add(connects: boolean) {
    if (busyWith !== null) return;
    const read = readDestination(form.destination);
    const whole = { ...form, ...read, port: form.port.trim() === '' ? read.port : form.port };
    const checked = checkHostForm(whole, takenLabels);
    if (!checked.ok) return setProblems(checked.problems);
    setBusyWith(connects ? 'connect' : 'add');
    try {
      const host = await client.hosts.add(checked.preferences);
      noteHost(host);
      onClose();
      openHostPage(host.id, 'overview');
      if (connects) connectHost(host.id);
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setBusyWith(null);
    }
  }

  const problemOf = (field: keyof HostForm) => {
    const problem = problems[field];
    return problem === undefined ? null : text(`problems.${problem}`);
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('add.title')}
      description={text('add.description')}
      onSubmit={() => void add(true)}
      footer={
        <>
          <Button onClick={onClose}>{useText('common')('cancel')}</Button>
          <Button isBusy={busyWith === 'add'} disabled={busyWith !== null} onClick={() => void add(false)}>
            {text('add.submit')}
          </Button>
          <Button
            tone="primary"
            type="submit"
            isBusy={busyWith === 'connect'}
            disabled={busyWith !== null || form.destination.trim() === ''}
          >
            {text('add.submitAndConnect')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Segmented
          label={text('add.way')}
          value={way}
          onChange={setChosenWay}
          options={[
            { value: 'offered', label: text('add.offered') },
            { value: 'byHand', label: text('add.byHand') },
          ]}
        />
        {way === 'offered' ? (
          <OfferedHosts
            hosts={offered.data?.hosts ?? null}
            failure={offered.error}
            chosen={form.destination}
            problem={problemOf('destination')}
            onChoose={setDestination}
            onByHand={(typed) => {
              setChosenWay('byHand');
              setDestination(typed);
            }}
          />
        ) : (
          <div className="flex items-start gap-3">
            <TextField
              isCode
              autoFocus
              label={text('destination')}
              hint={text('destinationHint')}
              placeholder={text('destinationPlaceholder')}
              value={form.destination}
              onChange={setDestination}
              problem={problemOf('destination')}
              className="flex-1"
            />
            <TextField
              inputMode="numeric"
              label={text('port')}
              value={form.port}
              onChange={(port) => change({ port })}
              problem={problemOf('port')}
              className="w-24"
            />
          </div>
        )}
        <div className="flex flex-wrap items-start gap-3">
          <TextField
            label={text('label')}
            value={form.label}
            onChange={(label) => {
              setIsLabelTyped(label !== '');
              change({ label });
            }}
            problem={problemOf('label')}
            className="min-w-48 flex-1"
          />
          <ColourChoice value={form.colour} onChange={(colour) => change({ colour })} />
        </div>
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
