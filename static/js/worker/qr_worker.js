import { encodeQR } from "../../vendor/qr/index.js";
import { serveCalls } from "./serve_calls.js";

const QUIET_ZONE_MODULES = 4; // ISO/IEC 18004: what a reader needs around the symbol

serveCalls({
  async encode({ text }) {
    return { result: encodeQR(text, "raw", { ecc: "medium", border: QUIET_ZONE_MODULES }) };
  },
});
