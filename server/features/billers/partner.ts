/**
 * The partner port: what Causeway asks of a biller's own system. A partner implements it and decides nothing; features
 * call it and know no partner. A second partner is a folder under `server/partners/` and one line in its registry.
 */

/** What is asked for. Each operation has its own endpoint and login in the biller's Advanced Settings. */
export type PartnerOperation = 'balance' | 'payment' | 'paperless' | 'autopay' | 'pdf';

/** Where one operation of one biller goes, and as whom. Made from the configuration by `connectionFor`. */
export interface PartnerConnection {
  readonly bid: number;
  /** The partner's name in the profile, e.g. `IMT Computer Services`. */
  readonly partner: string;
  readonly operation: PartnerOperation;
  /** 1 or 2 under MULTIENVIRONMENT, else 1. */
  readonly environment: number;
  readonly url: string;
  /** The separate sign-in endpoint (setting 88), where the partner has one. */
  readonly authUrl: string | undefined;
  readonly username: string;
  readonly credentials: PartnerCredentials;
  /** Requests at once to this endpoint. */
  readonly maxConcurrent: number;
}

/** Revealed only for the length of a call; `reveal` opens the sealed value. */
export interface PartnerCredentials {
  password(): string;
  /** Spectrum's private key; undefined for partners without one. */
  privateKey(): string | undefined;
}

/** What the partner told about one account. Money in whole cents. */
export interface PartnerBalance {
  readonly currentDueCents: number;
  readonly totalUnpaidCents: number | undefined;
  readonly pendingPaymentCents: number | undefined;
  readonly pendingPaymentDate: string | undefined;
  readonly lastUpdateTime: string | undefined;
  readonly dueDate: string | undefined;
  /** The methods the partner allows; undefined when it said nothing. */
  readonly paymentTypes: readonly ('CC' | 'ACH')[] | undefined;
  readonly unknownPaymentTypes: readonly string[];
  readonly allowPayments: boolean | undefined;
  /** The partner's own clock (its Date header), to measure skew. */
  readonly partnerDate: string | undefined;
  /** The other attributes, as told, for staff and for the baseline. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** What happened to one exchange, redacted: method, address without secrets, status, the partner's errors. */
export interface Transcript {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly tookMs: number;
  readonly errors?: readonly { status?: string; code?: string; title?: string; detail?: string; pointer?: string }[];
  readonly note?: string;
}

export type BalanceAnswer =
  | { readonly kind: 'balance'; readonly balance: PartnerBalance; readonly transcript: Transcript }
  | { readonly kind: 'unknown-account'; readonly transcript: Transcript }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly sentence: string;
      readonly retryAfterMs?: number;
      readonly transcript: Transcript;
    };

/** Why a read or a login did not work, in the terms an operator can act on. */
export type FailureReason =
  | 'unreachable'
  | 'timeout'
  | 'login-refused'
  | 'session-refused'
  | 'partner-error'
  | 'rate-limited'
  | 'not-understood'
  | 'breaker-open'
  | 'guard'
  | 'too-large';

/** A login that did not work. */
export interface SessionFailure {
  readonly reason: FailureReason;
  readonly sentence: string;
  readonly retryAfterMs?: number;
}

/**
 * The outcome of a send, by proof and not by status family (spec/payments.md, "Classify by proof").
 * NOT_SENT: no byte of the request was written. REJECTED: the partner's own refusal. UNKNOWN: everything else.
 */
export type SendOutcome =
  | { readonly class: 'POSTED'; readonly status: number; readonly echoed: boolean; readonly transcript: Transcript }
  | {
      readonly class: 'NOT_SENT';
      readonly reason: string;
      readonly retryAfterMs?: number;
      readonly transcript: Transcript;
    }
  | { readonly class: 'REJECTED'; readonly status: number; readonly sentence: string; readonly transcript: Transcript }
  /** 429 with proof that it was refused: wait as told, then send again; it was not applied. */
  | { readonly class: 'RATE_LIMITED'; readonly retryAfterMs: number; readonly transcript: Transcript }
  | { readonly class: 'UNKNOWN'; readonly reason: string; readonly status?: number; readonly transcript: Transcript };

/** A payment as the partner is told about it. Frozen in the delivery when the payment is taken. */
export interface PaymentPosting {
  readonly accountNumber: string;
  readonly method: 'CC' | 'ACH';
  readonly amountCents: number;
  readonly feeCents: number;
  readonly transactionId: string;
  readonly paymentMessage: string;
  readonly customerName: string;
  readonly address1: string;
  readonly address2: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly phone: string;
  readonly email: string;
}

export type PdfAnswer =
  | { readonly kind: 'pdf'; readonly body: AsyncIterable<Uint8Array>; readonly transcript: Transcript }
  | { readonly kind: 'none'; readonly transcript: Transcript }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly sentence: string;
      readonly transcript: Transcript;
    };

/** Called around a send, so that crash points and intents sit exactly where bytes leave. */
export interface SendHooks {
  /** The whole request was handed to the socket. */
  readonly onSent?: () => void;
  /** Half of its body was. */
  readonly onHalfSent?: () => void;
  /** Asked right before each send: false (the intent has grown old) ends it as NOT_SENT. */
  readonly mayStillSend?: () => boolean;
  readonly signal?: AbortSignal;
}

export interface Partner {
  /** Its name as the profile's Integration Partner ID says it. */
  readonly name: string;
  /** What it can do: screens, rules and DataPump read this instead of asking for its name. */
  readonly abilities: {
    readonly operations: readonly PartnerOperation[];
    readonly hasSeparateSignIn: boolean;
    /** Whether two instances by invoice type are possible (setting 81). */
    readonly hasEnvironments: boolean;
    /** Settings 10 and 13 hold a private key and a password. */
    readonly hasPrivateKey: boolean;
    /** Whether it uploads invoices one at a time (setting 105 exists). */
    readonly sendsSingleInvoices: boolean;
  };
  balance(connection: PartnerConnection, accountNumber: string): Promise<BalanceAnswer>;
  postPayment(connection: PartnerConnection, posting: PaymentPosting, hooks: SendHooks): Promise<SendOutcome>;
  setPaperless(
    connection: PartnerConnection,
    accountNumber: string,
    isOn: boolean,
    hooks: SendHooks,
  ): Promise<SendOutcome>;
  setAutoPay(
    connection: PartnerConnection,
    accountNumber: string,
    isOn: boolean,
    hooks: SendHooks,
  ): Promise<SendOutcome>;
  billPdf(connection: PartnerConnection, accountNumber: string): Promise<PdfAnswer>;
  /**
   * Opens a session, or joins the open one, and keeps it until released: one session for a run over many accounts, also
   * when the partner ends it in between. `failure` says why it could not be opened; it must be released all the same.
   */
  holdSession(
    connection: PartnerConnection,
  ): Promise<{ readonly failure: SessionFailure | undefined; release(): Promise<void> }>;
  /** Closes every open session; part of a graceful stop. */
  close(): Promise<void>;
  /** Open sessions and endpoint health, for metrics and Operations. */
  sessions(): readonly {
    bid: number;
    authUrl: string;
    username: string;
    leases: number;
    openedAt: Temporal.Instant;
  }[];
}

/** The partners this installation knows, by name. */
export type Partners = ReadonlyMap<string, Partner>;
