// Types that several modules share, for the JSDoc comments of static/js. Nothing here is sent to browsers.
// Members with underscores are the API's own, described in /api/openapi.json.
export {};

type Result<F extends (...given: never[]) => unknown> = Awaited<ReturnType<F>>;

declare global {
  type Bytes = Uint8Array<ArrayBuffer>;

  /** Any error; those of the site (errors.js) have a code, those of the server a status as well. */
  interface Failure extends Error {
    code?: string;
    status?: number;
    retryAfterSeconds?: number;
    detail?: any;
    /** Set where an upload that failed can go on later. */
    isKept?: boolean;
    transferId?: string;
  }

  interface Argon2Costs {
    m: number;
    t: number;
    p: number;
  }
  interface Envelope {
    salt: Bytes;
    argon2id: Argon2Costs | null;
  }
  /** 32 bytes each. */
  interface Keys {
    content: Bytes;
    manifest: Bytes;
    proof: Bytes;
    commitment: Bytes;
    linkProof: Bytes;
  }
  interface ManifestFile {
    path: string;
    size: number;
    type: string;
    modified?: number;
  }
  interface Manifest {
    v: number;
    kind: string;
    size: number;
    part_size: number;
    parts: number;
    pad: number;
    files: ManifestFile[];
  }
  /** What identifies a part and the key that seals it. */
  interface PartKey {
    contentKey: Bytes;
    index: number;
    count: number;
  }
  interface TagDigest {
    header: Bytes;
    tagsDigest: Bytes;
  }
  interface Slice {
    file: Blob & { size: number; lastModified?: number };
    start: number;
    end: number;
    sizeBytes: number;
    lastModified: number;
  }
  interface SlicedPart extends PartKey {
    slices: Slice[];
    padBytes: number;
    header?: Bytes;
  }

  /** How far a part is; `isKept`: safe since an earlier time, so it says nothing about the speed. */
  interface PartProgress {
    index: number;
    phase: "empty" | "sealing" | "moving" | "safe";
    sentBytes?: number;
    ofBytes?: number;
    sealedBytes?: number;
    isKept?: boolean;
  }
  /** Before a call is tried again; `index`: the part that it is about. */
  interface Wait {
    index?: number;
    attempt: number;
    offline: boolean;
    error: Failure;
  }
  interface Connection {
    onPart: (part: PartProgress) => void;
    onWait: (wait: Wait) => void;
  }

  type Semaphore = <T>(task: () => Promise<T>) => Promise<T>;
  type RateController = Result<typeof import("./js/transport/rate_controller.js").createRateController>;
  type CryptoPool = Result<typeof import("./js/worker/crypto_pool.js").createCryptoPool>;
  type WorkerHandle = Result<typeof import("./js/worker/worker_handle.js").openWorker>;

  // What the server answers.
  interface StoredPart {
    index: number;
    size_bytes: number;
  }
  interface Config {
    upload_access: string;
    waitlist: boolean;
    max_transfer_bytes: number;
    sign_batch_max: number;
    expiry_options_seconds: number[];
    default_expiry_seconds: number;
    max_downloads_options: number[];
    default_max_downloads: number | null;
  }
  interface TransferInfo {
    envelope: string;
    status: string;
    payload_bytes: number;
    expires_at: string;
    downloads_remaining: number | null;
  }
  type StoredValue = string | number | null;
  interface StoredColumn {
    name: string;
    label: string;
    sentence: string;
    has_value: boolean;
    value: StoredValue;
  }
  interface StoredTable {
    title: string;
    sentence: string;
    rows: number | null;
    of_transfers: boolean;
    columns: StoredColumn[];
  }
  interface Transparency {
    places: StoredTable[];
    beside: { title: string; sentences: string[] }[];
    not_stored: string[];
    stored_fields: Record<string, StoredValue>;
    visitor?: string;
    note?: string;
  }
  interface Receipt {
    deleted_at: string;
    reason: string;
    payload_bytes: number | null;
    verified: string[];
  }
  interface TransferEvent {
    kind: string;
    at: string;
    visitor?: string;
  }
  interface TransferStatus {
    state: string;
    created_at: string;
    completed_at: string | null;
    expires_at: string;
    longest_expires_in_seconds?: number;
    max_downloads: number | null;
    download_count: number;
    payload_bytes: number | null;
    file_size_bytes: number;
    events: TransferEvent[];
    downloads: { started_at: string; live: boolean }[];
    receipt: Receipt | null;
    transparency: Transparency;
  }
  interface Completion {
    expires_at: string;
    max_downloads: number | null;
    transparency: Transparency;
  }
  interface Proofs {
    link_proof: string;
    proof: string;
  }
  interface Owner {
    ownerToken: string;
    accessToken?: string;
  }
  interface Terms {
    expires_in_seconds?: number;
    max_downloads?: number | null;
  }

  // Uploads.
  interface ChosenFile {
    file: File;
    path: string;
    chosenPath?: string;
    root?: FileSystemHandle | null;
  }
  interface PlannedFile {
    file: File;
    path: string;
    chosenPath: string;
    root: FileSystemHandle | null;
    type: string;
    start: number;
    sizeBytes: number;
    lastModified: number;
  }
  interface UploadPlan {
    kind: "files" | "text";
    files: PlannedFile[];
    padBytes: number;
    sizeBytes: number;
    partSizeBytes: number;
    partCount: number;
    payloadBytes: number;
    sealedPartBytes: number;
  }
  /** A transfer that was begun; the two secrets stay with its sender. */
  interface BegunTransfer {
    id: string;
    secret: Bytes;
    ownerToken: Bytes;
    accessToken?: string;
    envelopeText: string;
    keys: Pick<Keys, "content" | "manifest" | "commitment">;
    expiresAt: string;
  }
  interface Delivery {
    keyApart: boolean;
    withPassphrase: boolean;
  }
  /** What the form says; what is secret stays apart from what the server is told. */
  interface SendOptions {
    limits: Terms;
    passphrase: string;
    accessToken?: string;
    hideSize: boolean;
    keyApart: boolean;
  }
  type KeptFile = Pick<PlannedFile, "path" | "chosenPath" | "type" | "sizeBytes" | "lastModified">;
  /** An unfinished upload as the browser keeps it. */
  interface KeptUpload {
    id: string;
    beganAt: number;
    transfer: Omit<BegunTransfer, "accessToken">;
    wish: Delivery;
    plan: { kind: "files" | "text"; padBytes: number; partCount: number; payloadBytes: number; files: KeptFile[] };
    roots?: FileSystemHandle[];
    sealedManifest?: string;
  }
  interface UploadRecord {
    /** Kept before the part is sent: no reload comes between. */
    keepPart: (index: number, part: TagDigest) => Promise<void>;
    /** From here on completion can be repeated, even without the files. */
    keepManifest: (sealedManifest: string) => Promise<void>;
    erase: () => Promise<void>;
  }
  type Gate = Result<typeof import("./js/upload/gate.js").createGate>;
  type PartUrls = Result<typeof import("./js/upload/part_urls.js").createPartUrls>;
  /** What sending a transfer needs. */
  interface UploadWork extends Connection {
    transfer: BegunTransfer;
    plan: UploadPlan;
    signBatchMax: number;
    pool: CryptoPool;
    gate: Gate;
    record: UploadRecord;
  }

  // Downloads.
  interface DownloadPlan {
    sizeBytes: number;
    payloadBytes: number;
    partCount: number;
    partSizeBytes: number;
    indexes: number[];
    start: number;
    end: number;
  }
  interface Entry {
    name: string;
    size: number;
    modified?: number;
  }
  interface SavePlan {
    plan: DownloadPlan;
    contentBytes: number;
    bytesNeeded: number;
    fetchedBytes: number;
    name: string;
    zipEntries?: Entry[];
    folderEntries?: Entry[];
  }
  interface Stretch {
    start: number;
    end: number;
  }
  type PartLayout = (index: number) => { stretches: Stretch[]; padBytes: number } | null;
  type StagedFile = Result<typeof import("./js/download/staging.js").createStaged>;
  interface EarlierStaged {
    staged: StagedFile;
    tagDigests: Map<number, TagDigest>;
    fileName: string;
    lengthBytes: number;
    key: string;
  }
  type StagedMemory = Result<typeof import("./js/download/staged_memory.js").createStagedMemory>;
  type Lease = Result<typeof import("./js/download/lease.js").createLease>;
  type Saving = Result<typeof import("./js/download/saver.js").createSaving>;
  interface WritableSink {
    inOrder: boolean;
    write: (bytes: Bytes, at: number) => Promise<ArrayBuffer | void>;
  }
  interface Sink extends WritableSink {
    keep: (stretches: Stretch[]) => Promise<void>;
    finish: () => Promise<Blob | undefined>;
    discard: () => Promise<void>;
    fileName?: string;
    removeLater?: StagedFile["removeLater"];
  }
  /** Where a sink's worker writes. */
  interface Output {
    inOrder: boolean;
    keepsBytes?: boolean;
    write: (bytes: Bytes, at: number) => Promise<void>;
    keep?: (stretch: Stretch) => Promise<void>;
    read?: (stretch: Stretch) => Bytes;
    finish: () => Promise<Blob | void>;
    discard: () => Promise<unknown>;
  }
  interface OutputChoice {
    directoryName?: string;
    fileName?: string;
    bytesNeeded?: number;
    memoryLimitBytes?: number;
    picked?: any;
    folderEntries?: Entry[];
  }
  interface OpenedTransfer {
    keys: Keys;
    proofs: Proofs;
    manifest: Manifest;
  }
  type Preview =
    | { kind: "image"; type: string }
    | { kind: "text"; text: string }
    | { kind: "none"; reason: "too_large" | "not_shown" };
  type SaveHow = "download" | "file" | "folder";

  // Pages.
  /** Finds an element by its id, or what follows the finder's own prefix; throws where it is missing. */
  interface Finder {
    (name: string): HTMLElement;
    <T extends Element>(name: string, type: new () => T): T;
  }
  interface Message {
    title?: string;
    heading?: string;
    lede?: string;
    problem?: string;
    /** What to say once the time of `waitSeconds` is over. */
    over?: string;
  }
  interface ScreenChange extends Message {
    code?: string;
    focus?: boolean;
    waitSeconds?: number;
  }
  type PageScreen = Result<typeof import("./js/ui/screen.js").createScreen>;
  type ProgressPanel = Result<typeof import("./js/ui/progress_panel.js").createProgressPanel>;
  interface ReceivedFile {
    path: string;
    size: number;
    isPreviewable: boolean;
  }
  interface DownloadPage {
    id: string;
    main: HTMLElement;
    screen: PageScreen;
    list: Result<typeof import("./js/ui/transfer_list.js").createTransferList>;
    pool: CryptoPool;
    noteSheet: Result<typeof import("./js/ui/note_sheet.js").createNoteSheet>;
    dialog: Result<typeof import("./js/ui/preview_dialog.js").createPreviewDialog>;
    sinkWorkerUrl: string;
    kept: Result<typeof import("./js/pages/kept_files.js").createKeptFiles>;
    memory: StagedMemory;
    leaseUse: Result<typeof import("./js/pages/lease_use.js").createLeaseUse>;
    showFailure: (error: Failure, context?: { whileSaving?: boolean }) => void;
    opened: () => OpenedTransfer;
  }

  /** The charting library, a classic script of the dashboard. */
  var uPlot: any;

  // What browsers have and TypeScript's own libraries do not.
  var showSaveFilePicker: (options: { suggestedName: string; id: string }) => Promise<FileSystemFileHandle>;
  var showDirectoryPicker: (options: { mode: string; id: string }) => Promise<FileSystemDirectoryHandle>;
  var trustedTypes: { createPolicy: (name: string, rules: object) => { createScriptURL: (url: string) => string } } | undefined;
  interface FileSystemHandle {
    queryPermission?: (wanted: { mode: "read" }) => Promise<PermissionState>;
    requestPermission: (wanted: { mode: "read" }) => Promise<PermissionState>;
    remove?: () => Promise<void>;
  }
  /** Only in workers. */
  interface FileSystemFileHandle {
    createSyncAccessHandle: () => Promise<{
      truncate: (bytes: number) => void;
      getSize: () => number;
      write: (bytes: Bytes, options: { at: number }) => number;
      read: (bytes: Bytes, options: { at: number }) => number;
      flush: () => void;
      close: () => void;
    }>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
  }
}
