import type { InstanceSettings, LedgerPayment } from './records.ts';

/** A policy as the partner holds it now. */
export interface Policy {
  policyNumber: string;
  currentDueCents: number;
  totalUnpaidCents: number;
  pendingCents: number;
  pendingDate: string | null;
  firstName: string;
  lastName: string;
  companyName: string;
  addressOne: string;
  city: string;
  state: string;
  zipCode: string;
  email: string;
  billDate: string;
  dueDate: string;
  paymentTypes: string[] | null;
  allowPayments: boolean;
  partialPayment: boolean;
  paperless: boolean;
  billMode: 'autopay' | 'direct';
  creationTime: string;
  lastUpdateTime: string;
  entryId: string;
  redirectId: string;
  attributes: Record<string, unknown>;
  omit: string[];
  /** Booked payments that do not show yet (`delayed`). */
  waiting: LedgerPayment[];
  paymentsCount: number;
  /** The answer last rendered; thrown away by every change. */
  rendered: string | null;
}

export interface Instance {
  id: string;
  settings: InstanceSettings;
  policies: Map<string, Policy>;
}
