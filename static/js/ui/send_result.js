import { createCopyField } from "./copy_field.js";
import { finderIn } from "./elements.js";
import { momentText } from "./moment_text.js";
import { showNeverStored } from "./never_stored.js";
import { createQrPanel } from "./qr_panel.js";
import { showFacts, storedFacts } from "./stored_facts.js";

const ADVICE = {
  whole: "Whoever has this link can open the files. Send it where only the reader looks; for more safety, let link and key go different ways.",
  apart: "Send the link one way and the key another: the link by mail, say, and the key by phone or messenger. Either alone opens nothing.",
};
const PASSPHRASE_ADVICE = " The reader needs the passphrase as well: tell them in person or by phone.";

const QR = {
  whole: { label: "QR code of the link, key included", caption: "Scanned, it opens the link on another device. It holds the key: let only the reader see it." },
  apart: { label: "QR code of the link without its key", caption: "Scanned, it opens the link, and the reader is asked for the key." },
};

/**
 * @typedef {{wholeLink: string, bareLink: string, key: string, manageLink: string} & Delivery} Links
 * @type {Links}
 */
const NO_LINKS = { wholeLink: "", bareLink: "", key: "", manageLink: "", withPassphrase: false, keyApart: false };

/**
 * `Until 29 November, 20:04, 5 times at most.`
 * @param {Completion} terms
 */
export function termsText({ expires_at: expiresAt, max_downloads: maxDownloads }) {
  const times = maxDownloads === null ? "" : maxDownloads === 1 ? ", once" : `, ${maxDownloads} times at most`;
  return `It opens until ${momentText(expiresAt)}${times}.`;
}

/**
 * The link, the key where it travels apart, the manage link, and what the server kept.
 * @param {HTMLElement} main
 * @param {(text: string) => Promise<boolean[][]>} encodeQr
 */
export function createSendResult(main, encodeQr) {
  const find = finderIn(main);
  const linkField = createCopyField(find("link-field"));
  const keyField = createCopyField(find("key-field"));
  const manageField = createCopyField(find("manage-field"));
  const qr = createQrPanel(find("show-qr"), find("qr"), encodeQr);
  let links = NO_LINKS;
  let apart = false;

  function showDelivery() {
    const link = apart ? links.bareLink : links.wholeLink;
    linkField.set(link);
    qr.offer({ text: link, ...(apart ? QR.apart : QR.whole) });
    keyField.set(apart ? links.key : "");
    find("key-field").hidden = !apart;
    find("sharing-advice").textContent = (apart ? ADVICE.apart : ADVICE.whole) + (links.withPassphrase ? PASSPHRASE_ADVICE : "");
    find("switch-delivery").textContent = apart ? "Put the key into the link" : "Show link and key apart";
  }

  find("switch-delivery").addEventListener("click", () => {
    apart = !apart;
    showDelivery();
  });

  return {
    /**
     * @param {Links} made
     * @param {Transparency} transparency
     */
    show(made, transparency) {
      links = made;
      apart = made.keyApart;
      showDelivery();
      manageField.set(made.manageLink);
      showFacts(find("stored-facts"), storedFacts(transparency.stored_fields));
      showNeverStored(find("never-seen"), transparency.not_stored);
    },
    clear() {
      links = NO_LINKS;
      for (const field of [linkField, keyField, manageField]) field.set("");
      qr.offer({ text: "", label: "", caption: "" });
    },
  };
}
