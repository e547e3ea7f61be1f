using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Ed25519Math = Org.BouncyCastle.Math.EC.Rfc8032.Ed25519;

namespace Signalbox.Evidence.Verification.Log;

/// <summary>Which witnesses are known, and how many of them must have signed a checkpoint (C2SP tlog-cosignature).</summary>
/// <param name="Threshold">At least 1.</param>
public sealed record WitnessPolicy(IReadOnlyList<Witness> Known, int Threshold)
{
    /// <summary>Refuses where fewer known witnesses than demanded signed; a known one's bad signature refuses too.</summary>
    internal int Verify(Checkpoint checkpoint)
    {
        // one that is named twice is one
        var seen = Known.DistinctBy(witness => witness.Identity).Count(witness => witness.Signed(checkpoint));
        return seen >= Threshold ? seen : throw Refusal.Bad($"{seen} known witnesses signed the checkpoint; {Threshold} were demanded");
    }
}

/// <summary>A witness's Ed25519 key.</summary>
public sealed class Witness
{
    private const byte TimestampedCosignature = 4;
    private readonly byte[] _hint;
    private readonly byte[] _key;

    private Witness(string name, byte[] hint, byte[] key) => (Name, _hint, _key) = (name, hint, key);

    public string Name { get; }

    internal string Identity => $"{Name}+{Convert.ToHexString(_key)}";

    /// <summary>Reads a verifier key: <c>name+hint+base64(type, key)</c> (C2SP signed-note).</summary>
    /// <exception cref="FormatException">It is not one of a timestamped cosignature.</exception>
    public static Witness Parse(string verifierKey)
    {
        var parts = verifierKey.Split('+', 3);
        if (parts.Length == 3 && parts[0].Length > 0 && TryDecode(parts[2]) is [TimestampedCosignature, .. { Length: 32 } key])
        {
            var hint = SHA256.HashData([.. Encoding.UTF8.GetBytes(parts[0]), (byte)'\n', TimestampedCosignature, .. key])[..4];
            if (Convert.ToHexStringLower(hint) == parts[1] && Ed25519Math.ValidatePublicKeyFull(key, 0)) return new(parts[0], hint, key);
        }
        throw new FormatException($"'{JsonFields.Shown(verifierKey)}' is not a witness's key; expected NAME+HINT+BASE64 of the type for cosignatures");
    }

    internal bool Signed(Checkpoint checkpoint)
    {
        foreach (var signature in checkpoint.Signatures)
            if (signature.Name == Name && signature.Hint.AsSpan().SequenceEqual(_hint))
                return Verify(checkpoint, signature.Value) ? true : throw Refusal.Bad($"the signature of the witness {Name} does not hold");
        return false;
    }

    private bool Verify(Checkpoint checkpoint, byte[] value)
    {
        if (value.Length != 8 + Ed25519Math.SignatureSize) return false;
        var seconds = BinaryPrimitives.ReadUInt64BigEndian(value);
        byte[] message = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n")), .. checkpoint.Body];
        return Ed25519Math.Verify(value, 8, _key, 0, message, 0, message.Length);
    }

    private static byte[]? TryDecode(string text)
    {
        try
        {
            return CanonicalBase64.Decode(text, "the key");
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
