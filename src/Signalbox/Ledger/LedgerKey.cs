using System.Security.Cryptography;

namespace Signalbox.Ledger;

/// <summary>A head that the installation vouched for: who cuts or rewrites the ledger below it is seen.</summary>
/// <param name="At">UTC, millisecond precision.</param>
/// <param name="KeyId">Which key signed: the first 16 hex digits of SHA-256 over its SubjectPublicKeyInfo.</param>
/// <param name="Signature">Base64 of the ECDSA P-256 signature (r, s as IEEE P1363) over docs/spec/ledger.md's checkpoint envelope.</param>
public sealed record LedgerCheckpoint(LedgerHead Head, DateTimeOffset At, string KeyId, string Signature);

/// <summary>Keeps checkpoints beside the entries, in the order they were signed.</summary>
public interface ILedgerCheckpoints
{
    /// <exception cref="IOException">The disk refused.</exception>
    void Add(LedgerCheckpoint checkpoint);

    IReadOnlyList<LedgerCheckpoint> ReadCheckpoints();

    /// <summary>The newest, or null before the first.</summary>
    LedgerCheckpoint? LastCheckpoint();
}

/// <summary>The installation's ECDSA P-256 key; one that was read from a public key can only verify.</summary>
public sealed class LedgerKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _gate = new();

    private LedgerKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo as PEM: what an auditor keeps.</summary>
    public string PublicPem => _key.ExportSubjectPublicKeyInfoPem();

    public static LedgerKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PKCS#8 private key or a public key in PEM.</summary>
    /// <exception cref="ArgumentException">There is no such key in it, or not of P-256.</exception>
    public static LedgerKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256) return new(key);
            throw new ArgumentException($"the key has {key.KeySize} bits; a ledger key is on P-256");
        }
        catch (Exception e)
        {
            key.Dispose();
            if (e is CryptographicException) throw new ArgumentException($"no P-256 key in PEM: {e.Message}", e);
            throw;
        }
    }

    public string ExportPrivatePem() => _key.ExportPkcs8PrivateKeyPem();

    public LedgerCheckpoint Sign(LedgerHead head, DateTimeOffset now)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        lock (_gate)
            return new(head, at, Id, Convert.ToBase64String(_key.SignHash(Envelope(head, at, Id))));
    }

    public bool Verifies(LedgerCheckpoint checkpoint)
    {
        if (checkpoint.KeyId != Id) return false;
        var signature = new byte[128];
        if (!Convert.TryFromBase64String(checkpoint.Signature, signature, out var length)) return false;
        lock (_gate)
            return _key.VerifyHash(Envelope(checkpoint.Head, checkpoint.At, checkpoint.KeyId), signature.AsSpan(0, length));
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Envelope(LedgerHead head, DateTimeOffset at, string keyId)
    {
        using var envelope = new EnvelopeHash("signalbox.ledger.checkpoint.v1");
        return envelope.Number(head.Sequence).Bytes(Convert.FromHexString(head.Hash))
            .Number(at.ToUnixTimeMilliseconds()).Text(keyId).Finish();
    }
}
