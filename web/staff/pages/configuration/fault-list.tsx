import { Link } from '@tanstack/react-router';
import { Message } from '../../parts/message.tsx';
import { counted } from '../../say.ts';
import type { SectionName } from './configuration-data.ts';
import { focusField, type ShownFault, useForm } from './form.ts';
import { fieldAddress, screenName } from './section-screens.ts';

interface Props {
  readonly bid: number;
  readonly faults: readonly ShownFault[];
  readonly sections: readonly SectionName[];
  readonly isChanged: boolean;
}

/**
 * Every fault of the screen, each leading to its field; with a change in hand, those on other screens too, since they
 * keep it from being saved as well.
 */
export function FaultList({ bid, faults, sections, isChanged }: Props) {
  const { setFocus } = useForm();
  const here = faults.filter((fault) => fault.section !== undefined && sections.includes(fault.section));
  const elsewhere = faults.filter((fault) => !here.includes(fault) && isChanged && fault.severity === 'error');
  const shown = [...here, ...elsewhere];
  if (shown.length === 0) return null;
  const errors = shown.filter((fault) => fault.severity === 'error').length;
  const title =
    errors === 0
      ? `${counted(shown.length, 'warning')}: it works, but look at this`
      : `${counted(errors, 'fault')}: ${isChanged ? 'the change can’t be saved like this' : 'this configuration does not work'}`;
  return (
    <Message tone={errors > 0 ? 'bad' : 'warn'} role="status" title={title}>
      <ul className="faults">
        {shown.map((fault) => {
          const [place] = fault.places;
          const isHere = here.includes(fault);
          const address = fieldAddress(bid, fault.path);
          return (
            <li key={`${fault.path} ${fault.sentence}`}>
              {fault.severity === 'warning' && errors > 0 && 'Warning: '}
              {!isHere && fault.section && `${screenName(fault.section)}: `}
              {address ? (
                <Link
                  to={address}
                  className="link"
                  activeOptions={{ exact: true }}
                  onClick={(event) => {
                    if (!isHere || place === undefined || event.ctrlKey || event.metaKey) return;
                    if (document.querySelector(`[data-at="${CSS.escape(place)}"]`)) {
                      event.preventDefault();
                      setFocus(place);
                      focusField(place);
                    }
                  }}
                >
                  {fault.sentence}
                </Link>
              ) : (
                fault.sentence
              )}
            </li>
          );
        })}
      </ul>
    </Message>
  );
}
