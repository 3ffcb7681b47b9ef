import { z } from 'zod';
import { procedure } from './errors.ts';
import { hostPathSchema } from './hostPath.ts';
import { hostIdSchema, taskIdSchema } from './ids.ts';
import { keyserverSchema } from './keyserver.ts';
import { passphraseSchema, typedLine } from './passphrase.ts';

/** A whole fingerprint in upper-case hex: 40 digits (OpenPGP version 4) or 64 (version 6). Shorter names can be forged. */
export const fingerprintSchema = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, '').replace(/^0x/i, '').toUpperCase())
  .pipe(z.string().regex(/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/));

/** Where a key of a ring came from, as far as this workbench brought it there. */
export const keyOriginSchema = z.object({
  how: z.enum(['created', 'imported', 'fetched']),
  /** Name of the file or address of the keyserver. */
  from: z.string().nullable(),
  /** Milliseconds since 1970. */
  at: z.number(),
});
export type KeyOrigin = z.infer<typeof keyOriginSchema>;

/** One key of a host's key rings. Its texts were written by whoever made it: anybody can make a key in any name. */
export const trustKeySchema = z.object({
  /** Upper-case hex; empty for a key that cannot be read. */
  fingerprint: z.string(),
  userIds: z.array(z.string()),
  /** Milliseconds since 1970. */
  createdAt: z.number().nullable(),
  /** Null: never. */
  expiresAt: z.number().nullable(),
  state: z.enum(['usable', 'expired', 'revoked', 'unreadable']),
  /** `RSA 4096`, `Ed25519`. */
  algorithm: z.string(),
  /** local: the person's own ring; global: the administrator's, for everybody on the host. */
  ring: z.enum(['local', 'global']),
  /** Whether the private half is there, and whether a passphrase keeps it. */
  privateHalf: z.enum(['none', 'protected', 'open']),
  /** False where only the private half is there: nobody can verify with it. */
  hasPublicHalf: z.boolean(),
  origin: keyOriginSchema.nullable(),
});
export type TrustKey = z.infer<typeof trustKeySchema>;

export const newKeySchema = z.object({
  hostId: hostIdSchema,
  name: typedLine(256).min(1),
  email: typedLine(256).min(3),
  comment: typedLine(256),
  /** Null leaves the private half open to whoever can read the file. */
  passphrase: passphraseSchema.nullable(),
  bits: z.union([z.literal(2048), z.literal(3072), z.literal(4096)]),
});
export type NewKey = z.infer<typeof newKeySchema>;

/** Null: the one of the settings, and where they name none the one that the runtime would use. */
const chosenKeyserverSchema = keyserverSchema.nullable();

/** A key that a keyserver offers. Servers check nobody: the fingerprint must be compared with its owner's. */
export const offeredKeySchema = z.object({
  fingerprint: z.string(),
  algorithm: z.string(),
  bits: z.number().nullable(),
  createdAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  userIds: z.array(z.string()),
});
export type OfferedKey = z.infer<typeof offeredKeySchema>;

const imageAddress = z.object({ hostId: hostIdSchema, path: hostPathSchema });

export const signInputSchema = imageAddress.extend({
  /** A key of the local ring, or a file with an unencrypted PEM private key. */
  key: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('ring'),
      fingerprint: fingerprintSchema,
      passphrase: passphraseSchema.nullable(),
    }),
    z.object({ type: z.literal('pem'), path: hostPathSchema }),
  ]),
  /** all: every group, one signature each; objects: one signature each. */
  what: z.discriminatedUnion('type', [
    z.object({ type: z.literal('all') }),
    z.object({ type: z.literal('group'), id: z.number().int().min(1).max(0x0fff_ffff) }),
    z.object({ type: z.literal('objects'), ids: z.array(z.number().int().min(1)).min(1).max(64) }),
  ]),
});
export type SignInput = z.infer<typeof signInputSchema>;

export const verifyInputSchema = imageAddress.extend({
  /**
   * local: keys of the host's own rings alone; keyserver: unknown keys are asked for there (the server then learns which);
   * pem, certificate: signatures made with such a key.
   */
  with: z.discriminatedUnion('type', [
    z.object({ type: z.literal('local') }),
    z.object({ type: z.literal('keyserver'), url: chosenKeyserverSchema }),
    z.object({ type: z.literal('pem'), path: hostPathSchema }),
    z.object({ type: z.literal('certificate'), path: hostPathSchema, roots: hostPathSchema.nullable() }),
  ]),
});
export type VerifyInput = z.infer<typeof verifyInputSchema>;

/** An object of a SIF that a signature covers, or none does. */
export const signedObjectSchema = z.object({ id: z.number(), type: z.string(), name: z.string() });
export type SignedObject = z.infer<typeof signedObjectSchema>;

export const signatureStateSchema = z.enum([
  'valid',
  'unknownKey',
  'expired',
  /** The key is revoked in a ring of the host. */
  'revoked',
  'tampered',
  'invalid',
  /** Made with a PEM key or certificate, which was not given. */
  'needsKey',
  /** The runtime stops at the first bad signature of a group: nobody looked at this one. */
  'notChecked',
]);
export type SignatureState = z.infer<typeof signatureStateSchema>;

