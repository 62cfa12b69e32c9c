import { Button } from '@mantine/core';
import { Empty } from '../../parts/notes.tsx';
import { Part } from '../../parts/show.tsx';
import { Fields, TextField } from './fields.tsx';
import { focusField, useForm } from './form.ts';

const CONTACTS_MAX = 50;

/** People at the biller and its partner: rows to add and take out. */
export function ContactFields() {
  const { draft, put, isFixed } = useForm();
  const { contacts } = draft.profile;
  return (
    <Part
      title="Contacts"
      aside={
        !isFixed && (
          <Button
            variant="default"
            size="compact-xs"
            disabled={contacts.length >= CONTACTS_MAX}
            onClick={() => {
              put('profile.contacts', [...contacts, { role: '', name: '', email: '', phone: '' }]);
              focusField(`profile.contacts.${contacts.length}`);
            }}
          >
            Add a contact
          </Button>
        )
      }
    >
      {contacts.length === 0 && <Empty>Nobody is named yet.</Empty>}
      {contacts.map((contact, at) => (
        // A row is its position; nothing else tells two empty ones apart
        <fieldset key={at} className="config-row" aria-label={contact.name || `Contact ${at + 1}`}>
          <Fields isTwo>
            <TextField at={`profile.contacts.${at}.role`} maxLength={60} />
            <TextField at={`profile.contacts.${at}.name`} maxLength={120} />
            <TextField at={`profile.contacts.${at}.email`} inputMode="email" />
            <TextField at={`profile.contacts.${at}.phone`} inputMode="tel" maxLength={40} />
          </Fields>
          {!isFixed && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Take out ${contact.name || `contact ${at + 1}`}`}
              onClick={() =>
                put(
                  'profile.contacts',
                  contacts.filter((_each, n) => n !== at),
                )
              }
            >
              Take out
            </Button>
          )}
        </fieldset>
      ))}
    </Part>
  );
}
