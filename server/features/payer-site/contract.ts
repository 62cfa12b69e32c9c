/** The facts a payer page shows. `web/payer` turns them into HTML; nothing here is secret, and nothing is another payer's. */

export type Locale = 'en' | 'es';

/** What every page of a biller carries. */
export interface PageFrame {
  readonly locale: Locale;
  /** Path of the biller's pages: `/prairie-pine`. */
  readonly base: string;
  /** This page's path, for the language link. */
  readonly path: string;
  readonly biller: {
    readonly name: string;
    readonly accentColour: string;
    readonly logo: string;
    readonly welcome: string;
    /** Virtual Site verbiage: under the welcome, and where the Virtual Site is off. */
    readonly verbiage: string;
    readonly footer: string;
    /** Whom to ask: the contacts of customer service. */
    readonly help: readonly { readonly name: string; readonly phone: string; readonly email: string }[];
    /** Where the biller's own style sheet is; empty without one. */
    readonly styleSheet: string;
  };
  readonly timeZone: string;
}

/** A fault at a field of a form, in the reader's words; `field` is the input's name. */
export interface FormFault {
  readonly field: string;
  readonly message: string;
}

export interface FindPage {
  readonly accountNumber: string;
  readonly proof: string;
  readonly faults: readonly FormFault[];
  /** Set while guesses are limited: how long to wait. */
  readonly waitMinutes: number | undefined;
}

/** How the amount on a bill page came about. */
export interface BalanceShown {
  readonly dueCents: number;
  /** What the insurer says, before payments on their way are taken off. */
  readonly toldCents: number;
  readonly onTheWayCents: number;
  readonly asOf: string;
  readonly isStale: boolean;
}

export interface BillShown {
  readonly invoiceNumber: string;
  readonly invoiceDate: string;
  readonly dueDate: string;
  readonly totalCents: number;
  readonly lines: readonly string[];
  /** The name of its invoice type, where the biller has several. */
  readonly typeName: string;
  readonly lateFeeDate: string | undefined;
  readonly promptPayDate: string | undefined;
  readonly locationReference: string | undefined;
  readonly isCarried: boolean;
}

/** Where a payment stands, as payer and staff see it alike. Instants as ISO text. */
export interface ThreeClocks {
  readonly takenAt: string | undefined;
  readonly settledAt: string | undefined;
  /** The last day on which the money can still come back; not set once it is over. */
  readonly canComeBackUntil: string | undefined;
  /** The money went back: how (a status of the payment), and when. */
  readonly wentBack: { readonly how: string; readonly at: string | undefined } | undefined;
  readonly postedAt: string | undefined;
  readonly posting: 'posted' | 'on-the-way' | 'checking' | 'not-sent' | undefined;
}

export interface EarlierPayment {
  readonly publicId: string;
  readonly paymentId: number;
  readonly amountCents: number;
  readonly status: string;
  readonly createdAt: string;
}

/** Why nothing can be paid now; each is a designed state. */
export type CannotPay =
  | { readonly kind: 'nothing-due' }
  | { readonly kind: 'stale'; readonly since: string | undefined }
  | { readonly kind: 'no-method' }
  | { readonly kind: 'expired'; readonly message: string }
  | { readonly kind: 'in-doubt'; readonly publicId: string }
  | { readonly kind: 'off' }
  | { readonly kind: 'maintenance'; readonly message: string; readonly opensAt: string };

export interface BillPage {
  readonly accountNumber: string;
  readonly customerName: string;
  readonly balance: BalanceShown | undefined;
  readonly dueDate: string | undefined;
  readonly bills: readonly BillShown[];
  readonly payments: readonly EarlierPayment[];
  readonly cannotPay: CannotPay | undefined;
}

export interface MethodOffer {
  readonly method: 'CC' | 'ACH';
  readonly feeText: { readonly flatCents: number; readonly basisPoints: number };
  /** The fee for the whole amount due. */
  readonly feeCents: number;
  /** The cards taken, by their own names; empty for a bank account. */
  readonly brands: readonly string[];
}

export interface PayPage {
  readonly accountNumber: string;
  readonly customerName: string;
  readonly dueCents: number;
  /** Amounts besides what is due that are offered as they are. */
  readonly choices: readonly { readonly kind: 'minimum' | 'total'; readonly amountCents: number }[];
  readonly isOtherAmountAllowed: boolean;
  readonly leastCents: number;
  readonly mostCents: number;
  readonly methods: readonly MethodOffer[];
  readonly blocked: readonly ('CC' | 'ACH')[];
  readonly draft: {
    readonly method: string;
    readonly amount: string;
    readonly amountChoice: string;
    readonly name: string;
    readonly email: string;
  };
  readonly faults: readonly FormFault[];
}

export interface ReviewPage {
  readonly accountNumber: string;
  readonly method: 'CC' | 'ACH';
  readonly amountCents: number;
  readonly feeCents: number;
  readonly totalCents: number;
  readonly name: string;
  readonly email: string;
  /** What the payer agrees to, word for word, and the mark of that text: a press that would keep another text is asked about. */
  readonly authorization: string;
  readonly authorizationMark: string;
  readonly idempotencyKey: string;
  /** A payment like this one was made minutes ago: the payer has to say that another is meant. */
  readonly duplicateOf: { readonly paymentId: number; readonly createdAt: string } | undefined;
  /** The balance moved while the payer was choosing: what it was, and what it is. */
  readonly changed: { readonly fromCents: number; readonly toCents: number } | undefined;
  readonly faults: readonly FormFault[];
}

export interface PaymentPage {
  readonly state: 'approved' | 'declined' | 'open' | 'processing' | 'unknown' | 'not-made' | 'reversed';
  readonly paymentId: number;
  readonly accountNumber: string;
  readonly method: 'CC' | 'ACH';
  readonly amountCents: number;
  readonly feeCents: number;
  readonly brand: string | undefined;
  readonly lastFour: string | undefined;
  readonly email: string;
  readonly clocks: ThreeClocks;
  readonly declinedSentence: string | undefined;
  readonly continueUrl: string | undefined;
  readonly isSessionOpen: boolean;
}

/** A page that a maintenance window closes. */
export interface ClosedPage {
  /** The biller's words, plain text; empty: the standard ones. */
  readonly message: string;
  readonly opensAt: string;
  /** Somebody was about to pay: it says that no payment was made. */
  readonly isPaying: boolean;
  /** Bills can be seen all the same. */
  readonly isOnlyPaying: boolean;
}

export interface MessagePage {
  readonly kind:
    | 'no-such-biller'
    | 'session-over'
    | 'no-such-payment'
    | 'pdf-not-available'
    | 'other-bill'
    | 'try-again'
    | 'not-here'
    | 'partner-only'
    | 'forbidden-form';
  readonly waitSeconds: number | undefined;
  /** Where to go instead: the partner's own sign-in. */
  readonly goTo?: string | undefined;
}

/** The payer pages, rendered on the server: facts in, a whole HTML document out. */
export interface PayerPages {
  /** The only script: looks again while a payment’s outcome is awaited. Pages work without it. */
  readonly watchScript: string;
  find(frame: PageFrame, page: FindPage): string;
  bill(frame: PageFrame, page: BillPage): string;
  pay(frame: PageFrame, page: PayPage): string;
  review(frame: PageFrame, page: ReviewPage): string;
  payment(frame: PageFrame, page: PaymentPage): string;
  closed(frame: PageFrame, page: ClosedPage): string;
  message(frame: PageFrame, page: MessagePage): string;
}