export const signatureSchema = z.object({
  /** Number of the signature's own object. */
  id: z.number(),
  group: z.number().nullable(),
  /** legacy: made before Singularity 3.6, over the bytes of one object alone. */
  kind: z.enum(['pgp', 'pem', 'legacy']),
  state: signatureStateSchema,
  /** The runtime's words for what is wrong; null for a valid one. */
  reason: z.string().nullable(),
  /** Upper-case hex, as the signature claims; null for PEM, and where only a short name is in it. */
  fingerprint: z.string().nullable(),
  userId: z.string().nullable(),
  /** Where the key that it was verified with lies. */
  keyLocation: z.enum(['local', 'global', 'downloaded', 'file']).nullable(),
  keyOrigin: keyOriginSchema.nullable(),
  covers: z.array(signedObjectSchema),
});
export type Signature = z.infer<typeof signatureSchema>;

export const verificationSchema = imageAddress.extend({
  /** Milliseconds since 1970. */
  verifiedAt: z.number(),
  /**
   * valid: each signature holds and each object is covered; partial: what is signed holds, but not all is signed; the
   * others say what is worst.
   */
  verdict: z.enum([
    'valid',
    'partial',
    'unsigned',
    'unknownKey',
    'expired',
    'revoked',
    'tampered',
    'invalid',
    'needsKey',
    'legacy',
  ]),
  /** In sentences, with what it does not mean. */
  text: z.string(),
  signatures: z.array(signatureSchema),
  notCovered: z.array(signedObjectSchema),
});
export type Verification = z.infer<typeof verificationSchema>;

/** What a verification found, for a list of images: it counts while the file has this size and time of change. */
export const imageVerdictSchema = imageAddress.extend({
  /** Milliseconds since 1970. */
  modifiedAt: z.number(),
  sizeBytes: z.number(),
  verdict: verificationSchema.shape.verdict,
  /** Names in the keys whose signatures hold. */
  signers: z.array(z.string()),
  verifiedAt: z.number(),
});
export type ImageVerdict = z.infer<typeof imageVerdictSchema>;

export const encryptionSchema = z.object({
  /** gocryptfs: by Apptainer without root; dm-crypt: by root, for root or setuid installations. */
  kind: z.enum(['none', 'gocryptfs', 'dm-crypt']),
  /** What opens it. */
  opens: z.enum(['passphrase', 'pem']).nullable(),
  /** Whether this host's runtime can open it, and why not. */
  runsHere: z.object({ isPossible: z.boolean(), text: z.string() }),
  text: z.string(),
});
export type Encryption = z.infer<typeof encryptionSchema>;

export const encryptInputSchema = imageAddress.extend({
  target: hostPathSchema,
  overwrite: z.boolean(),
  with: z.discriminatedUnion('type', [
    /** Null only in a task that was stored. */
    z.object({ type: z.literal('passphrase'), passphrase: passphraseSchema.nullable() }),
    /** A PEM public key in PKCS#1 form (`openssl rsa -RSAPublicKey_out`). */
    z.object({ type: z.literal('pem'), path: hostPathSchema }),
  ]),
});
export type EncryptInput = z.infer<typeof encryptInputSchema>;

const onHost = z.object({ hostId: hostIdSchema });
const oneKey = onHost.extend({ fingerprint: fingerprintSchema });
const atServer = onHost.extend({ url: chosenKeyserverSchema });

export const trustContract = {
  keys: {
    /** `folder`: where the runtime keeps the local rings. */
    list: procedure.input(onHost).output(z.object({ keys: z.array(trustKeySchema), folder: hostPathSchema })),
    create: procedure.input(newKeySchema).output(z.object({ fingerprint: z.string() })),
    /** `text`: armored keys, public or private; `from`: what to remember as their origin. */
    import: procedure
      .input(
        onHost.extend({
          text: z.string().max(1024 * 1024),
          from: z.string().max(1024).nullable(),
          passphrase: passphraseSchema.nullable(),
        }),
      )
      .output(z.object({ imported: z.array(z.string()), known: z.array(z.string()) })),
    /** Armored text. A private half stays protected by its passphrase, which is asked as a proof. */
    export: procedure
      .input(oneKey.extend({ half: z.enum(['public', 'private']), passphrase: passphraseSchema.nullable() }))
      .output(z.object({ text: z.string() })),
    remove: procedure
      .input(oneKey.extend({ half: z.enum(['public', 'private', 'both']) }))
      .output(z.object({})),
    search: procedure
      .input(atServer.extend({ text: z.string().min(1).max(256) }))
      .output(z.object({ keys: z.array(offeredKeySchema) })),
    fetch: procedure.input(atServer.extend({ fingerprint: fingerprintSchema })).output(z.object({})),
    push: procedure.input(atServer.extend({ fingerprint: fingerprintSchema })).output(z.object({})),
  },
  /** Adds signatures to the file itself. */
  sign: procedure.input(signInputSchema).output(z.object({})),
  /** What is wrong with signatures is an answer, not a failure. */
  verify: procedure.input(verifyInputSchema).output(verificationSchema),
  /** The last answers that still count, because the files are unchanged. */
  known: procedure
    .input(onHost.extend({ paths: z.array(hostPathSchema).max(10_000) }))
    .output(z.object({ verifications: z.array(verificationSchema) })),
  /** The last answer for each file of a host, without a look at the files: at most 10,000, the newest. */
  verdicts: procedure.input(onHost).output(z.object({ verdicts: z.array(imageVerdictSchema) })),
  encryptionOf: procedure.input(imageAddress).output(encryptionSchema),
  encrypt: procedure.input(encryptInputSchema).output(z.object({ taskId: taskIdSchema })),
};
