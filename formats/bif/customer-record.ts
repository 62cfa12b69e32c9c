import type { BifField } from './fields.ts';

/** CR: whose invoice it is. The fields after CustomerName are not in IMT's layout; our sources give them no FileSpecID. */
export const customerRecordFields = [
  { fileSpecId: 58, name: 'RowType', key: 'rowType', required: true, kind: 'rowType' },
  { fileSpecId: 59, name: 'AccountNumber', key: 'accountNumber', required: true, kind: 'account' },
  { fileSpecId: 60, name: 'CustomerName', key: 'customerName', required: true, kind: 'text' },
  { fileSpecId: null, name: 'Address1', key: 'address1', required: false, kind: 'text' },
  { fileSpecId: null, name: 'Address2', key: 'address2', required: false, kind: 'text' },
  { fileSpecId: null, name: 'City', key: 'city', required: false, kind: 'text' },
  { fileSpecId: null, name: 'State', key: 'state', required: false, kind: 'text' },
  { fileSpecId: null, name: 'Zip', key: 'zip', required: false, kind: 'text' },
  { fileSpecId: null, name: 'Phone', key: 'phone', required: false, kind: 'text' },
  { fileSpecId: null, name: 'EmailAddress', key: 'emailAddress', required: false, kind: 'text' },
  { fileSpecId: null, name: 'RegistrationValue', key: 'registrationValue', required: false, kind: 'text' },
] as const satisfies readonly BifField[];
