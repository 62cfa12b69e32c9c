import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { Empty } from '../../parts/notes.tsx';
import { Part } from '../../parts/show.tsx';
import type { Section } from './configuration-data.ts';
import { FieldPlace, Fields, TextField, useField } from './fields.tsx';
import { focusField, useForm } from './form.ts';
import { PlaceFaults } from './place-faults.tsx';
import { PublicKeyFields } from './public-key-fields.tsx';

const USERS_MAX = 20;
const PASSWORD_CHARS = 24;
/** Without signs that look alike when it is read out. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
type Password = Section<'ftp'>['users'][number]['password'];

/** The biller's users on the SFTP server. */
export function FtpUsers() {
  const { draft, put, isFixed } = useForm();
  const { users } = draft.ftp;
  return (
    <Part
      title="FTP users"
      aside={
        !isFixed && (
          <Button
            variant="default"
            size="compact-xs"
            disabled={users.length >= USERS_MAX}
            onClick={() => {
              put('ftp.users', [...users, { username: '', password: null, publicKeys: [] }]);
              focusField(`ftp.users.~${users.length}.username`);
            }}
          >
            New FTP user
          </Button>
        )
      }
    >
      <PlaceFaults at="ftp.users" />
      {users.length === 0 && <Empty>Nobody can sign in to the SFTP server for this biller yet.</Empty>}
      {users.map((user, n) => (
        // By position: the name is being typed
        <fieldset key={n} className="config-row" aria-label={user.username || `FTP user ${n + 1}`}>
          <PlaceFaults at={`ftp.users.~${n}`} />
          <Fields isTwo>
            <TextField
              at={`ftp.users.~${n}.username`}
              maxLength={40}
              hint="Small letters and digits. All billers share one server, so no other may have it."
            />
            <PasswordField at={`ftp.users.~${n}.password`} />
          </Fields>
          <PublicKeyFields at={`ftp.users.~${n}.publicKeys`} username={user.username} />
          {!isFixed && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Take out ${user.username || `FTP user ${n + 1}`}`}
              onClick={() =>
                put(
                  'ftp.users',
                  users.filter((_each, at) => at !== n),
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

/** Set or replaced, and never read back: what is kept is shown as a fingerprint. */
function PasswordField({ at }: { at: string }) {
  const { value, put, bind, isFixed, warnings, form } = useField({ at });
  const password = value as Password;
  const isNew = password !== null && 'set' in password;
  const [isTyping, setTyping] = useState(isNew);
  const [isMade, setMade] = useState(false);
  const kept = keptPassword(form, at);
  if (!isTyping || isFixed) {
    return (
      <FieldPlace at={at} warnings={warnings}>
        <span className="config-label">{bind.label}</span>
        <div>
          {password && 'shown' in password ? (
            `${password.shown} (${password.fingerprint})`
          ) : (
            <span className="soft">None: keys only.</span>
          )}
        </div>
        {bind.error && <p className="problem config-field-warning">{bind.error}</p>}
        {!isFixed && (
          <div className="acts">
            <Button variant="default" size="compact-xs" onClick={() => setTyping(true)}>
              {password ? 'Replace the password' : 'Set a password'}
            </Button>
            {password && (
              <Button variant="default" size="compact-xs" onClick={() => put(null)}>
                Take the password out
              </Button>
            )}
          </div>
        )}
      </FieldPlace>
    );
  }
  return (
    <FieldPlace at={at} warnings={warnings}>
      <PasswordInput
        {...bind}
        description="Sealed when it is saved, and never shown again. Give it to the partner now."
        autoComplete="new-password"
        value={isNew ? password.set : ''}
        {...(isMade && { visible: true })}
        onChange={(event) => {
          setMade(false);
          put(event.currentTarget.value === '' ? kept : { set: event.currentTarget.value });
        }}
      />
      <div className="acts">
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            put({ set: strongPassword() });
            setMade(true);
          }}
        >
          Make a strong one
        </Button>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => {
            put(kept);
            setTyping(false);
          }}
        >
          {kept ? 'Keep the old one' : 'No password'}
        </Button>
      </div>
    </FieldPlace>
  );
}

/** The password in force of the user at that place; none where the user is new or has another name now. */
function keptPassword(form: ReturnType<typeof useForm>, at: string): Password {
  const n = Number(/~(\d+)/.exec(at)?.[1]);
  const username = form.draft.ftp.users[n]?.username;
  return form.base.ftp.users.find((user) => user.username === username)?.password ?? null;
}

function strongPassword(): string {
  const limit = 256 - (256 % ALPHABET.length);
  let made = '';
  while (made.length < PASSWORD_CHARS) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    // A byte at the end of the range would make the first letters likelier.
    if (byte < limit) made += ALPHABET[byte % ALPHABET.length];
  }
  return made;
}
