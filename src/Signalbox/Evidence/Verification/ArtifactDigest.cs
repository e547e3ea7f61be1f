using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification;

/// <summary>A digest of the artifact that a signature or statement must be about.</summary>
/// <param name="Algorithm">sha256, sha384 or sha512; weaker ones are never compared.</param>
/// <param name="Hex">Lower case, of the algorithm's length.</param>
public sealed record ArtifactDigest(string Algorithm, string Hex)
{
    public static bool TryParse(string? text, out ArtifactDigest? digest)
    {
        digest = null;
        if (text?.Split(':', 2) is not [var algorithm, var hex] || HashNames.FromDigest(algorithm) is not { } hash) return false;
        if (hex.Length != 2 * HashNames.Bytes(hash) || !hex.All(c => char.IsAsciiHexDigitLower(c))) return false;
        digest = new(algorithm, hex);
        return true;
    }

    public override string ToString() => $"{Algorithm}:{Hex}";
}
