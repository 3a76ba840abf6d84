export function encodeQR(text: string, output: "raw", options: { ecc: "medium"; border: number }): boolean[][];
