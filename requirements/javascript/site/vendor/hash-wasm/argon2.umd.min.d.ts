export interface Argon2Options {
  password: Uint8Array;
  salt: Uint8Array;
  memorySize: number;
  iterations: number;
  parallelism: number;
  hashLength: number;
  outputType: "binary";
}
declare const hashwasm: { argon2id(options: Argon2Options): Promise<Uint8Array<ArrayBuffer>> };
export default hashwasm;
