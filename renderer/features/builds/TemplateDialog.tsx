import { useText } from '#renderer/i18n/i18n.ts';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TemplateList } from './SidePane.tsx';

/** Asks which template a new definition file begins with. */
export function TemplateDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useText('buildsForms');
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('template.title')}
      description={text('template.description')}
    >
      <div className="-mx-3">
        <TemplateList onChosen={onClose} />
      </div>
    </Dialog>
  );
}
