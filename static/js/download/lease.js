import { encodeB64u, randomBytes } from "../crypto/bytes.js";
import { SECRET_BYTES } from "../crypto/sizes.js";
import { finishLease, takeLease } from "../transport/api.js";
import { retriesUnasked, retrying } from "../transport/retry.js";
import { forget, recall, remember } from "./tab_memory.js";

const LEASE = "lease";

/**
 * The lease token that this tab drew earlier for this transfer, or null.
 * @param {string} id
 */
export const rememberedLeaseToken = (id) => recall(LEASE, id);

/** @param {string} id */
function drawToken(id) {
  const token = encodeB64u(randomBytes(SECRET_BYTES));
  remember(LEASE, id, token);
  return token;
}

/**
 * One of the allowed downloads. The token is kept by the tab before it is sent, so that neither a lost
 * answer nor a reload takes a second one.
 * @param {{id: string, proofs: Proofs, signal: AbortSignal, onWait?: (wait: Wait) => void}} options
 */
export function createLease({ id, proofs, signal, onWait }) {
  let token = rememberedLeaseToken(id) ?? drawToken(id);
  /** @type {{url: string}|null} */
  let current = null;
  /** @type {Promise<{url: string}>|null} */
  let renewing = null;

  async function take() {
    const ask = () => retrying(() => takeLease(id, { proofs, leaseToken: token, signal }), { signal, onWait, retryIf: retriesUnasked });
    try {
      return await ask();
    } catch (/** @type {any} */ error) {
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
    url: () => /** @type {{url: string}} */ (current).url,
    /**
     * Asks for a fresh URL, unless somebody did since `staleUrl` was given out.
     * @param {string} staleUrl
     */
    async refresh(staleUrl) {
      if (current?.url === staleUrl) await renew();
    },
    /** Ends the lease: everything was saved. */
    async finish() {
      await retrying(() => finishLease(id, token));
      forget(LEASE, id);
    },
  };
}
