import { isSameFolder, readFtpPath, windowsPath } from '@causeway/formats/ftp-path';
import { Button, TextInput } from '@mantine/core';
import { Empty } from '../../parts/notes.tsx';
import { Part } from '../../parts/show.tsx';
import type { Section } from './configuration-data.ts';
import { ChoiceField, FieldPlace, Fields, SwitchField, useField } from './fields.tsx';
import { focusField, useForm } from './form.ts';
import { PlaceFaults } from './place-faults.tsx';

const SETTINGS_MAX = 50;
type Ftp = Section<'ftp'>;
type List = 'pdfSettings' | 'zipSettings';
const LISTS = {
  pdfSettings: { title: 'PDF settings', one: 'PDF setting', other: 'zipSettings', otherOne: 'zip file setting' },
  zipSettings: { title: 'Zip file settings', one: 'zip file setting', other: 'pdfSettings', otherOne: 'PDF setting' },
} as const;
const USUAL_FOLDER = '/ToInvoiceCloud/PDFs';

/** The folders of one kind, each of one of the biller's users. */
export function FtpSettings({ list }: { list: List }) {
  const { draft, put, isFixed } = useForm();
  const settings = draft.ftp[list];
  const { title, one } = LISTS[list];
  const add = () => {
    put(`ftp.${list}`, [...settings, settingOf(list, draft.ftp.users[0]?.username ?? '', USUAL_FOLDER)]);
    focusField(`ftp.${list}.${settings.length}.path`);
  };
  return (
    <Part
      title={title}
      aside={
        !isFixed && (
          <Button variant="default" size="compact-xs" disabled={settings.length >= SETTINGS_MAX} onClick={add}>
            New {one}
          </Button>
        )
      }
    >
      <PlaceFaults at={`ftp.${list}`} />
      {settings.length === 0 && (
        <Empty>
          {list === 'pdfSettings'
            ? 'No folder is looked into for PDFs of bills.'
            : 'No folder is looked into for zip files.'}
        </Empty>
      )}
      {settings.map((setting, n) => (
        <fieldset key={n} className="config-row" aria-label={`${one} ${n + 1}: ${setting.path}`}>
          <Fields isTwo>
            <ChoiceField
              at={`ftp.${list}.${n}.username`}
              options={draft.ftp.users.map((user) => [user.username, user.username || '(no name yet)'] as const)}
            />
            <PathField list={list} n={n} />
          </Fields>
          <div className="config-several">
            <SwitchField at={`ftp.${list}.${n}.isBackupOn`} />
            {list === 'zipSettings' && <SwitchField at={`ftp.${list}.${n}.areZipFilesDeleted`} />}
            <SwitchField at={`ftp.${list}.${n}.isActive`} />
          </div>
          {list === 'pdfSettings' && (
            <Fields>
              <ChoiceField
                at={`ftp.${list}.${n}.moveAction`}
                options={[
                  ['Move to Filename Pending', 'Move to Filename Pending (tried again with each import)'],
                  ['Leave', 'Leave it there'],
                  ['Delete', 'Delete it'],
                  ['Move to Error', 'Move to Error'],
                ]}
              />
            </Fields>
          )}
          <Pair list={list} setting={setting} />
          {!isFixed && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Take out ${one} ${n + 1}`}
              onClick={() =>
                put(
                  `ftp.${list}`,
                  settings.filter((_each, at) => at !== n),
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

/** A path as partners write it is read when the field is left: its user goes to the user's field, the rest stays. */
function PathField({ list, n }: { list: List; n: number }) {
  const at = `ftp.${list}.${n}.path`;
  const { value, put, bind, isFixed, warnings, form } = useField({ at });
  const path = String(value ?? '');
  const username = form.draft.ftp[list][n]?.username ?? '';
  const read = readFtpPath(path);
  const settle = () => {
    if (read.kind === 'refused') return;
    if (read.folder !== path) put(read.folder);
    if (read.username !== null && read.username !== username) form.put(`ftp.${list}.${n}.username`, read.username);
  };
  return (
    <FieldPlace at={at} warnings={warnings}>
      <TextInput
        {...bind}
        description={
          read.kind === 'place' ? (
            <>
              In the partner’s words <code>{windowsPath(read.username ?? (username || 'user'), read.folder)}</code>
            </>
          ) : (
            'A folder such as /ToInvoiceCloud/PDFs; user\\folder and \\ are read as well.'
          )
        }
        error={bind.error ?? (read.kind === 'refused' ? read.why : undefined)}
        value={path}
        readOnly={isFixed}
        maxLength={400}
        onChange={(event) => put(event.currentTarget.value)}
        onBlur={settle}
      />
    </FieldPlace>
  );
}

/** Both kinds on one folder is what is recommended, since the partner may send either. */
function Pair({ list, setting }: { list: List; setting: { username: string; path: string } }) {
  const { draft, put, isFixed } = useForm();
  const { other, otherOne } = LISTS[list];
  const others = draft.ftp[other];
  const isPaired = others.some((each) => each.username === setting.username && isSameFolder(each.path, setting.path));
  if (isPaired) return <p className="fine">With a {otherOne} on the same folder: the recommended pair.</p>;
  return (
    <div className="acts">
      <span className="fine">
        Recommended: a {otherOne} on the same folder too, in case the partner sends the other kind.
      </span>
      {!isFixed && setting.username !== '' && others.length < SETTINGS_MAX && (
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => put(`ftp.${other}`, [...others, settingOf(other, setting.username, setting.path)])}
        >
          Add it
        </Button>
      )}
    </div>
  );
}

function settingOf(
  list: List,
  username: string,
  path: string,
): Ftp['pdfSettings'][number] | Ftp['zipSettings'][number] {
  const both = { username, path, isBackupOn: true, isActive: true };
  return list === 'pdfSettings'
    ? { ...both, moveAction: 'Move to Filename Pending' as const }
    : { ...both, areZipFilesDeleted: true };
}
