import { api, type Reply, told } from '../api.ts';

export type DeliveryView = Reply<'/api/v1/billers/{bid}/deliveries/{id}'>;
export type Attempt = DeliveryView['sentAttempts'][number];
export type Act = DeliveryView['acts'][number];

const REFRESH_MS = 5_000;

export const deliveryQuery = (bid: number, id: number) => ({
  queryKey: ['deliveries', bid, 'one', id],
  refetchInterval: REFRESH_MS,
  queryFn: () => told(api.GET('/api/v1/billers/{bid}/deliveries/{id}', { params: { path: { bid, id } } })),
});

export const VERDICTS: Readonly<Record<string, string>> = {
  E1: 'Applied: the partner’s figures moved by exactly this payment',
  E0: 'Not applied: nothing moved',
  EX: 'Can’t be told from the figures',
};

export const trustWord = (level: number): string =>
  [
    'L0, hold: an unknown payment always waits for a person',
    'L1, confirm: clear evidence closes it as posted',
    'L2, resend once: clear evidence of “not applied” sends once more',
    'L3, certified: may be sent again freely with the same transaction_id',
  ][level] ?? `L${level}`;
