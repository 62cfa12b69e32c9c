/** The door of payments: what can be paid, taking it once, and how it stands. */

export { ACH_RETURN_CODES, explainReturn, type ReturnCode } from './ach-return-codes.ts';
export { applyChargeState, askHowItStands } from './apply-charge-state.ts';
export { authorizationFor, markOfAuthorization } from './authorize-debit.ts';
export { COME_BACK_RULES, type ComeBackRule, comeBackRules } from './come-back-rules.ts';
export type { Clocks, Payer, PaymentView, PaymentWithEvents, TakePayment } from './contract.ts';
export type { PaymentsDeps } from './deps.ts';
export { checkoutOf, findPayment, listPayments, paymentBegunWith, paymentsOfAccount } from './find-payment.ts';
export { askAboutDuePayments, pollProcessorEvents } from './janitor.ts';
export { ASK_PROCESSOR_QUEUE, paymentsJobs } from './jobs.ts';
export { countChargesInDoubt, findPayments, takenByDay } from './overview-reads.ts';
export type { AmountChoice, CannotPayCode, MethodOffer, NotOfferedCode, Offer } from './payable.ts';
export { cancelPath, paymentPath, returnPath } from './payment-row.ts';
export { OPEN_STATUSES, PAYMENT_STATUSES, type PaymentStatus, TRANSITIONS } from './payment-states.ts';
export { markRestoredPayments } from './payment-store.ts';
export { type PaymentQuote, type QuoteFrom, quotePayment, quoteWithBills } from './quote-payment.ts';
export { receiveProcessorEvent } from './receive-processor-event.ts';
export { reversePayment } from './reverse-payment.ts';
export { registerPaymentsRoutes } from './routes.ts';
export { type TakenPayment, takePayment } from './take-payment.ts';
export { takenPayments } from './taken-payments.ts';
