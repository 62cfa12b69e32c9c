import { addresses } from '../../addresses.ts';
import { To } from '../../parts/show.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { FtpSettings } from './ftp-setting-fields.tsx';
import { FtpUsers } from './ftp-user-fields.tsx';

/** Who may drop files by SFTP, and which folders are looked into. */
export function FtpManagement() {
  return (
    <ConfigurationPage
      sections={['ftp']}
      permission="ftp:write"
      acts={<To href={addresses.ftpCredentials()}>All billers’ FTP users</To>}
    >
      <FtpUsers />
      <FtpSettings list="pdfSettings" />
      <FtpSettings list="zipSettings" />
    </ConfigurationPage>
  );
}
