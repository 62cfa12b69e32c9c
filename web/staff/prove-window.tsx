import { Button } from '@mantine/core';
import { useState } from 'react';
import { addresses } from './addresses.ts';
import { To } from './parts/show.tsx';
import { Window } from './parts/window.tsx';
import type { ProofAsked, ProofWay } from './prove-again.ts';
import { proveByPasskey, proveByTotp } from './prove-by-factor.tsx';
import { proveByPassword } from './prove-by-password.tsx';

/** In the order in which they are offered. */
const WAYS: readonly ProofWay[] = [proveByPasskey, proveByTotp, proveByPassword];

/** “It is still you?”: asked before acts on secrets, money and users; the act itself goes on afterwards by itself. */
export function ProveWindow({ asked }: { asked: ProofAsked }) {
  const ways = WAYS.filter((way) => asked.methods.includes(way.method));
  const [method, setMethod] = useState(ways[0]?.method);
  const way = ways.find((each) => each.method === method);
  const others = ways.filter((each) => each !== way);
  const giveUp = () => asked.settle(false);
  return (
    <Window title="Show that it is still you" onClose={giveUp} size="md">
      <p style={{ marginBottom: '0.9rem' }}>
        This act asks for it once in 15 minutes. What you were doing goes on right after.
      </p>
      {way ? (
        <way.form onProven={() => asked.settle(true)} onGiveUp={giveUp} />
      ) : (
        <>
          <p>
            Your user has nothing to show it with here. <To href={addresses.signIn()}>Sign in again</To>, then repeat
            what you were doing.
          </p>
          <Button variant="default" onClick={giveUp}>
            Close
          </Button>
        </>
      )}
      {others.map((each) => (
        <Button key={each.method} variant="subtle" size="compact-sm" onClick={() => setMethod(each.method)}>
          Use {each.word} instead
        </Button>
      ))}
    </Window>
  );
}
