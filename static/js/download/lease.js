import { encodeB64u, randomBytes } from "../crypto/bytes.js";
import { SECRET_BYTES } from "../crypto/sizes.js";
import { finishLease, takeLease } from "../transport/api.js";
import { retriesUnasked, retrying } from "../transport/retry.js";
import { forget, recall, remember } from "./tab_memory.js";

const LEASE = "lease";

/** The lease token that this tab drew earlier for this transfer, or null. */
export function rememberedLeaseToken(id) {
  return recall(LEASE, id);
}

function drawToken(id) {
  const token = encodeB64u(randomBytes(SECRET_BYTES));
  remember(LEASE, id, token);
  return token;
}

/**
 * One of the allowed downloads. The token is kept by the tab before it is sent, so that neither a lost
 * answer nor a reload takes a second one.
 * @param {{id: string, proofs: {link_proof: string, proof: string}, signal: AbortSignal, onWait?: Function}} wish
 */
export function createLease({ id, proofs, signal, onWait }) {
  let token = rememberedLeaseToken(id) ?? drawToken(id);
  let current = null;
  let renewing = null;

  async function take() {
    const ask = () => retrying(() => takeLease(id, { proofs, leaseToken: token, signal }), { signal, onWait, retryIf: retriesUnasked });
    try {
      return await ask();
    } catch (error) {
      if (error.code !== "lease_ended") throw error;
      token = drawToken(id);
      return ask();
    }
  }

  function renew() {
    renewing ??= take().then((lease) => (current = lease)).finally(() => (renewing = null));
    return renewing;
  }

  return {
    /** The lease as the server gave it last. */
    take: renew,
    url: () => current.url,
    /** Asks for a fresh URL, unless somebody did since `staleUrl` was given out. */
    async refresh(staleUrl) {
      if (current.url === staleUrl) await renew();
    },
    /** Ends the lease: everything was saved. */
    async finish() {
      await retrying(() => finishLease(id, token));
      forget(LEASE, id);
    },
  };
}
